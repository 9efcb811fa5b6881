"""A return-to-run plan in plain words and in the runner's own unit; lengths are rounded down, never up."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from dashboard import units
from dashboard.clinical.run_plan import Plan, Session, Week

TENTHS = 10
_TIMES = {1: "once", 2: "twice"}


def distance(km: float | None, unit: str) -> str:
    """A distance in the unit, rounded down to a tenth so that a limit stays a limit; a dash when it is not known."""
    if km is None:
        return "–"
    amount = math.floor(units.converted(km, "km", unit) * TENTHS + 1e-6) / TENTHS
    return f"{amount:.1f} {unit}"


def minutes(length: float | None) -> str:
    """A length of time in whole minutes, rounded down; a dash when it is not known."""
    return "–" if length is None else f"{math.floor(length + 1e-6)} min"


def sessions(week: Week, unit: str) -> str:
    """What to do in a week, in one sentence."""
    if week.phase == "stages":
        counted = Counter(session.says for session in week.sessions)
        return " ".join(f"{_times(many)} {_inside(says)}" for says, many in counted.items())
    easy = [session for session in week.sessions if session.kind != "long"]
    hard = sum(session.kind == "hard" for session in week.sessions)
    parts = [_many(easy, unit)] if easy else []
    parts.append(f"one longer run of {_length(week.sessions[-1], unit)}")
    words = " and ".join(parts)
    if hard:
        words += f"; hills or speed in {'one' if hard == 1 else hard} of the shorter runs"
    return f"{words[:1].upper()}{words[1:]}."


def total(week: Week, unit: str) -> str:
    """How far is run in the week."""
    return distance(week.km, unit)


def longest(week: Week, unit: str) -> str:
    """The longest single run of the week."""
    if week.longest_km is not None:
        return distance(week.longest_km, unit)
    runs = [session.running for session in week.sessions if session.running]
    return minutes(max(runs)) if runs else "walk"


def days(week: Week) -> str:
    """The days of the week on which to run or walk, such as "Mon Wed Fri"."""
    return " ".join(dict.fromkeys(f"{session.day:%a}" for session in week.sessions))


def route(plan: Plan) -> str:
    """Which way back it is, in a few words."""
    return "run-walk first, then longer runs" if plan.route == "run-walk" else "keep running, shorter at first"


def _times(many: int) -> str:
    return f"{_TIMES.get(many, f'{many} times').capitalize()}:"


def _inside(says: str) -> str:
    """A stage's sentence without its code, as it stands after a colon."""
    words = says.partition(": ")[2] or says
    return f"{words[:1].lower()}{words[1:]}"


def _many(runs: Sequence[Session], unit: str) -> str:
    return f"{'one run' if len(runs) == 1 else f'{len(runs)} runs'} of {_length(runs[0], unit)}"


def _length(run: Session, unit: str) -> str:
    about = f" (about {minutes(run.minutes)})" if run.minutes else ""
    return distance(run.km, unit) + about
