"""A drift alarm: suggestions overridden more often of late than their own past makes likely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.casework.suggestions import CONDITION, DISCUSSIONS, RED_FLAG, STEP
from dashboard.cohort.reply import Asked
from dashboard.cohort.shares import interval
from dashboard.disclosure import Shown
from db.judgement import Judged

MONTHS = 3
"""How many months count as "of late"."""
ENOUGH = 10
"""How often a suggestion was signed for, of late and before, at the least, for its shares to be compared."""


@dataclass(frozen=True)
class Drift:
    """One suggestion overridden more often of late: the counts and the interval of before, in per cent."""

    name: str
    away: Shown
    signed: Shown
    low: float
    high: float

    def says(self) -> str:
        """The alarm in words."""
        return (
            f"Overridden more often of late: {self.name}, {self.away.words} of {self.signed.words} in the last "
            f"{MONTHS} months; before, {self.low:.0f}–{self.high:.0f} % were. Worth reading why."
        )

    @staticmethod
    def definition() -> str:
        """How the alarm is made."""
        return (
            f"Of late: signed in the last {MONTHS} months of the selection. The alarm sounds when the share changed or "
            f"rejected then lies above the 95 % interval of before, with at least {ENOUGH} signed for in both; of many "
            "suggestions some will do so by chance."
        )


def late_from(asked: Asked) -> str | None:
    """The month "of late" begins with; None when there is nothing before it."""
    return asked.months[-MONTHS] if len(asked.months) > MONTHS else None


def drifts(asked: Asked, rows: Sequence[Judged]) -> list[Drift]:
    """The suggestions that drifted, in the order of their names."""
    found = []
    for key in sorted({(row.kind, row.subject) for row in rows}):
        mine = [row for row in rows if (row.kind, row.subject) == key]
        away, signed = (_count(asked, mine, late=True, away=only) for only in (True, False))
        earlier = [_count(asked, mine, late=False, away=only) for only in (True, False)]
        before = interval(*earlier)
        if before is None or min(signed.number or 0, earlier[1].number or 0) < ENOUGH or away.number is None:
            continue
        if 100 * away.number / (signed.number or 1) > before[1]:
            found.append(Drift(_name(asked, *key), away, signed, *before))
    return found


def _count(asked: Asked, rows: Sequence[Judged], late: bool, away: bool) -> Shown:
    wanted = (row for row in rows if row.of_late == late and not (away and row.verdict == "accepted"))
    return asked.shown(sum(row.number for row in wanted))


def _name(asked: Asked, kind: str, subject: str) -> str:
    if kind == RED_FLAG:
        known = {flag.id: flag.title for flag in asked.knowledge.red_flags}
        return f"{subject} {known.get(subject, '')}".strip()
    named = {CONDITION: asked.condition, STEP: asked.step}.get(kind)
    return named(subject) if named else DISCUSSIONS.get(subject, subject)
