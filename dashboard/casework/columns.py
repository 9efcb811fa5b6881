"""The coarse columns of an intake that cohort questions filter and count by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.clinical.knowledge import Knowledge

_MOST = 50


def cohort_columns(answers: Mapping[str, Any], known: Knowledge) -> dict[str, Any]:
    """Age, age band, sex, surface, shoe type, back pain and disability of the answers given; None where unknown."""
    age = answers.get("age_years")
    return {
        "age_years": age,
        "age_band": age_band(age, known),
        "sex": answers.get("sex_at_birth"),
        "surface": surface(answers.get("surface_mix")),
        "shoe_type": answers.get("shoe_type"),
        "nprs_back": answers.get("nprs_back_now"),
        "disability_percent": disability_percent(answers, known),
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


def disability_percent(answers: Mapping[str, Any], known: Knowledge) -> float | None:
    """Disability from 0 to 100: the ODI as it is, else the RMDQ as a share of its maximum; None without either."""
    odi, rmdq = answers.get("odi_percent"), answers.get("rmdq_total")
    if odi is not None:
        return float(odi)
    return None if rmdq is None else round(100 * rmdq / (known.items["rmdq_total"].maximum or 1), 1)
