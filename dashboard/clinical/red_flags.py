"""Rules that set the urgency whatever the differential says; urgencies combine by maximum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dashboard.clinical.circuit import Reading, Truths
from dashboard.clinical.columns import Columns
from dashboard.clinical.folding import index
from dashboard.clinical.nodes import union
from dashboard.clinical.vocabulary import Clause, RedFlag, Urgency

if TYPE_CHECKING:
    from dashboard.clinical.knowledge import Knowledge


Clauses = tuple[tuple[Clause, int], ...]
"""Each clause of a rule with the place of its criterion."""


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


def to_exclude(fired: Sequence[Fired]) -> dict[str, tuple[Fired, ...]]:
    """Condition ids named by the rules open above routine, each with those rules, the most urgent first.

    ``fired`` stands most urgent first, as ``RedFlags.fired`` gives it.
    """
    named: dict[str, tuple[Fired, ...]] = {}
    for found in fired:
        if found.urgency > Urgency.ROUTINE:
            for condition in found.flag.suspects:
                named[condition] = (*named.get(condition, ()), found)
    return named


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
        self.circuit = knowledge.names.circuit
        self.rules = tuple(
            (flag, tuple((clause, knowledge.criterion(clause.when).place) for clause in flag.clauses))
            for flag in self.flags
        )
        self.places = index([place for _, clauses in self.rules for _, place in clauses])
        levels = [clause.urgency for _, clauses in self.rules for clause, _ in clauses]
        self.levels = np.array(levels, dtype=np.int8)[:, None]

    def urgencies(self, view: Columns) -> NDArray[np.int8]:
        """int8[N]: the greatest urgency any met clause sets."""
        return self.urgency(self.circuit.truths(view))

    def urgency(self, truths: Truths) -> NDArray[np.int8]:
        """The same from the nodes (those in ``places``, at least)."""
        return self.most_urgent(truths[self.places])

    def most_urgent(self, clauses: NDArray[np.int8]) -> NDArray[np.int8]:
        """The same from the clauses alone, int8[clauses, N]."""
        met = (clauses == 1).view(np.int8)
        urgencies: NDArray[np.int8] = np.maximum.reduce(met * self.levels, axis=0, initial=0)
        return urgencies

    def fired(self, reading: Reading) -> list[Fired]:
        """The rules that fired in one case, most urgent first, then in the order of the file."""
        found = [self._fired(flag, clauses, reading) for flag, clauses in self.rules]
        return sorted((f for f in found if f is not None), key=lambda f: -f.urgency)

    def _fired(self, flag: RedFlag, clauses: Clauses, reading: Reading) -> Fired | None:
        met = [(clause, place) for clause, place in clauses if reading.truth[place] == 1]
        if not met:
            return None
        urgency = max(clause.urgency for clause, _ in met)
        top = [(clause, place) for clause, place in met if clause.urgency == urgency]
        because = union(reading.because(place) for _, place in top)
        return Fired(flag, urgency, top[0][0].says, because)

    def open(self, reading: Reading) -> list[Open]:
        """The rules that what is unknown could still make fire, or fire higher; most urgent first."""
        found = [self._open(flag, clauses, reading) for flag, clauses in self.rules]
        return sorted((f for f in found if f is not None), key=lambda f: -f.urgency)

    def _open(self, flag: RedFlag, clauses: Clauses, reading: Reading) -> Open | None:
        reached = max((clause.urgency for clause, place in clauses if reading.truth[place] == 1), default=-1)
        possible = [(c, place) for c, place in clauses if reading.truth[place] == 0 and c.urgency > reached]
        if not possible:
            return None
        missing = union(reading.because(place) for _, place in possible)
        return Open(flag, max(clause.urgency for clause, _ in possible), missing)

    def emergency_items(self, reading: Reading) -> tuple[str, ...]:
        """The unanswered items that leave an emergency clause open."""
        return union(
            reading.because(place)
            for _, clauses in self.rules
            for clause, place in clauses
            if clause.urgency == Urgency.EMERGENCY and reading.truth[place] == 0
        )
