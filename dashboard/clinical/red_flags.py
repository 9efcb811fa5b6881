"""Rules that set the urgency whatever the differential says; urgencies combine by maximum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dashboard.clinical.columns import Columns
from dashboard.clinical.criteria import Criterion
from dashboard.clinical.nodes import union
from dashboard.clinical.vocabulary import RedFlag, Urgency

if TYPE_CHECKING:
    from dashboard.clinical.knowledge import Knowledge


@dataclass(frozen=True)
class Fired:
    """A rule that fired in one case."""

    flag: RedFlag
    urgency: Urgency
    says: str
    because: tuple[str, ...]

    @property
    def blocks_biologics(self) -> bool:
        """True when no orthobiologic may be spoken of while it is open."""
        return self.flag.blocks_biologics or self.urgency > Urgency.ROUTINE


@dataclass(frozen=True)
class Open:
    """A rule that could still fire (higher): the greatest urgency it could set, and what is not known."""

    flag: RedFlag
    urgency: Urgency
    missing: tuple[str, ...]


class RedFlags:
    """The rules of the knowledge, compiled."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.flags = knowledge.red_flags
        self.clauses: tuple[tuple[Criterion, ...], ...] = tuple(
            tuple(knowledge.criterion(clause.when) for clause in flag.clauses) for flag in self.flags
        )
        self.circuit = knowledge.names.circuit
        self.places = [criterion.place for criteria in self.clauses for criterion in criteria]
        levels = [clause.urgency for flag in self.flags for clause in flag.clauses]
        self.levels = np.array(levels, dtype=np.int8)[:, None]

    def urgencies(self, view: Columns) -> NDArray[np.int8]:
        """int8[N]: the greatest urgency any met clause sets."""
        met = self.circuit.truths(view)[self.places] == 1
        urgencies: NDArray[np.int8] = (met * self.levels).max(axis=0, initial=0).astype(np.int8)
        return urgencies

    def fired(self, view: Columns, row: int) -> list[Fired]:
        """The rules that fired in one case, most urgent first, then in the order of the file."""
        rules = zip(self.flags, self.clauses, strict=True)
        found = [self._fired(flag, criteria, view, row) for flag, criteria in rules]
        return sorted((f for f in found if f is not None), key=lambda f: -f.urgency)

    def _fired(self, flag: RedFlag, criteria: tuple[Criterion, ...], view: Columns, row: int) -> Fired | None:
        met = [n for n, criterion in enumerate(criteria) if criterion.presence(view, row) == 1]
        if not met:
            return None
        urgency = max(flag.clauses[n].urgency for n in met)
        top = [n for n in met if flag.clauses[n].urgency == urgency]
        because = union(criteria[n].because(view, row) for n in top)
        return Fired(flag, urgency, flag.clauses[top[0]].says, because)

    def open(self, view: Columns, row: int) -> list[Open]:
        """The rules that what is unknown could still make fire, or fire higher; most urgent first."""
        rules = zip(self.flags, self.clauses, strict=True)
        found = [self._open(flag, criteria, view, row) for flag, criteria in rules]
        return sorted((f for f in found if f is not None), key=lambda f: -f.urgency)

    def _open(self, flag: RedFlag, criteria: tuple[Criterion, ...], view: Columns, row: int) -> Open | None:
        values = [int(criterion.presence(view, row)) for criterion in criteria]
        reached = max((c.urgency for c, value in zip(flag.clauses, values, strict=True) if value == 1), default=-1)
        possible = [
            n for n, value in enumerate(values) if value == 0 and flag.clauses[n].urgency > reached
        ]
        if not possible:
            return None
        missing = union(criteria[n].because(view, row) for n in possible)
        return Open(flag, max(flag.clauses[n].urgency for n in possible), missing)

    def emergency_items(self, view: Columns, row: int) -> tuple[str, ...]:
        """The unanswered items that leave an emergency clause open."""
        return union(
            criterion.because(view, row)
            for flag, criteria in zip(self.flags, self.clauses, strict=True)
            for clause, criterion in zip(flag.clauses, criteria, strict=True)
            if clause.urgency == Urgency.EMERGENCY and criterion.presence(view, row) == 0
        )
