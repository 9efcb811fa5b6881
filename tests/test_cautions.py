"""Soft warnings: each is given by its own slip of the keys, and not by what lies just beside it."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from typing import Any

import pytest

from dashboard import cautions, coming, intake
from tests.casework.histories import a_history, typed

KNOWN = intake.knowledge()


def days_ahead(days: int) -> str:
    """A day to come, as an answer; a midnight during the tests makes it one nearer, which these keep clear of."""
    return (coming.today() + timedelta(days)).isoformat()


ROWS = tomllib.loads(cautions.FILE.read_text(encoding="utf-8"))["caution"]
BESIDE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "worst_below_now": ({"nprs_worst": 6, "nprs_back_now": 7}, {"nprs_worst": 7, "nprs_back_now": 7}),
    "bmi_implausible": ({"height_cm": 180.0, "weight_kg": 42.0}, {"height_cm": 180.0, "weight_kg": 43.0}),
    "runs_no_distance": (
        {"run_status": "full", "weekly_distance_km": 0.0},
        {"run_status": "stopped", "weekly_distance_km": 0.0},
    ),
    "stopped_yet_runs": (
        {"run_status": "stopped", "weekly_distance_km": 0.0, "longest_run_last7_km": 8.0},
        {"run_status": "stopped", "weekly_distance_km": 0.0, "longest_run_last7_km": 0.0},
    ),
    "distance_jump": (
        {"weekly_distance_km": 60.0, "prev_weekly_distance_km": 19.9},
        {"weekly_distance_km": 60.0, "prev_weekly_distance_km": 20.0},
    ),
    "distance_drop": (
        {"run_status": "full", "weekly_distance_km": 19.9, "prev_weekly_distance_km": 60.0},
        {"run_status": "full", "weekly_distance_km": 20.0, "prev_weekly_distance_km": 60.0},
    ),
    "longest_above_week": ({"longest_run_prev30_km": 65.0}, {"longest_run_prev30_km": 60.0}),
    "longest_last7_above_week": ({"longest_run_last7_km": 61.0}, {"longest_run_last7_km": 60.0}),
    "more_hard_than_all": (
        {"sessions_per_week": 3, "hard_sessions_per_week": 4},
        {"sessions_per_week": 3, "hard_sessions_per_week": 3},
    ),
    "no_sessions": (
        {"run_status": "full", "sessions_per_week": 0},
        {"run_status": "full", "sessions_per_week": 1},
    ),
    "running_before_birth": ({"years_running": 36.5, "age_years": 36}, {"years_running": 36, "age_years": 36}),
    "care_longer_than_pain": (
        {
            "prior_treatment": ["exercise"],
            "conservative_weeks": 20,
            "pain_duration_days": 21,
            "prior_episodes": "first",
        },
        {"prior_treatment": ["exercise"], "conservative_weeks": 4, "pain_duration_days": 21, "prior_episodes": "first"},
    ),
    "no_improvement_longer_than_pain": (
        {"no_improvement_weeks": 5, "pain_duration_days": 21},
        {"no_improvement_weeks": 4, "pain_duration_days": 21},
    ),
    "leg_pain_nowhere": (
        {"nprs_leg": 6, "pain_sites": ["midline_low_back"]},
        {"nprs_leg": 6, "pain_sites": ["midline_low_back", "calf_shin:left"]},
    ),
    "shin_without_leg_pain": (
        {"nprs_leg": 0, "pain_sites": ["calf_shin:left"]},
        {"nprs_leg": 1, "pain_sites": ["calf_shin:left"]},
    ),
    "trauma_unsaid": (
        {"onset_type": "after_trauma", "rf_trauma": "no"},
        {"onset_type": "after_trauma", "rf_trauma": "unknown"},
    ),
    "steroids_unsaid": (
        {"meds": ["systemic_steroid"], "rf_steroids": "no", "rf_immuno": "no"},
        {"meds": ["systemic_steroid"], "rf_steroids": "no", "rf_immuno": "yes"},
    ),
    "hours_of_running": (
        {"weekly_distance_km": 150.0, "pace_min_per_km": 10.1},
        {"weekly_distance_km": 150.0, "pace_min_per_km": 10.0},
    ),
    "pace_of_champions": ({"pace_min_per_km": 3.3}, {"pace_min_per_km": 3.4}),
    "pace_of_walkers": (
        {"pace_min_per_km": 10.1, "run_status": "full"},
        {"pace_min_per_km": 10.0, "run_status": "full"},
    ),
    "long_sessions": (
        {"weekly_distance_km": 71.0, "sessions_per_week": 2},
        {"weekly_distance_km": 70.0, "sessions_per_week": 2},
    ),
    "short_sessions": (
        {"weekly_distance_km": 3.9, "sessions_per_week": 4},
        {"weekly_distance_km": 4.0, "sessions_per_week": 4},
    ),
    "distance_no_sessions": (
        {"weekly_distance_km": 5.0, "sessions_per_week": 0},
        {"weekly_distance_km": 5.0, "sessions_per_week": 1},
    ),
    "very_many_kilometres": ({"weekly_distance_km": 201.0}, {"weekly_distance_km": 200.0}),
    "full_yet_not_running": (
        {"run_status": "full", "running_pain_pattern": "not_running"},
        {"run_status": "stopped", "running_pain_pattern": "not_running"},
    ),
    "cadence_slow": ({"cadence_spm": 134}, {"cadence_spm": 135}),
    "cadence_quick": ({"cadence_spm": 211}, {"cadence_spm": 210}),
    "runs_since_infancy": ({"years_running": 32, "age_years": 36}, {"years_running": 31, "age_years": 36}),
    "leg_pain_stops_runner_at_once": (
        {"nprs_leg": 5, "claudication": "eases_standing_still", "claudication_distance_m": 90.0, "run_status": "full"},
        {"nprs_leg": 5, "claudication": "eases_standing_still", "claudication_distance_m": 100.0, "run_status": "full"},
    ),
    "shoes_worn_long": ({"shoe_age_km": 2001.0}, {"shoe_age_km": 2000.0}),
    "new_shoes_worn_long": (
        {"shoe_change_weeks": "under_2", "shoe_age_km": 301.0},
        {"shoe_change_weeks": "2_to_4", "shoe_age_km": 301.0},
    ),
    "very_short": ({"height_cm": 136.9}, {"height_cm": 137.0}),
    "very_tall": ({"height_cm": 209.0}, {"height_cm": 208.0}),
    "weight_in_pounds": ({"height_cm": 180.0, "weight_kg": 137.0}, {"height_cm": 180.0, "weight_kg": 136.0}),
    "weight_in_kilograms": ({"height_cm": 180.0, "weight_kg": 48.5}, {"height_cm": 180.0, "weight_kg": 48.7}),
    "hurts_longer_than_life": ({"pain_duration_days": 12200, "age_years": 36}, {"pain_duration_days": 12100}),
    "gradual_since_today": (
        {"onset_type": "gradual", "pain_duration_days": 0.5},
        {"onset_type": "gradual", "pain_duration_days": 1},
    ),
    "exertion_long_ago": (
        {"onset_type": "after_exertion", "pain_duration_days": 366},
        {"onset_type": "after_exertion", "pain_duration_days": 365},
    ),
    "trauma_yet_gradual": (
        {"onset_type": "gradual", "rf_trauma": "yes"},
        {"onset_type": "after_trauma", "rf_trauma": "yes"},
    ),
    "never_gone_yet_new": (
        {"prior_episodes": "never_gone", "pain_duration_days": 27},
        {"prior_episodes": "never_gone", "pain_duration_days": 28},
    ),
    "no_pain_at_all": (
        {"nprs_worst": 0, "nprs_back_now": 0, "nprs_leg": 0},
        {"nprs_worst": 1, "nprs_back_now": 0, "nprs_leg": 0},
    ),
    "disabled_without_pain": (
        {"rmdq_total": 16, "nprs_worst": 2, "nprs_back_now": 1},
        {"rmdq_total": 15, "nprs_worst": 2, "nprs_back_now": 1},
    ),
    "able_in_great_pain": ({"rmdq_total": 0, "nprs_worst": 8}, {"rmdq_total": 0, "nprs_worst": 7}),
    "totals_apart": ({"rmdq_total": 18, "odi_percent": 10.0}, {"rmdq_total": 18, "odi_percent": 11.0}),
    "activities_all_zero": (
        {"psfs": [["run with friends", 0], ["sleep", 0]]},
        {"psfs": [["run with friends", 0], ["sleep", 1]]},
    ),
    "activities_all_ten": ({"psfs": [["run with friends", 10]]}, {"psfs": [["run with friends", 9]]}),
    "activity_unrated": ({"psfs": [["run with friends", None]]}, {"psfs": [["run with friends", 3]]}),
    "pregnant_late": (
        {"pregnancy_status": "pregnant", "age_years": 50, "menstrual_status": "none_3_months"},
        {"pregnancy_status": "pregnant", "age_years": 49, "menstrual_status": "none_3_months"},
    ),
    "pregnant_early": (
        {"pregnancy_status": "pregnant", "age_years": 14, "menstrual_status": "none_3_months"},
        {"pregnancy_status": "pregnant", "age_years": 15, "menstrual_status": "none_3_months"},
    ),
    "pregnant_with_periods": (
        {"pregnancy_status": "pregnant", "menstrual_status": "regular"},
        {"pregnancy_status": "pregnant", "menstrual_status": "none_3_months"},
    ),
    "menopause_early": (
        {"menstrual_status": "menopause", "age_years": 37},
        {"menstrual_status": "menopause", "age_years": 38},
    ),
    "hardly_sleeps": ({"sleep_hours": 3.5}, {"sleep_hours": 4.0}),
    "smoked_too_much": (
        {"smoking": "current", "pack_years": 79.0, "age_years": 36},
        {"smoking": "current", "pack_years": 78.0, "age_years": 36},
    ),
    "child_by_typing": ({"age_years": 11}, {"age_years": 12}),
    "very_old": ({"age_years": 96}, {"age_years": 95}),
    "race_far_ahead": (
        {"goal_race": "marathon", "goal_race_date": days_ahead(1097)},
        {"goal_race": "marathon", "goal_race_date": days_ahead(1094)},
    ),
}
"""Caution → answers that give it, and the nearest that do not."""


def given(changes: dict[str, Any]) -> dict[str, cautions.Caution]:
    """The cautions that a history with these changes gives."""
    return {caution.id: caution for caution in intake.warnings(typed(a_history(**changes)))}


@pytest.mark.parametrize("slip", BESIDE)
def test_a_slip_of_the_keys_is_pointed_out(slip: str) -> None:
    """Each caution is given by its own slip, and stands under a question that is asked."""
    answers = typed(a_history(**BESIDE[slip][0]))
    found = given(BESIDE[slip][0])
    assert slip in found
    shown = intake.visible(answers)
    doubt = next(each for each in intake.doubts(answers, {}) if each.caution.id == slip)
    assert intake.place_of(doubt, shown) in set(found[slip].items) & shown


@pytest.mark.parametrize("slip", BESIDE)
def test_what_lies_just_beside_is_left_alone(slip: str) -> None:
    """A bound one step further is not pointed out: whoever is warned of everything reads nothing."""
    assert slip not in given(BESIDE[slip][1])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_caution_is_never_given_on_half_of_what_it_is_about(row: dict[str, Any]) -> None:
    """With any of its answers open, nothing is pointed out: unknown is not odd."""
    for item in row["items"]:
        assert row["id"] not in given({**BESIDE[row["id"]][0], item: None})


def test_every_caution_is_tried_here_and_says_it_in_a_sentence() -> None:
    """A caution nobody can cause is a mistake in its criterion."""
    assert [row["id"] for row in ROWS] == list(dict.fromkeys(row["id"] for row in ROWS))
    assert {row["id"] for row in ROWS} == set(BESIDE)
    for row in ROWS:
        assert set(row["items"]) <= set(KNOWN.items)
        assert row["says"].endswith((".", "?"))
        assert len(cautions.caution(row["id"]).reasons) <= 9, "each is given by a digit"


def test_a_caution_of_no_such_name_is_none() -> None:
    """What a browser makes up is about nothing."""
    assert cautions.caution("made_up") is None
