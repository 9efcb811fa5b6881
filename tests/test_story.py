"""The story in five lines: it tells what was answered, in the clinic's words, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.in_force import knowledge
from dashboard.story import story
from tests.casework.histories import a_history, typed
from tests.worked import worked

HEADINGS = ("Runner", "Pain", "Behaviour", "Load and shoes", "Background")


def told(answers: dict[str, Any], unit: str = "km") -> str:
    """The whole story as one text."""
    return "\n".join(line.text for line in story(answers, knowledge(), unit))


def test_there_are_always_five_lines_in_the_same_order():
    """A clinician finds each thing in its place whatever was answered."""
    for answers in ({}, {"age_years": 40}, typed(a_history())):
        assert tuple(line.heading for line in story(answers, knowledge())) == HEADINGS


def test_of_an_empty_intake_nothing_is_told():
    """Every line says that it was not asked, which is not the same as no."""
    assert {(line.text, line.told) for line in story({}, knowledge())} == {("Not asked yet.", False)}


def test_a_runner_is_introduced_as_a_colleague_would():
    """Age, sex and running first."""
    answers = {
        "age_years": 34,
        "sex_at_birth": "female",
        "runner": "yes",
        "weekly_distance_km": 48.3,
        "sessions_per_week": 4,
        "run_status": "reduced",
    }
    assert story(answers, knowledge())[0].text == (
        "34-year-old woman; runs 48 km a week, 4 runs a week; now running less."
    )
    assert "30 mi a week" in story(answers, knowledge(), "mi")[0].text


@pytest.mark.parametrize(
    ("age", "sex", "words"),
    [
        (34, "male", "34-year-old man"),
        (15, "female", "15-year-old girl"),
        (15, "male", "15-year-old boy"),
        (40, "not_said", "40-year-old person"),
        (None, "female", "Woman"),
    ],
)
def test_people_are_called_by_age_and_sex_at_birth(age: int | None, sex: str, words: str):
    """And a person of unrecorded sex is a person."""
    answers = {"sex_at_birth": sex} | ({} if age is None else {"age_years": age})
    assert story(answers, knowledge())[0].text.startswith(words)


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "since today"), (1, "for 1 day"), (9, "for 9 days"), (42, "for 6 weeks"), (400, "for 13 months")],
)
def test_a_duration_is_told_in_the_unit_people_use(days: int, words: str):
    """Days, then weeks, then months."""
    assert story({"pain_duration_days": days}, knowledge())[1].text.lower() == f"{words}."


def test_sides_are_told():
    """Where it hurts includes which side."""
    text = story({"pain_sites": ["psis_buttock:right", "midline_low_back"], "numbness_leg": "both"}, knowledge())
    assert "(right)" in text[1].text
    assert text[2].text == "Numbness in both legs."


def test_no_leg_pain_is_told_and_an_unasked_leg_is_not():
    """Nought is an answer."""
    assert "no leg pain" in told({"nprs_leg": 0}).lower()
    assert "leg" not in told({"nprs_back_now": 5}).lower()


def test_unknown_is_never_told_as_yes_or_no():
    """An item answered unknown adds not one word."""
    flags = [item.id for item in knowledge().items.values() if item.type == "flag"]
    assert told(dict.fromkeys(flags, "unknown")) == told({})


def test_a_red_flag_answered_yes_is_told_and_one_answered_no_is_not():
    """Whoever reads only the story must still meet it."""
    assert "Yes to:" in told({"rf_fever": "yes"})
    assert "Yes to:" not in told({"rf_fever": "no"})


def test_taking_an_answer_away_never_adds_to_the_story():
    """Each answer can only add words: nothing is made up to fill a gap."""
    whole = typed(a_history())
    for item in whole:
        less = {other: answer for other, answer in whole.items() if other != item}
        assert len(told(less).replace("Not asked yet.", "")) <= len(told(whole)) + 1, item


@pytest.mark.parametrize("name", ["published_facts", "textbook_facts"])
def test_every_shared_case_has_a_story(name: str):
    """Real histories, whatever they lack, read as sentences without codes or brackets of a program."""
    from dashboard.clinical.answers import read_case
    from dashboard.entry import plain

    for case in worked(name):
        answers = {item: plain(answer) for item, answer in read_case(knowledge(), case).answers.items()}
        lines = story(answers, knowledge())
        assert any(line.told for line in lines), case["id"]
        for line in lines:
            assert not any(sign in line.text for sign in ("_", "None", "{", "[", ";;", "  ")), (case["id"], line)
