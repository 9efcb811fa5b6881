"""Today's page: what waits, most urgent first, what is half done, what is late, and where to begin."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import casework
from dashboard.casework.views import DraftView
from dashboard.ui import today
from db import records
from db.tables import Draft
from tests.casework.histories import EMERGENCY, URGENT, a_history, typed
from tests.cast import NOBODY_YET, Clinic
from tests.pages.visiting import keys, seen, visit
from tests.sessions import transaction


def begin(clinic: Clinic, name: str, **changes: object) -> DraftView:
    """A complete intake of an invented runner, not submitted yet."""
    noor = casework.actor_for("noor")
    new = casework.NewPatient(name, "Invented", date(1989, 3, 14), "female", clinic.sites["north"].id)
    draft = casework.open_draft(noor, casework.register_patient(noor, new).id)
    with transaction() as session:
        row = session.get(Draft, draft.id)
        records.change(session, NOBODY_YET, row, row.version, "test:fill", answers=typed(a_history(**changes)))
    return casework.read_draft(noor, draft.id)


def submit(clinic: Clinic, name: str, **changes: object) -> int:
    """A submitted intake; the episode's id."""
    draft = begin(clinic, name, **changes)
    return casework.submit_intake(casework.actor_for("noor"), draft.id, draft.version).episode_id


@pytest.mark.parametrize("person", ["noor", "amina", "bruno"])
def test_an_empty_day_says_what_to_do_next(clinic: Clinic, person: str):
    """With nothing waiting each list says so and what would fill it, and a patient can be registered."""
    at = visit(person, "home")
    assert not at.exception
    for words in ("Nothing awaits review", "No intake is half done", "Nothing is overdue", "Find a patient"):
        assert words in seen(at)
    assert "register" in keys(at)


def test_the_manager_lands_on_ways_to_numbers_and_sees_no_name(clinic: Clinic):
    """Chidi's page leads to the cohort and referrals and names nobody."""
    submit(clinic, "Rosa")
    at = visit("chidi", "home")
    assert not at.exception
    assert {link.label for link in at.page_link} == {"**The cohort**", "**Referrals**", "**The knowledge in force**"}
    assert "Rosa" not in seen(at)


def test_the_administrator_lands_on_administration(clinic: Clinic):
    """Dana's page leads to administration and the knowledge, and names no patient."""
    submit(clinic, "Rosa")
    at = visit("dana", "home")
    assert not at.exception
    assert "**Administration**" in {link.label for link in at.page_link}
    assert "Rosa" not in seen(at)


def test_the_most_urgent_is_first_whoever_came_first(clinic: Clinic):
    """A routine intake came first and an emergency last; the list begins with the emergency."""
    submit(clinic, "Rudi")
    submit(clinic, "Ursula", **URGENT)
    submit(clinic, "Emil", **EMERGENCY)
    shown = seen(visit("amina", "home"))
    assert shown.index("Emil") < shown.index("Ursula") < shown.index("Rudi")
    assert "Emergency" in shown


def test_a_row_says_who_what_and_how_long(clinic: Clinic):
    """Name, age, sex, leading condition, step, waiting time and a way to open it."""
    episode = submit(clinic, "Rosa")
    row = casework.worklist(casework.actor_for("amina")).rows[0]
    at = visit("amina", "home")
    shown = seen(at).replace("\\", "")
    for words in ("Rosa Invented", str(row.age), "Female", "waiting 0 min", "North Harbor"):
        assert words in shown
    assert today.cached.title_of_condition(row.leading_condition) in shown
    assert today.cached.title_of_step(row.step) in shown
    assert any(f"episode={episode}" in link.proto.query_string for link in at.page_link if link.label == "Open")


def test_the_list_is_paged_and_never_grows(clinic: Clinic, monkeypatch: pytest.MonkeyPatch):
    """Three wait and two fit: the next page has the third, and the way back leads to the first two."""
    monkeypatch.setattr(today, "ROWS", 2)
    for name in ("Ada", "Bea", "Cleo"):
        submit(clinic, name)
    at = visit("amina", "home")
    assert [name in seen(at) for name in ("Ada", "Bea", "Cleo")] == [True, True, False]
    at.button(key="worklist-next").click().run()
    assert [name in seen(at) for name in ("Ada", "Bea", "Cleo")] == [False, False, True]
    at.button(key="worklist-before").click().run()
    assert [name in seen(at) for name in ("Ada", "Bea", "Cleo")] == [True, True, False]


