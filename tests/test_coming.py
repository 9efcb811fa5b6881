"""Days to come: a race in the past is refused, one far ahead is doubted, and what is left is counted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dashboard import coming, intake
from dashboard.clinical.answers import BadAnswer

TODAY = date(2026, 11, 23)
RACE = intake.question("goal_race_date")


@pytest.mark.parametrize("days", [-2, -30, -365])
def test_a_race_that_is_past_is_refused(days: int) -> None:
    """A goal lies ahead: a past day is a slip of the year, or no goal any more."""
    with pytest.raises(BadAnswer, match="is past"):
        coming.must_be_ahead(RACE, (TODAY + timedelta(days)).isoformat(), TODAY)


@pytest.mark.parametrize("days", [-1, 0, 1, 400, 4000])
def test_a_race_today_or_later_is_kept(days: int) -> None:
    """Yesterday may still be today where the clinic is; how far ahead is the runner's business."""
    coming.must_be_ahead(RACE, (TODAY + timedelta(days)).isoformat(), TODAY)


def test_words_of_an_older_draft_and_other_questions_are_left_alone() -> None:
    """What is no day is not past; and no other text is a day."""
    coming.must_be_ahead(RACE, "next spring", TODAY)
    coming.must_be_ahead(intake.question("goal_text"), "2001-01-01", TODAY)


@pytest.mark.parametrize(
    ("days", "said"),
    [(0, "today"), (1, "tomorrow"), (13, "13 days left"), (14, "2 weeks left"), (140, "20 weeks left")],
)
def test_what_is_left_is_said_in_days_and_then_in_weeks(days: int, said: str) -> None:
    """Weeks decide what treatment there is time for."""
    assert coming.left(TODAY + timedelta(days), TODAY) == said


def test_a_race_more_than_three_years_ahead_is_worth_a_second_look() -> None:
    """It is kept with a doubt, and one within three years without."""
    near, far = coming.today() + timedelta(days=1000), coming.today() + timedelta(days=1200)
    answers = {"runner": "yes", "goal_race": "marathon"}
    assert "race_far_ahead" in {each.id for each in intake.warnings({**answers, "goal_race_date": far.isoformat()})}
    assert "race_far_ahead" not in {
        each.id for each in intake.warnings({**answers, "goal_race_date": near.isoformat()})
    }


@pytest.mark.parametrize("typed", ["31/31/2027", "soon", "2027-02-30", "<b>2027</b>", "0"])
def test_what_is_no_day_is_no_answer(typed: str) -> None:
    """Only a day is kept as the day of a race."""
    with pytest.raises(BadAnswer, match="not a day"):
        intake.accept(RACE, typed)
