"""Invented outcomes: pain, disability and function at the weeks they are asked for, answered less and less often."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from dashboard.demo.course import Course
from dashboard.demo.dice import Dice
from dashboard.demo.ledger import Doer, Held, Ledger
from dashboard.demo.made_up import made_up
from db.tables import Outcome

FROM_ANSWERS = {"nprs_back": "nprs_back_now", "nprs_leg": "nprs_leg", "odi": "odi_percent", "rmdq": "rmdq_total"}
"""Outcome measure -> the intake's answer it continues."""
HIGHEST = {"nprs_back": 10, "nprs_leg": 10, "odi": 100, "rmdq": 24}
TOTALS = ("odi", "rmdq")
"""Measures typed from paper as a total."""
STEP = {"odi": 2}
"""Measures that come in steps of more than one."""


def measure(
    ledger: Ledger, course: Course, episode: Held, intake: Held, who: Doer, until: datetime, dice: Dice
) -> None:
    """Record every outcome measured before ``until``; at week 0 what was answered at the intake."""
    spec = made_up("clinic")["outcomes"]
    ends = min(until, course.ends_before or until)
    for weeks, share in zip(spec["weeks"], spec["answered"], strict=True):
        at = course.submitted_at + timedelta(weeks=weeks, days=dice.number(-3, 3) if weeks else 0)
        if at > ends or (weeks and course.waiting) or not dice.chance(share):
            continue
        for instrument, value in _values(course, weeks, dice).items():
            whose = {"episode_id": episode["id"], "patient_id": episode["patient_id"], "entered_by": who.person_id}
            taken: dict[str, Any] = {
                "taken_on": at.date(),
                "weeks_since_intake": round((at - course.submitted_at).days / 7),
            }
            if not weeks:
                taken |= {"intake_id": intake["id"], "how": "total" if instrument in TOTALS else "asked"}
            ledger.add(Outcome, "outcome:record", who, at, **whose, **taken, instrument=instrument, value=value)


def _values(course: Course, weeks: float, dice: Dice) -> dict[str, float]:
    """What the measures come to after some weeks; pain in the leg only where there was some."""
    first, left = course.contacts[0].answers, course.pain_share(weeks)
    values = {
        instrument: _rounded(instrument, first[item] * (dice.near(left, 0.1) if weeks else 1))
        for instrument, item in FROM_ANSWERS.items()
        if first.get(item) is not None and (instrument != "nprs_leg" or first[item])
    }
    rated = [rating for _, rating in first["psfs"]]
    function = sum(rated) / len(rated)
    values["psfs"] = round(function + (10 - function) * (1 - left), 1)
    return values


def _rounded(instrument: str, value: float) -> float:
    step = STEP.get(instrument, 1)
    return float(step * round(min(HIGHEST[instrument], max(0.0, value)) / step))