def test_an_open_draft_says_whose_it_is_and_how_far(clinic: Clinic):
    """Half an intake is on the page with its share, its owner and a way to go on."""
    draft = begin(clinic, "Rosa", smoking=None)
    shown = seen(visit("noor", "home"))
    assert "% done · you" in shown
    assert "% done · Noor" in seen(visit("amina", "home"))
    assert "100 % done" not in shown
    at = visit("noor", "home")
    assert any(draft.id in link.proto.query_string for link in at.page_link if link.label == "Resume")


def test_a_patient_is_found_by_name_and_by_number(clinic: Clinic):
    """Typing the beginning of the name or the record number finds the runner and offers to take the history."""
    patient = begin(clinic, "Rosa").patient
    for text in ("ros", "invent", patient.record_number):
        at = visit("noor", "home")
        at.text_input(key="find-patient").set_value(text).run()
        assert f"take-{patient.id}" in keys(at), text
    at.text_input(key="find-patient").set_value("zzz").run()
    assert "Nobody of that name or number" in seen(at)


def test_a_late_referral_is_on_the_page(clinic: Clinic):
    """A referral past its day is listed as late, with a way to its episode."""
    amina = casework.actor_for("amina")
    episode = casework.read_episode(amina, submit(clinic, "Rosa", **URGENT))
    made = casework.refer(amina, episode.episode.id, episode.version, "spine_specialist", "weakness to be looked at")
    with transaction() as session:
        from db.tables import Referral

        row = session.get(Referral, made.id)
        records.change(session, NOBODY_YET, row, row.version, "test:age", due_on=date(2020, 1, 1))
    assert "days late" in seen(visit("amina", "home"))


def test_taking_a_history_from_today_opens_the_intake(clinic: Clinic):
    """Pressing "take the history" leads to the intake page with that runner's draft."""
    draft = begin(clinic, "Rosa")
    at = visit("noor", "home")
    at.text_input(key="find-patient").set_value("Rosa").run()
    at.button(key=f"take-{draft.patient.id}").click().run()
    assert not at.exception
    assert at.title[0].value == "Rosa Invented"


def fill_form(at, **typed_in: str) -> None:
    """Type into the form of a new patient and press its button."""
    type_in(at, **typed_in)
    at.segmented_control(key="new-sex").set_value("female")
    at.button(key="new-submit").click().run()


def type_in(at, **typed_in: str) -> None:
    """Type into the form of a new patient."""
    for key, text in typed_in.items():
        at.text_input(key=f"new-{key}").set_value(text)


def registering(typed: str = "") -> AppTest:
    """Noor's page with the form of a new patient open, after something was searched for."""
    at = visit("noor", "home")
    if typed:
        at.text_input(key="find-patient").set_value(typed).run()
    return at.button(key="register").click().run()


def test_a_new_patient_is_registered_and_the_history_begins(clinic: Clinic):
    """Name, birth and sex are enough; the record number is made, and the intake opens."""
    at = registering()
    fill_form(at, given="Vera", family="Invented", born="03/14/1989")
    assert not at.exception
    assert at.title[0].value == "Vera Invented"
    assert casework.find_patients(casework.actor_for("noor"), "Vera")[0].date_of_birth == date(1989, 3, 14)


def test_a_form_with_a_hole_says_it_at_the_field_and_keeps_what_is_typed(clinic: Clinic):
    """Without a family name, or with a date that is none, nothing is registered; each error names the cure."""
    at = registering()
    fill_form(at, given="Vera", born="03/14/1989")
    assert "The family name is needed." in seen(at)
    fill_form(at, given="Vera", family="Invented", born="31/31/1989")
    assert "no such day" in seen(at)
    assert "The family name is needed." not in seen(at)
    assert [at.text_input(key=f"new-{key}").value for key in ("given", "family", "born")] == [
        *("Vera", "Invented", "31/31/1989"),
    ]
    assert not casework.find_patients(casework.actor_for("noor"), "Vera")


