"""The intake page: what is asked, what is kept, what is noticed, and what a submission becomes."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.exc import OperationalError
from streamlit.testing.v1 import AppTest

from dashboard import casework, in_force, intake
from dashboard.casework import following
from dashboard.casework.views import DraftView
from dashboard.clinical import knowledge as library
from dashboard.ui import words
from dashboard.ui.desk import minutes, tab
from dashboard.ui.taking import Taking
from db import engine, records
from db.tables import Draft
from tests.casework.histories import EMERGENCY, a_history, typed
from tests.cast import NOBODY_YET, Clinic
from tests.governing import put_in_force, raised
from tests.pages.visiting import keys, seen, signed_out_elsewhere, visit
from tests.sessions import transaction


@pytest.fixture
def draft(clinic: Clinic) -> DraftView:
    """The intake of an invented runner, just begun by Noor."""
    noor = casework.actor_for("noor")
    born = date(date.today().year - 37, 1, 2)
    new = casework.NewPatient("Rosa", "Invented", born, "female", clinic.sites["north"].id)
    return casework.open_draft(noor, casework.register_patient(noor, new).id)


def kept(draft: DraftView) -> dict[str, object]:
    """The answers the server holds now."""
    return dict(casework.read_draft(casework.actor_for("noor"), draft.id).answers)


def fill(draft: DraftView, **answers: object) -> None:
    """Answer questions as a colleague elsewhere would, without this screen."""
    for item, answer in answers.items():
        casework.save_answer(casework.actor_for("noor"), draft.id, item, answer)


def answer_everything(draft: DraftView, **changes: object) -> None:
    """Put a complete, unremarkable history into the draft at once."""
    with transaction() as session:
        row = session.get(Draft, draft.id)
        records.change(session, NOBODY_YET, row, row.version, "test:fill", answers=typed(a_history(**changes)))


def at_section(draft: DraftView, section: str, person: str = "noor") -> AppTest:
    """The intake, open at a section."""
    at = visit(person, "intake", draft=draft.id)
    at.button(key=f"rail-{section}").click().run()
    assert not at.exception
    return at


def test_an_intake_without_a_patient_asks_whose_it_is(clinic: Clinic):
    """Without a draft the page offers to find a patient or to register one."""
    at = visit("noor", "intake")
    assert "Whose intake is it?" in seen(at)
    assert "register" in keys(at)


def test_a_draft_of_the_address_opens(draft: DraftView):
    """The patient, the sections and how much is answered are on the screen."""
    at = visit("noor", "intake", draft=draft.id)
    assert not at.exception
    assert at.title[0].value == "Rosa Invented"
    assert {f"rail-{section.id}" for section in intake.asked_sections()} <= keys(at)
    assert "of the required questions" in seen(at)


def test_a_made_up_draft_opens_nothing(clinic: Clinic):
    """An address with a draft that is not there asks whose intake it is."""
    at = visit("noor", "intake", draft="no-such-draft")
    assert not at.exception
    assert "Whose intake is it?" in seen(at)


def test_every_section_draws(draft: DraftView):
    """Each section opens without a failure, shows its title and every question asked now."""
    fill(draft, runner="yes", nprs_leg=3, pain_sites=["outer_hip"], imaging_done=["mri"], biologic_interest="curious")
    for section in intake.asked_sections():
        shown = seen(at_section(draft, section.id))
        asked = [item for item in intake.knowledge().items_of(section.id) if item.id in intake.visible(kept(draft))]
        assert asked
        assert section.title in shown
        for item in asked:
            assert item.wording.split("(")[0].strip()[:40] in shown.replace("\\", ""), item.id


def test_a_chosen_answer_is_on_the_server_at_once(draft: DraftView):
    """Choosing yes is kept in the draft without pressing anything else."""
    at = at_section(draft, "pain")
    at.segmented_control(key=f"{draft.id}.consent_record").set_value("yes").run()
    assert kept(draft)["consent_record"] == "yes"


def test_the_page_says_each_time_when_the_server_last_kept_something(draft: DraftView):
    """Drawn again and again, and after an answer given elsewhere, the time shown is that of the draft as it is."""
    at = visit("noor", "intake", draft=draft.id)
    for answers in ({}, {"nprs_worst": 7}, {}):
        fill(draft, **answers)
        saved = words.clock(casework.read_draft(casework.actor_for("noor"), draft.id).saved_at)
        assert f"Saved {saved}" in seen(at.run())


@pytest.mark.parametrize("lost", [engine.DatabaseBusy("busy"), OperationalError("", {}, Exception("gone"))])
def test_an_answer_the_database_did_not_take_is_tried_again(
    draft: DraftView, monkeypatch: pytest.MonkeyPatch, lost: Exception
):
    """It stays on the screen, says that it is not saved, and is saved as soon as the database answers again."""

    def not_now(*_: object, **__: object) -> None:
        raise lost

    at = at_section(draft, "pain")
    with monkeypatch.context() as broken:
        broken.setattr(casework, "save_answer", not_now)
        at.segmented_control(key=f"{draft.id}.consent_record").set_value("yes").run()
    assert not at.exception
    assert "Not saved yet" in seen(at)
    assert "consent_record" not in kept(draft)
    at.run()
    assert kept(draft)["consent_record"] == "yes"
    assert "Not saved yet" not in seen(at.run())


def test_a_typed_number_is_kept_in_the_unit_it_was_typed_in(draft: DraftView):
    """Three months are kept as days, and come back as three months in another session."""
    at = at_section(draft, "pain")
    at.segmented_control(key=f"{draft.id}.pain_duration_days.unit").set_value("months")
    at.number_input(key=f"{draft.id}.pain_duration_days").set_value(3.0).run()
    assert kept(draft)["pain_duration_days"] == pytest.approx(91.3, abs=0.1)
    again = at_section(draft, "pain", "amina")
    assert again.number_input(key=f"{draft.id}.pain_duration_days").value == 3
    assert again.segmented_control(key=f"{draft.id}.pain_duration_days.unit").value == "months"


def test_changing_the_unit_reads_the_typed_number_anew(draft: DraftView):
    """Someone who typed 3 and then says weeks means three weeks."""
    at = at_section(draft, "pain")
    at.number_input(key=f"{draft.id}.pain_duration_days").set_value(3.0).run()
    assert kept(draft)["pain_duration_days"] == 3
    at.segmented_control(key=f"{draft.id}.pain_duration_days.unit").set_value("weeks").run()
    assert kept(draft)["pain_duration_days"] == 21


def test_height_in_feet_and_inches_is_kept_in_centimetres(draft: DraftView):
    """Five foot eleven is 180.34 cm, and choosing centimetres shows that amount."""
    at = at_section(draft, "demographics")
    at.number_input(key=f"{draft.id}.height_cm.ft").set_value(5)
    at.number_input(key=f"{draft.id}.height_cm.in").set_value(11).run()
    assert kept(draft)["height_cm"] == pytest.approx(180.34)
    at.segmented_control(key=f"{draft.id}.height_cm.unit").set_value("cm").run()
    assert not at.exception
    assert at.number_input(key=f"{draft.id}.height_cm").value == pytest.approx(180.34)
    assert kept(draft)["height_cm"] == pytest.approx(180.34)


@pytest.mark.parametrize(("first", "typed_in", "cure", "centimetres"), [("ft", 172, "cm", 172), ("cm", 5, "ft", 152.4)])
def test_a_height_in_the_wrong_unit_is_refused_until_its_unit_is_said(
    draft: DraftView, first: str, typed_in: int, cure: str, centimetres: float
):
    """172 feet are no answer, and as soon as somebody says centimetres the same 172 is one; and 5 cm so for feet."""
    at = at_section(draft, "demographics")
    at.segmented_control(key=f"{draft.id}.height_cm.unit").set_value(first).run()
    at.number_input(key=f"{draft.id}.height_cm" + (".ft" if first == "ft" else "")).set_value(typed_in).run()
    assert "height_cm" not in kept(draft)
    assert "out of range" in seen(at)
    at.segmented_control(key=f"{draft.id}.height_cm.unit").set_value(cure).run()
    assert not at.exception
    assert kept(draft)["height_cm"] == pytest.approx(centimetres)
    assert "out of range" not in seen(at)


def test_a_refused_number_says_why_and_stays_as_typed(draft: DraftView):
    """14 out of 10 is not kept; the field still shows it, with what is wrong beside it."""
    at = at_section(draft, "pain")
    at.number_input(key=f"{draft.id}.nprs_worst").set_value(14).run()
    assert "nprs_worst" not in kept(draft)
    assert at.number_input(key=f"{draft.id}.nprs_worst").value == 14
    assert "0 to 10" in seen(at)
    at.number_input(key=f"{draft.id}.nprs_worst").set_value(7).run()
    assert kept(draft)["nprs_worst"] == 7
    assert "out of range" not in seen(at)


@pytest.mark.parametrize(
    ("section", "typed_offline"),
    [("pain", {"consent_record": "yes", "nprs_worst": 7}), ("demographics", {"age_years": 41})],
)
def test_a_value_the_browser_brings_back_is_saved(draft: DraftView, section: str, typed_offline: dict[str, object]):
    """Typed while the server was away: the new session opens at the section the browser shows, and keeps it.

    A browser brings the fields of the section on its screen and no others, with its tab's note of what it had seen.
    """
    before = at_section(draft, section)
    note = before.session_state[tab.KEY]
    offline = {f"{draft.id}.{item}": value for item, value in typed_offline.items()}
    at = visit("noor", "intake", draft=draft.id, brings={tab.KEY: note, **offline})
    assert not at.exception
    assert {item: kept(draft).get(item) for item in typed_offline} == typed_offline


def test_a_value_the_browser_only_saw_is_not_put_back(draft: DraftView):
    """The tab's note says what it had before it: an answer a colleague changed meanwhile stays changed."""
    fill(draft, nprs_worst=4)
    note = at_section(draft, "pain").session_state[tab.KEY]
    fill(draft, nprs_worst=9)
    brings = {tab.KEY: note, f"{draft.id}.nprs_worst": 4, f"{draft.id}.nprs_back_now": 3}
    at = visit("noor", "intake", draft=draft.id, brings=brings)
    assert not at.exception
    assert (kept(draft)["nprs_worst"], kept(draft)["nprs_back_now"]) == (9, 3)


