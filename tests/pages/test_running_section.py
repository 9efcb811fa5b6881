"""Running and footwear at the desk: shares that must be whole, a race with its weeks, distances in two units."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dashboard import casework, coming, dates
from dashboard.casework.views import DraftView
from tests.cast import Clinic
from tests.pages.test_intake import at_section, fill, kept
from tests.pages.visiting import seen

DISTANCES = ("weekly_distance_km", "prev_weekly_distance_km", "longest_run_last7_km", "longest_run_prev30_km")


@pytest.fixture
def runners(clinic: Clinic) -> DraftView:
    """The intake of somebody invented who runs towards a half marathon."""
    noor = casework.actor_for("noor")
    new = casework.NewPatient("Rosa", "Invented", date(1989, 1, 2), "female", clinic.sites["north"].id)
    draft = casework.open_draft(noor, casework.register_patient(noor, new).id)
    fill(draft, runner="yes", goal_race="half")
    return draft


def test_shares_say_what_is_left_and_one_press_puts_the_rest_on_the_road(runners: DraftView):
    """80 of 100 is kept as unfinished and is no answer; the press makes it one."""
    at = at_section(runners, "running")
    at.number_input(key=f"{runners.id}.surface_mix.trail").set_value(80.0).run()
    assert "80 of 100" in seen(at)
    assert "20 left" in seen(at)
    assert "surface_mix" not in kept(runners)
    at.button(key="rest-surface_mix").click().run()
    assert not at.exception
    assert kept(runners)["surface_mix"] == {"road_concrete": 20.0, "trail": 80.0}
    assert "100 of 100" in seen(at)


def test_the_race_is_a_day_in_the_sites_form_with_its_weeks(runners: DraftView):
    """Typed as the site writes days, kept as one day everybody reads alike, with what is left of the time."""
    race = coming.today() + timedelta(weeks=20)
    at = at_section(runners, "running")
    at.text_input(key=f"{runners.id}.goal_race_date").set_value(dates.written(race, "MM/DD/YYYY")).run()
    assert kept(runners)["goal_race_date"] == race.isoformat()
    assert dates.said(race) in seen(at)
    assert "20 weeks left" in seen(at)
    at.text_input(key=f"{runners.id}.goal_race_date").set_value("03/01/2020").run()
    assert "Is past. Check the year" in seen(at)
    assert "goal_race_date" not in kept(runners) or kept(runners)["goal_race_date"] == race.isoformat()


def test_every_distance_is_shown_as_it_was_typed_in_miles_and_the_spike_is_worked_out(runners: DraftView):
    """Miles stay the miles typed; the band of the study is named, and that it is not of back pain."""
    actor_sees = at_section(runners, "running")
    for item, miles in zip(DISTANCES, (21.3, 18.0, 12.4, 9.9), strict=True):
        unit = f"{runners.id}.{item}.unit"
        if actor_sees.segmented_control(key=unit).value != "mi":
            actor_sees.segmented_control(key=unit).set_value("mi")
        actor_sees.number_input(key=f"{runners.id}.{item}").set_value(miles)
    actor_sees.run()
    again = at_section(runners, "running")
    assert [again.number_input(key=f"{runners.id}.{item}").value for item in DISTANCES] == [21.3, 18.0, 12.4, 9.9]
    assert kept(runners)["longest_run_last7_km"] == pytest.approx(12.4 * 1.609344, abs=1e-3)
    assert "10 to 30% longer" in seen(again)
    assert "overuse injury at any site, not for back pain" in seen(again)


def test_footwear_says_how_weak_its_evidence_is(runners: DraftView):
    """Nobody is to read a cure into a shoe; pairs in turn are asked as context."""
    at = at_section(runners, "footwear")
    assert "Weak evidence" in seen(at)
    at.number_input(key=f"{runners.id}.shoe_pairs").set_value(3).run()
    assert kept(runners)["shoe_pairs"] == 3
