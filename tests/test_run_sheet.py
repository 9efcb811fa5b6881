"""The runner's sheet: one page, plain words, the runner's unit, and never a longer run than the plan allows."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import run_sheet, run_words, units
from dashboard.clinical.knowledge import load
from dashboard.clinical.return_to_run import from_answers, plan
from dashboard.clinical.run_plan import Plan, Wishes
from dashboard.clinical.vocabulary import Case
from dashboard.printing import printed
from tests.clinical.test_return_to_run import MONDAY, RUNNER, STRAIN
from tests.printed import pages

KNOWN = load()
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def day(when: date) -> str:
    """A date as this test's clinic writes it."""
    return f"{when:%m/%d/%Y}"


def a_plan(answers: dict[str, Any] | None = None, **wishes: Any) -> Plan:
    """The invented runner's plan."""
    case = Case({**RUNNER, **(answers or {})})
    made = plan(KNOWN, case, from_answers(KNOWN, case, Wishes(MONDAY, STRAIN, recent_longest_km=9.0, **wishes)))
    assert isinstance(made, Plan)
    return made


def content(made: Plan, unit: str = "mi", name: str = "Ines Testova", clinician: str = "Amina") -> dict[str, Any]:
    """The sheet's words."""
    return run_sheet.content(KNOWN, made, unit, day, name, clinician)


def sheet(made: Plan, unit: str = "mi") -> list[str]:
    """The printed pages, read back."""
    return pages(printed("return_to_run", content(made, unit), NOW))


STOPPED = {"run_status": "stopped", "goal_race": "half"}
SEVERE = {"nprs_back_now": 9, "goal_race": "marathon", "longest_run_last7_km": 75.0, "weekly_distance_km": 160.0}


@pytest.mark.parametrize(
    ("answers", "race"),
    [({}, None), (STOPPED, MONDAY + timedelta(weeks=6)), (SEVERE, MONDAY + timedelta(weeks=20))],
    ids=["short", "run-walk", "the longest there is"],
)
def test_it_is_one_page_however_long_the_plan(answers: dict[str, Any], race: date | None):
    """With a pause, a race and more weeks than are printed as well."""
    made = a_plan({**answers, "sessions_per_week": 6}, race_day=race)
    assert len(sheet(made)) == 1


def test_it_says_whose_from_when_and_that_it_is_not_a_diagnosis():
    """Made from the clinician's plan."""
    (page,) = sheet(a_plan())
    for words in ("Ines Testova", "11/30/2026", "Made from your clinician's plan (Amina), not a diagnosis"):
        assert words in page


def test_it_has_the_pain_rule_what_to_do_when_it_is_broken_and_when_to_seek_help():
    """Each in the knowledge's own words."""
    (page,) = sheet(a_plan())
    for band in KNOWN.load.pain_bands:
        assert band.title in page
        assert band.says in page
    for says in (*KNOWN.load.said("broken-rule"), *KNOWN.load.said("good-to-know"), KNOWN.safety_net):
        assert says in page


def test_every_week_stands_with_its_first_day_its_longest_run_and_its_sum():
    """In the order of the plan."""
    made = a_plan()
    (page,) = sheet(made, "km")
    for week in made.weeks:
        row = f"{week.number} {day(week.first_day)} {run_words.sessions(week, 'km')}"
        assert row in page
        assert f"{run_words.longest(week, 'km')} {run_words.total(week, 'km')}" in page


def test_without_a_name_the_sheet_is_nobodys():
    """Printed for somebody who may not read the patient, it would name nobody."""
    assert "Testova" not in str(content(a_plan(), name=""))


def test_a_plan_without_a_pace_says_what_is_needed_to_go_on():
    """The stages are printed, and nothing is guessed."""
    made = a_plan({"run_status": "stopped", "pace_min_per_km": None})
    assert "easy pace" in content(made)["after"]


def test_a_long_plan_says_that_it_goes_on():
    """No week disappears in silence."""
    made = a_plan(SEVERE)
    assert len(made.weeks) > run_sheet.MOST_PRINTED
    assert f"week {len(made.weeks)}" in content(made)["after"]


@given(km=st.floats(0, 400), unit=st.sampled_from(["mi", "km"]))
def test_a_distance_is_rounded_down_and_by_less_than_a_tenth(km: float, unit: str):
    """Read back into kilometres it never exceeds what was planned: a limit stays a limit."""
    amount, _, written = run_words.distance(km, unit).partition(" ")
    assert written == unit
    back = units.converted(float(amount), unit, "km")
    tenth = units.converted(0.1, unit, "km")
    assert back <= km + 1e-6
    assert km - back < tenth + 1e-6


@given(miles=st.integers(1, 2000))
def test_what_was_told_in_miles_is_said_in_miles(miles: int):
    """Tenths of a mile survive the way through kilometres."""
    assert run_words.distance(units.converted(miles / 10, "mi", "km"), "mi") == f"{miles / 10:.1f} mi"


@pytest.mark.parametrize("unit", ["mi", "km"])
def test_no_run_on_the_sheet_is_longer_than_the_weeks_longest(unit: str):
    """The sentence and the limit beside it agree."""
    for number, first, told, longest, total in content(a_plan(), unit)["weeks"]:
        runs = [float(amount) for amount in re.findall(rf"([\d.]+) {unit}\b", told)]
        assert max(runs) == float(longest.split()[0]), (number, first, total)


def test_the_unit_changes_the_numbers_and_not_the_plan():
    """The same weeks, the same days."""
    in_miles, in_km = content(a_plan(), "mi")["weeks"], content(a_plan(), "km")["weeks"]
    assert [row[:2] for row in in_miles] == [row[:2] for row in in_km]
    assert all(" km" in row[2] for row in in_km)
    assert not any(" km" in row[2] for row in in_miles)