def test_what_a_colleague_changed_is_shown_and_not_overwritten(draft: DraftView):
    """Two people in one intake: the answer given elsewhere appears here and is not put back to the old one."""
    at = at_section(draft, "pain")
    at.number_input(key=f"{draft.id}.nprs_worst").set_value(4).run()
    fill(draft, nprs_worst=9)
    at.number_input(key=f"{draft.id}.nprs_leg").set_value(2).run()
    assert kept(draft)["nprs_worst"] == 9
    assert at.number_input(key=f"{draft.id}.nprs_worst.1").value == 9


def test_a_question_appears_when_its_condition_is_met(draft: DraftView):
    """Leg pain brings up the leg questions in the same run, and no leg pain takes them away."""
    at = at_section(draft, "pain")
    below_knee = f"{draft.id}.pain_below_knee"
    assert below_knee not in {each.key for each in at.segmented_control}
    at.number_input(key=f"{draft.id}.nprs_leg").set_value(5).run()
    assert below_knee in {each.key for each in at.segmented_control}
    at.number_input(key=f"{draft.id}.nprs_leg").set_value(0).run()
    assert below_knee not in {each.key for each in at.segmented_control}


def test_none_of_these_and_the_others_take_each_others_place(draft: DraftView):
    """Tapping "nothing in particular" clears the rest, and tapping a posture clears it again."""
    at = at_section(draft, "pain")
    worse = f"{draft.id}.aggravating"
    at.pills(key=worse).set_value(["sitting", "running"]).run()
    at.pills(key=worse).set_value(["sitting", "running", "nothing_specific"]).run()
    assert kept(draft)["aggravating"] == ["nothing_specific"]
    at.pills(key=worse).set_value(["nothing_specific", "lifting"]).run()
    assert kept(draft)["aggravating"] == ["lifting"]


