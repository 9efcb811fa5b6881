"""Return to run, codes and sheets on the episode page, and the source card on the Knowledge page."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import casework, code_book, decided, run_sheet
from dashboard.casework.views import EpisodeFile
from dashboard.clinical.return_to_run import from_answers, plan
from dashboard.clinical.run_plan import Plan, Wishes
from dashboard.in_force import knowledge
from dashboard.intake import case_of
from dashboard.ui.panels import sheets
from db import queries
from tests.cast import Clinic
from tests.pages.episodes import an_episode, in_care
from tests.pages.visiting import seen, visit
from tests.printed import words
from tests.sessions import reading

# Screens and sheets are the same over either database; one is enough for them.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

RUN = "Return to run"
RECORD = "Codes and sheets"
LOAD = {
    "longest_run_prev30_km": 12.0,
    "longest_run_last7_km": 14.0,
    "pace_min_per_km": 6.0,
    "hard_sessions_per_week": 1,
}
BONE = {"focal_bone_pain": "sacrum", "nprs_back_now": 5}


def opened(file: EpisodeFile, tab: str, person: str = "amina") -> AppTest:
    """The episode's page with one of its tabs open."""
    at = visit(person, "episode", episode=str(file.episode.id))
    at.session_state["episode-tab"] = tab
    at.run()
    assert not at.exception, at.exception
    return at


def plainly(at: AppTest) -> str:
    """What is seen, without the signs that keep typed words from becoming formatting."""
    return seen(at).replace("\\", "") + "\n".join(code.value for code in at.code)


def field(at: AppTest, file: EpisodeFile, name: str) -> object:
    """A number field of the plan by its name."""
    return at.number_input(key=f"run-{file.episode.id}-{file.assessment_id}-{name}")


def printed_labels(at: AppTest) -> set[str]:
    """The labels of the buttons that print."""
    return {button.proto.label for button in at.get("download_button")}


def test_before_a_decision_there_is_neither_plan_nor_code(clinic: Clinic):
    """Both follow what a clinician signs."""
    file = an_episode(clinic, **LOAD)
    assert "No condition has been decided" in plainly(opened(file, RUN))
    at = opened(file, RECORD)
    assert "Decide first" in plainly(at)
    assert printed_labels(at) == {"Print the assessment summary"}


def test_a_plan_asks_for_what_is_not_known_and_then_stands_week_by_week(clinic: Clinic):
    """The longest run of the last month is the one thing no history tells."""
    file = in_care(clinic, **LOAD)
    at = opened(file, RUN)
    assert "Not known: Longest run of the last 30 days" in plainly(at)
    assert printed_labels(at) == set()
    field(at, file, "recent").set_value(6.0).run()
    shown = plainly(at)
    assert "Week by week" in shown
    assert "No run is more than 10 % longer than the longest of the 30 days before it" in shown
    assert printed_labels(at) == {"Print the runner's plan"}


def test_the_fields_start_from_the_answers_in_the_runners_unit(clinic: Clinic):
    """14 km is 8.7 miles, and stays 14 km while nobody changes it."""
    file = in_care(clinic, **LOAD)
    at = opened(file, RUN)
    assert field(at, file, "usual").value == 8.7
    assert field(at, file, "runs").value == 4
    field(at, file, "recent").set_value(6.0).run()
    assert "8.6 mi" in plainly(at)  # 14 km is 8.699 mi: rounded down, and not 8.7 read back


def test_a_plan_never_starts_on_a_day_that_is_past(clinic: Clinic):
    """The day typed is refused in words, and the plan keeps the next Monday."""
    file = in_care(clinic, **LOAD)
    at = opened(file, RUN)
    field(at, file, "recent").set_value(6.0).run()
    start = at.date_input(key=f"run-{file.episode.id}-{file.assessment_id}-start")
    planned_from = start.value
    at = start.set_value(planned_from - timedelta(days=40)).run()
    shown = plainly(at)
    assert f"This day is past: the plan starts on {planned_from:%m/%d/%Y}" in shown
    assert f"{planned_from - timedelta(days=40):%m/%d/%Y}" not in shown


def test_whoever_stopped_gets_run_walk(clinic: Clinic):
    """One switch, and no recent longest run is asked for."""
    file = in_care(clinic, **LOAD)
    at = opened(file, RUN)
    at.toggle(key=f"run-{file.episode.id}-{file.assessment_id}-stopped").set_value(True).run()
    shown = plainly(at)
    assert "Run-walk first, then longer runs" in shown
    assert "walk briskly for 30 minutes" in shown


def test_an_open_red_flag_forbids_a_plan_and_says_so(clinic: Clinic):
    """Whatever was signed: the urgency stands."""
    file = in_care(clinic, **LOAD, **BONE)
    assert file.episode.urgency != "routine"
    at = opened(file, RUN)
    assert "No plan is made now" in plainly(at)
    assert "red flag" in plainly(at)
    assert printed_labels(at) == set()


def test_a_pace_that_does_not_read_is_said_and_not_guessed(clinic: Clinic):
    """The stages still stand for somebody who stopped."""
    file = in_care(clinic, **LOAD)
    at = opened(file, RUN)
    at.toggle(key=f"run-{file.episode.id}-{file.assessment_id}-stopped").set_value(True).run()
    for typed in ("99:99", "nan"):
        at.text_input(key=f"run-{file.episode.id}-{file.assessment_id}-pace").set_value(typed).run()
        assert not at.exception, typed
        assert "does not read" in plainly(at), typed
        assert "To plan on" in plainly(at)


