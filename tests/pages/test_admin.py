"""The administration page: people, the audit trail, and what is in use."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import escape
from pathlib import Path

import pytest

from dashboard import accounts, casework
from dashboard.access import Permission, Role
from dashboard.casework import emergency
from dashboard.casework.deeds import deeds
from dashboard.deed_words import DEED_WORDS
from dashboard.in_force import knowledge
from dashboard.ui.panels import decision, emergencies, trail, trail_words
from dashboard.ui.panels.matrix import PERMISSION_WORDS
from db import records
from db.tables import Person
from tests.cast import NOBODY_YET, PEOPLE, Clinic
from tests.db.rows import a_patient
from tests.db.tampering import edit, struck
from tests.pages.episodes import in_care
from tests.pages.visiting import keys, seen, visit
from tests.sessions import transaction
from tests.signing import signed_in

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what depends on no database."""


def open_tab(tab: str) -> object:
    """The administrator's page with one of its tabs open."""
    at = visit("dana", "admin")
    at.session_state["admin-tab"] = tab
    at.run()
    assert not at.exception, at.exception
    return at


def test_everyone_is_listed_with_role_and_whether_they_are_still_here(clinic: Clinic):
    """Mallory too, as someone who left."""
    shown = seen(visit("dana", "admin"))
    for name, *_ in PEOPLE.values():
        assert name in shown
    assert "Left" in shown


def test_the_trail_tells_who_did_what_to_which_record(clinic: Clinic):
    """Newest first, with what was before and after."""
    file = in_care(clinic)
    shown = seen(open_tab("Audit trail"))
    for words in ("Review signed", "review:sign", "intake:submit", "Amina", "Noor", f"episode {file.episode.id}"):
        assert words in shown
    assert ">state:</span> Waiting for review → In care" in shown
    assert shown.index("review:sign") < shown.index("intake:submit")


def test_the_trail_names_no_patient(clinic: Clinic):
    """Codes and ids only."""
    in_care(clinic, family_name="Secretova")
    shown = seen(open_tab("Audit trail"))
    assert "Secretova" not in shown
    assert "Ines" not in shown


@pytest.mark.parametrize(
    ("key", "choice", "kept", "gone"),
    [
        ("trail-deed", "review:sign", "review:sign", "intake:submit"),
        ("trail-person", "Noor", "intake:submit", "review:sign"),
        ("trail-kind", "read", "patient:read", "review:sign"),
        ("trail-kind", "change", "review:sign", "patient:read"),
    ],
)
def test_the_trail_can_be_narrowed(clinic: Clinic, key: str, choice: str, kept: str, gone: str):
    """To one deed, to one person, to a kind of deeds."""
    in_care(clinic)
    at = open_tab("Audit trail")
    value = clinic.people["noor"].id if choice == "Noor" else choice
    at.selectbox(key=key).select(value).run()
    tables = seen(at).split("<tbody>")[-1]
    assert kept in tables
    assert gone not in tables


def test_the_trail_can_be_narrowed_to_days(clinic: Clinic):
    """A day long ago holds nothing."""
    in_care(clinic)
    at = open_tab("Audit trail")
    long_ago = date.today() - timedelta(days=400)
    at.date_input(key="trail-days").set_value((long_ago, long_ago)).run()
    assert not at.exception
    assert "Nothing was done that matches" in seen(at)


def test_the_trail_is_read_a_page_at_a_time(clinic: Clinic, monkeypatch: pytest.MonkeyPatch):
    """Older and newer lead through all of it without skipping or repeating."""
    monkeypatch.setattr(trail, "PAGES", (5, 50))
    monkeypatch.setattr(trail, "A_PAGE", 5)
    in_care(clinic)
    at = open_tab("Audit trail")
    first = seen(at).split("<tbody>")[-1]
    older = next(button for button in at.button if button.label == "Older")
    older.click().run()
    second = seen(at).split("<tbody>")[-1]
    assert first != second
    next(button for button in at.button if button.label == "Newer").click().run()
    assert seen(at).split("<tbody>")[-1] == first


def test_what_is_in_use_is_told(clinic: Clinic):
    """Database, settings, knowledge and its hash."""
    at = open_tab("In use")
    shown = seen(at)
    assert knowledge().sha256 in shown
    assert "North Harbor" in shown
    assert "clinic.toml" in shown
    assert any("python -m db backup" in code.value for code in at.code)