def test_a_record_number_of_another_is_said_at_its_field(clinic: Clinic):
    """And everything typed is still there."""
    number = begin(clinic, "Rosa").patient.record_number
    at = registering()
    fill_form(at, given="Vera", family="Elsewhere", born="04/15/1990", number=number)
    at.button(key="new-submit").click().run()
    assert "already another patient" in seen(at)
    assert at.text_input(key="new-given").value == "Vera"


def test_whoever_is_alike_is_shown_while_typing_with_the_reason(clinic: Clinic):
    """Before any button is pressed; one press takes the one who is here already."""
    patient = begin(clinic, "Rosa").patient
    at = registering()
    type_in(at, given="Rosa", family="Invnted")
    at.run()
    assert f"same-{patient.id}" not in keys(at)
    type_in(at, born="03/14/1989")
    at.run()
    assert "family name one letter apart" in seen(at)
    at.button(key=f"same-{patient.id}").click().run()
    assert not at.exception
    assert at.title[0].value == "Rosa Invented"
    assert len(casework.find_patients(casework.actor_for("noor"), "Rosa")) == 1


def test_someone_very_like_a_patient_is_seen_first_and_never_in_the_way(clinic: Clinic):
    """Pressed before anybody could be seen, the button asks once; then it registers a new person all the same."""
    begin(clinic, "Rosa")
    at = registering()
    fill_form(at, given="Rosa", family="Invented", born="03/14/1989")
    assert "Very likely the same person" in seen(at)
    noor = casework.actor_for("noor")
    assert len(casework.find_patients(noor, "Rosa")) == 1
    assert at.button(key="new-submit").label == "Register as a new person"
    at.button(key="new-submit").click().run()
    assert not at.exception
    assert len(casework.find_patients(noor, "Rosa")) == 2


def test_who_was_seen_while_typing_is_not_asked_about_again(clinic: Clinic):
    """One press is enough when the doubt stood there before."""
    begin(clinic, "Rosa")
    at = registering()
    type_in(at, given="Rosa", family="Invented", born="03/14/1989")
    at.run()
    at.segmented_control(key="new-sex").set_value("female").run()
    assert at.button(key="new-submit").label == "Register as a new person"
    at.button(key="new-submit").click().run()
    assert at.title[0].value == "Rosa Invented"
    assert len(casework.find_patients(casework.actor_for("noor"), "Rosa")) == 2


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ("vera de la cruz", {"given": "Vera", "family": "De La Cruz"}),
        ("McKenzie", {"family": "McKenzie"}),
        ("McKenzie, Vera", {"given": "Vera", "family": "McKenzie"}),
        ("1989-03-14", {"born": "03/14/1989"}),
        ("vera test 03/14/1989", {"given": "Vera", "family": "Test", "born": "03/14/1989"}),
        ("(503) 555-0142", {"phone": "(503) 555-0142"}),
        ("vera 503 555 0142", {"family": "Vera", "phone": "503 555 0142"}),
        ("TEST-77", {"number": "TEST-77"}),
        ("0142", {}),
        ("", {}),
    ],
)
def test_what_was_searched_for_is_carried_into_the_form(clinic: Clinic, typed: str, fields: dict[str, str]):
    """Each part into the field it belongs to."""
    at = registering(typed)
    named = ("given", "family", "born", "phone", "number")
    assert {
        key: at.text_input(key=f"new-{key}").value for key in named if at.text_input(key=f"new-{key}").value
    } == fields


def test_the_list_says_why_somebody_was_found(clinic: Clinic):
    """By the last digits of the telephone, which the list would not show otherwise."""
    noor = casework.actor_for("noor")
    new = casework.NewPatient("Vera", "Invented", date(1989, 3, 14), "female", clinic.sites["north"].id or 0)
    casework.register_patient(noor, replace(new, phone="+1 503 555-0142"))
    at = visit("noor", "home")
    at.text_input(key="find-patient").set_value("0142").run()
    assert "telephone" in seen(at)
    assert "0142" in seen(at)