def test_codes_that_fit_stand_first_and_the_release_is_named(clinic: Clinic):
    """With what to copy and what to check."""
    file = in_care(clinic, **LOAD)
    shown = plainly(opened(file, RECORD))
    assert "M54.50" in shown
    assert "Low back pain, unspecified" in shown
    assert "ICD-10-CM release of 04/01/2026" in shown
    assert "Nothing is stored or sent" in shown


def test_chosen_codes_that_exclude_each_other_or_are_families_are_warned_of(clinic: Clinic):
    """With the one to keep, and the billable ones below."""
    file = in_care(clinic, **LOAD)
    at = opened(file, RECORD)
    box = at.multiselect(key=f"codes-{file.episode.id}-{decided.condition(file)}")
    box.set_value(["M54.50", "M51.360", "M51.36"]).run()
    shown = plainly(at)
    assert "M51.36 is not billable" in shown
    assert "Keep M51.360" in shown


def test_a_code_set_that_cannot_be_read_leaves_the_page_standing(clinic: Clinic, monkeypatch: pytest.MonkeyPatch):
    """The sheets are still there."""

    def unread(_: object) -> object:
        raise code_book.CodeBookError("The ICD-10-CM code set could not be read.")

    monkeypatch.setattr(code_book, "read", unread)
    at = opened(in_care(clinic, **LOAD), RECORD)
    assert "could not be read" in plainly(at)
    assert "Print the assessment summary" in printed_labels(at)


def test_sheets_are_made_when_pressed_and_leave_their_event(clinic: Clinic):
    """The assessment and the patient's sheet, with a hostile name printed as it is."""
    file, amina = in_care(clinic, **LOAD), casework.actor_for("amina")
    at = opened(file, RECORD)
    assert printed_labels(at) == {"Print the assessment summary", "Print the shared-decision sheet"}
    case = case_of(file.answers)
    wishes = Wishes(date(2026, 11, 30), decided.condition(file), recent_longest_km=9.0)
    made = plan(knowledge(), case, from_answers(knowledge(), case, wishes))
    assert isinstance(made, Plan)
    pdf = sheets.made_for(
        amina, file, "return-to-run",
        lambda: run_sheet.content(knowledge(), made, "mi", date.isoformat, file.patient.name, "Amina"),
    )  # fmt: skip
    assert "Ines Testova" in words(pdf)
    with reading() as session:
        (event,) = queries.audit_events(session, deed="sheet:print")
    assert (event.person_name, event.record_id) == ("Amina", str(file.episode.id))


def test_who_may_not_read_patients_prints_none(clinic: Clinic):
    """Refused before anything is made."""
    file, made = in_care(clinic, **LOAD), []
    with pytest.raises(casework.Forbidden):
        sheets.made_for(casework.actor_for("chidi"), file, "assessment", lambda: made.append(1) or {})
    assert made == []


def test_the_assessment_sheet_says_what_was_told_suggested_and_decided(clinic: Clinic):
    """Read back from the printed page."""
    from dashboard import summary_sheet
    from dashboard.printing import printed

    file = in_care(clinic, family_name="#let x", **LOAD)
    content = summary_sheet.content(knowledge(), file, date.isoformat, lambda at: at, "mi")
    said = words(printed("assessment", content, datetime(2026, 11, 23, tzinfo=UTC)))
    first = file.document["differential"][0]
    for part in (
        "Ines #let x",
        "36-year-old woman",
        first["title"],
        file.document["pathway"]["title"],
        "Accepted by Amina",
    ):
        assert part in said, part
    assert file.document["knowledge"]["sha256"] in said


def test_an_unsigned_assessment_says_that_nothing_was_decided(clinic: Clinic):
    """And an open emergency is in it with what to do."""
    from dashboard import summary_sheet

    file = an_episode(clinic, rf_saddle_numbness="yes", **LOAD)
    told = summary_sheet.content(knowledge(), file, date.isoformat, lambda at: at, "mi")
    assert told["decided"] == ["Nothing has been signed yet."]
    assert any("Emergency" in flag and file.document["red_flags"][0]["action"] in flag for flag in told["flags"])


def test_the_desk_sees_the_plan_and_may_hand_it_over(clinic: Clinic):
    """Staff print what a clinician decided; they read patients."""
    file = in_care(clinic, **LOAD)
    at = opened(file, RUN, "noor")
    field(at, file, "recent").set_value(6.0).run()
    assert printed_labels(at) == {"Print the runner's plan"}


@pytest.mark.parametrize("person", ["noor", "chidi", "dana"])
def test_everyone_reads_and_prints_the_source_card(clinic: Clinic, person: str):
    """It is the knowledge's, not a patient's."""
    at = visit(person, "knowledge")
    at.session_state["knowledge-tab"] = "Source card"
    at.run()
    assert not at.exception, at.exception
    shown = plainly(at)
    for words_ in ("Intended use", "Not validated in this clinic", "In doubt: for counsel", "13. Use of health status"):
        assert words_ in shown
    assert printed_labels(at) == {"Download PDF"}


def test_the_source_card_is_searched_like_the_other_tabs(clinic: Clinic):
    """Only the lines that hold the words."""
    at = visit("amina", "knowledge")
    at.session_state["knowledge-tab"] = "Source card"
    at.text_input(key="search").input("automation bias").run()
    shown = plainly(at)
    assert "Independent review" in shown
    assert "Intended use" not in shown