def test_the_worst_place_is_chosen_among_the_places_named(draft: DraftView):
    """ "Which is the worst" offers only the places tapped, and a place has its side."""
    at = at_section(draft, "pain")
    at.pills(key=f"{draft.id}.pain_sites").set_value(["outer_hip", "groin"]).run()
    at.segmented_control(key=f"{draft.id}.pain_sites.outer_hip").set_value("left").run()
    assert kept(draft)["pain_sites"] == ["outer_hip:left", "groin"]
    assert len(at.segmented_control(key=f"{draft.id}.pain_main_site").options) == 2


def test_the_banner_appears_the_moment_a_rule_fires_and_stays(draft: DraftView):
    """New saddle numbness shows the emergency with what to do, on every section and on the review."""
    at = at_section(draft, "red_flags")
    assert not at.error
    at.segmented_control(key=f"{draft.id}.rf_saddle_numbness").set_value("yes").run()
    assert "Emergency" in at.error[0].value
    assert "Do now:" in at.error[0].value
    for section in ("goals", "review"):
        at.button(key=f"rail-{section}").click().run()
        assert "Emergency" in at.error[0].value


def test_an_unknown_emergency_question_is_asked_before_the_patient_leaves(draft: DraftView):
    """Unknown clears nothing: the question is listed and a press leads back to it."""
    at = at_section(draft, "red_flags")
    at.segmented_control(key=f"{draft.id}.rf_bladder_retention").set_value("unknown").run()
    at.button(key="rail-goals").click().run()
    assert "Ask before the patient leaves" in seen(at)
    at.button(key="ask-rf_bladder_retention").click().run()
    assert "Red flags" in at.header[0].value