def test_the_other_clinic_is_chosen_at_the_gate(clinic: Clinic, monkeypatch: pytest.MonkeyPatch):
    """A link leads there: nothing changes by opening this page."""
    from dashboard.casework import storage

    monkeypatch.setattr(storage, "chosen", lambda: "demo")
    at = open_tab("In use")
    assert 'href="/welcome"' in seen(at)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ({"state": "sent", "kind": "imaging"}, {"state": "received", "kind": "imaging"}, ["state: Sent → Received"]),
        (None, {"month": "2026-03"}, ["month: 2026-03"]),
        ({"step": "self_care", "urgency": 2}, {"step": None, "urgency": 0}, ["step: Self-care", "urgency: Same day"]),
        ({"review_due_on": None}, {"review_due_on": "2026-03-09"}, ["review due: nothing → 03/09/2026"]),
        (None, {"changed": ["comment"]}, ["changed, not told here: comment"]),
        (None, {"name": "<b>Ines</b>"}, ["name: &lt;b&gt;Ines"]),
        (None, None, []),
    ],
)
def test_a_change_is_told_by_what_differs(before: dict | None, after: dict | None, words: list[str]):
    """In the words of the clinic, a line each; what stayed the same is left out."""
    told = re.sub(r"</?span[^>]*>", "", trail.changed(before, after)).split("<br>")
    assert [line[: len(start)] for line, start in zip(told, words, strict=False)] == words
    assert len([line for line in told if line]) == len(words)


def test_the_trail_can_be_narrowed_to_a_patient(clinic: Clinic):
    """By the record number; of one nobody has it is said that nobody has it."""
    with transaction() as session:
        runner = a_patient(session, clinic)
        a_patient(session, clinic)
    at = open_tab("Audit trail")
    at.text_input(key="trail-patient").set_value(runner.record_number).run()
    rows = seen(at).split("<tbody>")[-1]
    assert rows.count("Patient registered") == 1
    assert f"patient {runner.id}" in rows
    at.text_input(key="trail-patient").set_value("TEST-nobody").run()
    assert "No patient has this record number" in seen(at)


def test_whether_the_trail_is_whole_is_asked_with_a_press_and_stays_said(clinic: Clinic):
    """Nobody has, then it is; and when an event was edited, which."""
    at = open_tab("Audit trail")
    assert "Nobody has verified yet" in seen(at)
    at.button(key="trail-verify").click().run()
    assert not at.exception
    assert "The trail is whole" in seen(open_tab("Audit trail"))
    with struck() as database:
        edit(database, 3, deed="nothing happened")
    at.button(key="trail-verify").click().run()
    told = seen(open_tab("Audit trail"))
    assert "The trail was tampered with" in told
    assert "event 3 was edited" in told


def test_every_deed_that_leaves_an_event_has_words():
    """What is written into the trail by its code is read there in words."""
    codes = re.compile(r"records\.(?:note|insert|change)\([^)]*?[\"]([a-z-]+:[a-z-]+)[\"]", re.DOTALL)
    found = {code for file in Path("dashboard").rglob("*.py") for code in codes.findall(file.read_text("utf-8"))}
    assert len(found) > 10
    assert found - set(trail_words.DEEDS) == set()


def managing(who: str, at: object | None = None) -> object:
    """The administrator's page with the dialog about this person open."""
    at = at or visit("dana", "admin")
    at.button(key=f"person-manage-{person_id(who)}").click().run()
    assert not at.exception, at.exception
    return at


def person_id(code: str) -> int:
    """Somebody's id."""
    return next(each.id for each in casework.people(casework.actor_for("dana")) if each.code == code)


@on_sqlite
def test_the_matrix_on_the_page_is_the_one_of_the_register(clinic: Clinic):
    """Every deed with its words and permission, a mark for each role that says in words what it means."""
    shown = seen(open_tab("Who may do what"))
    rows = shown.split("<tr")
    for deed in deeds().values():
        (row,) = (each for each in rows if f"<code>{deed.name}</code>" in each)
        assert escape(DEED_WORDS[deed.name]) in row
        cells = row.split("<td")[1:]
        assert len(cells) == len(Role) + 1
        for role, cell in zip(Role, cells[:-1], strict=True):
            assert ("Allowed" in cell, "Refused" in cell) == (deed.allowed(role), not deed.allowed(role)), deed.name
        assert ("Allowed" in cells[-1]) == (deed.in_emergency and deed.allowed(Role.CLINICIAN))
        for permission in deed.needs:
            assert f"<code>{permission.value}</code>" in row or permission.value in row
    assert set(PERMISSION_WORDS) == set(Permission)
    for permission, words in PERMISSION_WORDS.items():
        assert f"<code>{permission.value}</code>" in shown
        assert escape(words[1:]) in shown


@on_sqlite
def test_somebody_is_added_and_invited_in_dialogs(clinic: Clinic):
    """The link is shown with its day, and no more once the dialog is closed."""
    at = visit("dana", "admin")
    at.button(key="person-add").click().run()
    at.text_input(key="person-code").set_value("ravi")
    at.text_input(key="person-name-new").set_value("Ravi Rao")
    at.selectbox(key="person-role-new").set_value(Role.CLINICIAN)
    at.button(key="person-add-yes").click().run()
    assert not at.exception, at.exception
    assert "Ravi Rao was added" in seen(at)
    at.button(key="person-invite").click().run()
    (link,) = (code.value for code in at.code if "/join#" in code.value)
    assert accounts.invited(link.rpartition("#")[2]) == "Ravi Rao"
    assert "is shown only now" in seen(at)
    again = managing("ravi")
    assert not [code for code in again.code if "/join#" in code.value]


