"""Invented histories: complete, unremarkable, and changed where a test needs it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from dashboard import intake
from dashboard.clinical.vocabulary import Item

EMERGENCY: dict[str, Any] = {"rf_saddle_numbness": "yes"}
SAME_DAY: dict[str, Any] = {"bilateral_leg": "new_or_changing"}
URGENT: dict[str, Any] = {"weakness_self": "right", "weakness_progressive": "no"}

CHOSEN: dict[str, Any] = {
    "consent_record": "yes",
    "consent_registry": "yes",
    "age_years": 36,
    "sex_at_birth": "female",
    "pain_duration_days": 21,
    "onset_type": "gradual",
    "pain_sites": ["midline_low_back"],
    "pain_main_site": "midline_low_back",
    "nprs_back_now": 4,
    "nprs_worst": 6,
    "nprs_leg": 0,
    "aggravating": ["sitting"],
    "easing": ["lying"],
    "pain_course": "same",
    "night_pain": "when_rolling",
    "runner": "yes",
    "run_status": "reduced",
    "weekly_distance_km": 30.0,
    "prev_weekly_distance_km": 32.0,
    "sessions_per_week": 4,
    "surface_mix": {"asphalt": 70.0, "trail": 30.0},
    "shoe_type": "neutral",
    "menstrual_status": "regular",
    "prior_treatment": ["rest"],
    "no_improvement_weeks": 0,
    "rmdq_total": 12,
    "psfs": [["run with friends", 3]],
    "goal_text": "back to the Saturday run",
}


@cache
def _neutral() -> dict[str, Any]:
    """The chosen answers, and the quietest answer to every other required question that they bring up."""
    answers = dict(CHOSEN)
    while missing := intake.progress(answers).missing:
        for items in missing.values():
            answers |= {item: _quiet(intake.knowledge().items[item]) for item in items}
    return answers


def a_history(**changes: Any) -> dict[str, Any]:
    """A complete history of an invented runner, with the changes; a change to None leaves the question open."""
    answers = {**_neutral(), **changes}
    return {item: answer for item, answer in answers.items() if answer is not None}


def typed(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The same answers as a draft stores them."""
    return {item: intake.plain(intake.accept(item, answer).answer) for item, answer in answers.items()}


def _quiet(item: Item) -> Any:
    codes = [option.code for option in item.options]
    none = next((option.code for option in item.options if option.exclusive), None)
    calm = next((code for code in ("no", "none", "never", "first", "normal") if code in codes), (codes or [""])[0])
    quiet = {
        "flag": "no",
        "choice": calm,
        "choices": [none or (codes or [""])[0]],
        "integer": int(item.minimum or 0),
        "decimal": item.minimum or 0,
        "text": "2031-05-31" if item.coming else "nothing else",
    }
    return quiet[item.type]