def test_derived_values_show_under_their_questions(draft: DraftView):
    """The spike of the longest run appears with its band as soon as both runs are known."""
    fill(draft, runner="yes", longest_run_last7_km=30, longest_run_prev30_km=20)
    shown = seen(at_section(draft, "running"))
    spike = next(each for each in intake.preview(kept(draft))["derived"] if each["id"] == "session_spike")
    assert spike["title"] in shown
    assert spike["label"] in shown


def test_an_odd_answer_is_noticed_and_not_blocked(draft: DraftView):
    """A worst pain below the pain now gets a quiet question beside it, and is kept."""
    fill(draft, nprs_back_now=8)
    at = at_section(draft, "pain")
    at.number_input(key=f"{draft.id}.nprs_worst").set_value(3).run()
    assert "The worst pain of the week is lower than the pain now" in seen(at)
    assert kept(draft)["nprs_worst"] == 3


def test_the_review_lists_what_is_missing_and_leads_there(draft: DraftView):
    """Every missing required question is a way to it, and the last button waits for them."""
    at = at_section(draft, "review")
    missing = {item for items in intake.progress(kept(draft)).missing.values() for item in items}
    assert {f"missing-{item}" for item in missing} <= keys(at)
    assert at.button(key="submit").disabled
    at.button(key="missing-spine_surgery").click().run()
    assert "History" in at.header[0].value


def test_the_section_left_open_is_opened_again(draft: DraftView):
    """A refresh, or a colleague taking over, goes on where it was."""
    at_section(draft, "energy")
    assert "Energy" in visit("amina", "intake", draft=draft.id).header[0].value


def test_a_complete_intake_is_submitted_and_says_what_happens_next(draft: DraftView):
    """Submitting shows the urgency and the safety net, and the episode is in the worklist."""
    answer_everything(draft)
    at = at_section(draft, "review")
    at.button(key="submit").click().run()
    assert not at.exception
    assert "The intake is with the clinicians" in seen(at)
    assert "Tell the patient before they leave" in seen(at)
    assert [row.patient_name for row in casework.worklist(casework.actor_for("amina")).rows] == ["Rosa Invented"]


def test_the_last_screen_says_that_the_knowledge_moved_on(
    draft: DraftView, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
):
    """A history shown under one version is submitted under the one in force, also where nobody had heard of it yet."""
    answer_everything(draft)
    at = at_section(draft, "review")
    monkeypatch.setattr(following, "EVERY_SECONDS", 10_000)
    put_in_force(clinic, library.load_texts(raised("7.0.0")))
    in_force.follow(None)
    at.button(key="submit").click().run()
    assert not at.exception, at.exception
    assert "Knowledge 7.0.0 came into force while this history was taken" in seen(at).replace("\\", "")


def test_submitting_twice_submits_once(draft: DraftView):
    """Two screens press the last button; there is one episode and both say the same."""
    answer_everything(draft)
    screens = [at_section(draft, "review"), at_section(draft, "review")]
    for at in screens:
        at.button(key="submit").click().run()
        assert "The intake is with the clinicians" in seen(at)
    assert len(casework.worklist(casework.actor_for("amina")).rows) == 1


def test_an_emergency_is_handed_over_before_everything_is_asked(draft: DraftView):
    """With an emergency banner the rest can wait: one press hands over."""
    fill(draft, consent_record="yes", **EMERGENCY)
    at = at_section(draft, "red_flags")
    at.button(key="hand-over").click().run()
    assert "The intake is with the clinicians" in seen(at)
    assert "Emergency" in at.error[0].value