@on_sqlite
def test_somebodys_role_is_changed_and_their_work_ended(clinic: Clinic):
    """Both are said in the dialog; who left is listed apart."""
    at = managing("noor")
    noor = person_id("noor")
    at.selectbox(key=f"person-role-{noor}-1").set_value(Role.CLINICIAN)
    at.button(key=f"person-save-{noor}").click().run()
    assert "signed out everywhere" in seen(at)
    assert casework.actor_for("noor").role == Role.CLINICIAN
    at.button(key="person-disable").click().run()
    assert "no longer works here" in seen(at)
    assert "No longer here" in "\n".join(each.value for each in at.subheader)
    at.button(key="person-enable").click().run()
    assert "works here again" in seen(at)


@on_sqlite
def test_an_administrators_own_role_cannot_be_touched(clinic: Clinic):
    """The fields are there and shut, and there is no way to end one's own work."""
    at = managing("dana")
    dana = person_id("dana")
    assert at.selectbox(key=f"person-role-{dana}-1").disabled
    assert "person-disable" not in keys(at)
    at.button(key=f"person-save-{dana}").click().run()
    assert "Nothing was changed" in seen(at)


@on_sqlite
def test_what_cannot_be_saved_is_said_in_the_dialog(clinic: Clinic):
    """In the words of the field."""
    at = visit("dana", "admin")
    at.button(key="person-add").click().run()
    at.text_input(key="person-code").set_value("noor")
    at.text_input(key="person-name-new").set_value("Another Noor")
    at.button(key="person-add-yes").click().run()
    assert "already somebody else's" in "\n".join(each.value for each in at.error)


@pytest.fixture
def opened(clinic: Clinic) -> str:
    """The record number of a patient of the north site whom Sana, of the south, has opened in an emergency."""
    file = in_care(clinic, family_name="Secretova")
    with transaction() as session:
        place = clinic.sites["south"].id
        sana = Person(code="sana", name="Sana", role="clinician", site_id=place)
        records.insert(session, NOBODY_YET, sana, "test")
    who = casework.actor_for("sana")
    why, confirmed = "collapsed at the start", lambda: "password"
    emergency.open_in_emergency(who, file.patient.record_number, date(1990, 5, 17), why, confirmed)
    return file.patient.record_number


@on_sqlite
def test_the_banner_stands_on_every_page_until_it_is_ended(clinic: Clinic, opened: str):
    """With the record number and the end; afterwards the record is shut."""
    for page in ("home", "intake", "cohort", "knowledge", "referrals"):
        shown = seen(visit("sana", page))
        assert "Emergency access" in shown
        assert opened in shown.replace("\\", "")
    at = visit("sana", "episode", episode="1")
    assert "Secretova" in seen(at)
    end = next(key for key in keys(at) if key.startswith("emergency-end-"))
    at.button(key=end).click().run()
    shown = seen(at)
    assert "Secretova" not in shown
    assert "Emergency access** to record" not in shown
    assert "Emergency access** to record" not in seen(visit("amina", "home"))


@on_sqlite
def test_another_sites_record_offers_what_an_emergency_needs(clinic: Clinic, opened: str):
    """To examine and to refer; not to sign, not to close."""
    at_home, abroad = (visit(who, "episode", episode="1") for who in ("amina", "sana"))
    assert "Secretova" in seen(abroad)
    assert "close-recovered" in keys(at_home)
    assert "close-recovered" not in keys(abroad)
    assert decision.ABROAD in seen(abroad)


@on_sqlite
def test_it_is_reviewed_in_administration(clinic: Clinic, opened: str):
    """Marked on Today until then; a manager reads a number and nothing else."""
    assert "not reviewed yet" in seen(visit("dana", "home"))
    told = seen(visit("chidi", "home"))
    assert "opened in an emergency once in the last 30 days" in told
    assert opened not in told.replace("\\", "")
    sana = accounts.actor(signed_in("sana").sign_in)
    emergency.end_emergency(sana, emergency.opened_in_emergency(sana)[0].id)
    at = open_tab(emergencies.TAB)
    shown = seen(at).replace("\\", "")
    assert "Sana" in shown
    assert opened in shown
    assert "collapsed at the start" in shown
    assert "Secretova" not in shown
    (words,) = (each for each in at.text_input if str(each.key).startswith("emergency-words-"))
    words.set_value("spoke to Sana; rightly opened")
    next(each for each in at.button if str(each.key).startswith("emergency-reviewed-")).click().run()
    assert "spoke to Sana; rightly opened" in seen(at).replace("\\", "")
    assert "not reviewed yet" not in seen(visit("dana", "home"))


@on_sqlite
def test_the_finder_leads_there_for_who_works_at_one_site(clinic: Clinic, opened: str):
    """Not for who sees every site anyway, and not for the desk."""
    for who, offered in (("sana", True), ("amina", False), ("noor", False)):
        at = visit(who, "home")
        at.text_input(key="find-patient").set_value("nobody").run()
        assert ('href="/emergency"' in seen(at)) is offered
