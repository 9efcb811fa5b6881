"""The coarse columns of an intake that cohort questions filter and count by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.clinical.knowledge import Knowledge

_MOST = 50


def cohort_columns(answers: Mapping[str, Any], known: Knowledge) -> dict[str, Any]:
    """Age, age band, sex, surface, shoe type, and what a change is later measured from; None where unknown."""
    age = answers.get("age_years")
    return {
        "age_years": age,
        "age_band": age_band(age, known),
        "sex": answers.get("sex_at_birth"),
        "surface": surface(answers.get("surface_mix")),
        "shoe_type": answers.get("shoe_type"),
        "nprs_back": answers.get("nprs_back_now"),
        "odi_percent": answers.get("odi_percent"),
        "rmdq_total": answers.get("rmdq_total"),
    }


def age_band(age: int | None, known: Knowledge) -> str | None:
    """The id of the knowledge's age band that holds the age; None for an unknown age or one outside every band."""
    bands = known.settings.age_bands
    if age is None:
        return None
    return next((band.id for band in bands if band.from_ <= age and (band.to_ is None or age <= band.to_)), None)


def surface(mix: Mapping[str, float] | None) -> str | None:
    """The surface run on for more than half of the distance, "mixed" if none is, None when nothing was said."""
    if not mix:
        return None
    most = max(mix, key=lambda code: mix[code])
    return most if mix[most] > _MOST else "mixed"