def test_an_intake_put_aside_can_be_taken_up_again(draft: DraftView):
    """Putting aside needs no question because nothing is lost: one press brings every answer back."""
    fill(draft, nprs_worst=6)
    at = at_section(draft, "review")
    at.button(key="put-aside").click().run()
    assert "put aside" in seen(at)
    at.button(key="restore").click().run()
    assert at.title[0].value == "Rosa Invented"
    assert kept(draft)["nprs_worst"] == 6


def test_another_patient_closes_the_intake_and_loses_nothing(draft: DraftView):
    """The way to the next patient leaves the draft open on the server."""
    at = at_section(draft, "pain")
    at.number_input(key=f"{draft.id}.nprs_worst").set_value(6).run()
    at.button(key="another-patient").click().run()
    assert "Whose intake is it?" in seen(at)
    assert kept(draft)["nprs_worst"] == 6


def test_a_field_left_after_signing_out_elsewhere_saves_nothing(draft: DraftView):
    """A callback runs before the page's door: it asks for the person itself and writes nothing for nobody."""
    at = at_section(draft, "pain")
    signed_out_elsewhere(at)
    at.number_input(key=f"{draft.id}.nprs_worst").set_value(9).run()
    assert "nprs_worst" not in kept(draft)
    assert "Nobody is signed in" in seen(at)


def returning(draft: DraftView, clinic: Clinic, **said: object) -> DraftView:
    """The same runner's next draft, after this one was submitted."""
    answer_everything(draft, **said)
    noor = casework.actor_for("noor")
    casework.submit_intake(noor, draft.id, casework.read_draft(noor, draft.id).version)
    return casework.open_draft(noor, draft.patient.id)


def test_what_was_said_last_time_is_confirmed_with_one_press_and_shown_as_such(draft: DraftView, clinic: Clinic):
    """Nothing is prefilled; a press keeps the old answer, and the review says that it is one."""
    again = returning(draft, clinic, terrain="hilly", runner="yes")
    fill(again, runner="yes")
    at = at_section(again, "running")
    assert "terrain" not in kept(again)
    at.button(key="same-terrain").click().run()
    assert not at.exception
    assert kept(again)["terrain"] == "hilly"
    assert "Unchanged since" in seen(at)
    assert "unchanged since" in seen(at.button(key="rail-review").click().run())


def test_what_was_not_asked_yet_is_not_said_to_be_unchanged(draft: DraftView, clinic: Clinic):
    """A new intake's review speaks of what was answered so far, and unfolds only where something differs."""
    again = returning(draft, clinic, rf_fever="no")
    before = seen(at_section(again, "review"))
    assert "Nothing answered so far differs" in before
    assert "no answer changed" not in before
    fill(again, rf_fever="yes")
    at = at_section(again, "review")
    assert "Nothing answered so far differs" not in seen(at)
    assert any("1 answer changed" in each.label for each in at.expander)


def test_all_lasting_answers_of_a_section_are_confirmed_together(draft: DraftView, clinic: Clinic):
    """One press for the section; a red flag never has one."""
    again = returning(draft, clinic, height_cm=180.0, occupation_load="sitting")
    at = at_section(again, "demographics")
    at.button(key="unchanged-all").click().run()
    assert {"height_cm": 180.0, "occupation_load": "sitting"}.items() <= kept(again).items()
    assert not {key for key in keys(at_section(again, "red_flags")) if key.startswith(("same-", "unchanged"))}


def test_the_minutes_left_shrink_as_questions_are_answered(draft: DraftView):
    """The header says how long it may still take; the required questions take nothing once each has an answer."""
    noor = casework.actor_for("noor")
    before, _ = minutes.seconds_left(Taking(noor, casework.read_draft(noor, draft.id)))
    assert "min left" in seen(visit("noor", "intake", draft=draft.id)).replace("*", "")
    answer_everything(draft)
    after, optional = minutes.seconds_left(Taking(noor, casework.read_draft(noor, draft.id)))
    assert before > 120
    assert after == 0
    assert optional > 0


def test_a_slow_intake_is_estimated_longer_and_a_pause_is_not_counted():
    """The pace is this desk's own: twice the book's time makes twice the estimate, an hour's pause does not."""
    pace = minutes.Pace(frozenset(), at=0.0)
    pace.note(frozenset({"a"}), seconds=600.0, now=1200.0)
    assert 1.5 < pace.factor < 2
    paused = minutes.Pace(frozenset(), at=0.0)
    paused.note(frozenset({"a"}), seconds=5.0, now=3600.0)
    assert paused.factor < 1.5
