"""How much and on what an invented runner has been running lately, as it is typed at the desk: in miles and pounds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from dashboard.demo.dice import Dice
from dashboard.demo.made_up import made_up
from dashboard.demo.runners import Runner

Typed = dict[str, tuple[Any, str | None]]
"""Item id -> what is typed, and its unit (None: the item's own)."""

STOPPED_BY_PAIN = 7
"""Pain from which most stop running."""


def body(runner: Runner, on: date) -> Typed:
    """Age on the day, sex, height and weight."""
    return {
        "age_years": (runner.age_on(on), None),
        "sex_at_birth": (runner.sex, None),
        "height_cm": (float(runner.height_cm), None),
        "weight_kg": (runner.weight_lb, "lb"),
    }


def running(dice: Dice, runner: Runner, drawn: Mapping[str, Any], on: date) -> Typed:
    """The weeks before the intake: most ran as ever, some went much further than they were used to."""
    usual = max(4.0, runner.weekly_mi * dice.between(0.8, 1.0, 1.25))
    jumped = dice.chance(0.24)
    longest_before = usual * dice.between(0.26, 0.34, 0.5)
    longest = longest_before * (dice.between(1.15, 1.35, 2.3) if jumped else dice.between(0.5, 0.95, 1.1))
    status = _status(dice, drawn["nprs_back_now"])
    share = {"full": 1.0, "reduced": 0.6, "stopped": 0.0}[status]
    return {
        "runner": (runner.runs, None),
        "run_status": (status, None),
        "weekly_distance_km": (round(usual * max(share, 0.3), 1), "mi"),
        "prev_weekly_distance_km": (round(usual, 1), "mi"),
        "longest_run_last7_km": (round(longest * share, 1), "mi"),
        "longest_run_prev30_km": (round(longest_before, 1), "mi"),
        "sessions_per_week": (max(1, min(7, round(usual / 6) + 1)), None),
        "hard_sessions_per_week": (dice.pick({0: 30, 1: 45, 2: 22, 3: 3}), None),
        "pace_min_per_km": (runner.pace, "min/mi"),
        "cadence_spm": (runner.cadence, None),
        "surface_mix": (dict(runner.surfaces), None),
        "terrain": (runner.terrain, None),
        "recent_changes": (_changes(dice, jumped), None),
        "years_running": (float(runner.years_running), None),
        "goal_race": (runner.race, None),
        "goal_race_date": ((on + timedelta(days=dice.number(30, 240))).isoformat(), None),
    }


def shoes(dice: Dice, runner: Runner) -> Typed:
    """What they run in."""
    low, high = made_up("people")["drops_mm"].get(runner.shoe, (4, 10))
    return {
        "shoe_model": (runner.shoe_name, None),
        "shoe_age_km": (dice.number(20, 520), "mi"),
        "shoe_type": (runner.shoe, None),
        "shoe_drop_mm": (float(dice.number(low, high)), None),
        "shoe_change_weeks": (dice.pick({"none": 70, "under_2": 6, "2_to_4": 10, "4_to_8": 14}), None),
    }


def _status(dice: Dice, pain: int) -> str:
    if pain >= STOPPED_BY_PAIN:
        return dice.pick({"stopped": 75, "reduced": 25})
    return dice.pick(
        {"full": 60, "reduced": 38, "stopped": 2} if pain <= 3 else {"full": 22, "reduced": 60, "stopped": 18}
    )


def _changes(dice: Dice, jumped: bool) -> list[str]:
    """What they changed in the last weeks."""
    others = dice.some_of({"speed": 0.15, "hills": 0.12, "surface": 0.08, "shoes": 0.14, "back_after_break": 0.06})
    named = ["distance", *others] if jumped else others
    return named or ["none"]
