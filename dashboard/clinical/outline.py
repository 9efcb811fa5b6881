"""What assessments come to, for many cases at once: urgency, leading condition, step and gates, unexplained."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.clinical.circuit import Plan, Truths
from dashboard.clinical.engine import Engine, engine_of
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.orthobiologics import NO_OPEN_RED_FLAG
from dashboard.clinical.pathway import BIOLOGIC_STEP
from dashboard.clinical.screening import Marks, Screening
from dashboard.clinical.sheets import Sheet
from dashboard.clinical.vocabulary import Urgency

NOT_SHOWN = -2
KINDS = ("prp", "stem-cell")
"""The procedures that ``open_for`` speaks of, in this order."""


@dataclass(frozen=True)
class Outlines:
    """What the assessments of N cases come to; every number is the one the whole assessment shows."""

    conditions: tuple[str, ...]
    steps: tuple[str, ...]
    """The ladder, lowest rung first."""
    gate_ids: tuple[str, ...]
    flag_ids: tuple[str, ...]
    urgency: NDArray[np.int8]
    """int8[N]"""
    leading: NDArray[np.int16]
    """int16[N]: the place among the conditions of the one shown first."""
    step: NDArray[np.int8]
    """int8[N]: the place on the ladder."""
    gates: NDArray[np.int8]
    """int8[N, gates], in the knowledge's order: 1 met, 0 unknown, -1 not met; -2 where the gate stands before no option
    for any condition possible here, and is not shown."""
    open_for: Marks
    """bool[N, 2]: whether PRP and whether stem-cell treatment may be discussed."""
    fired: Marks
    """bool[N, flags]: which red flags are open."""
    score_millibans: NDArray[np.int32]
    """int32[N, conditions]"""
    probability: NDArray[np.float64]
    """float64[N, conditions], clipped"""

    @property
    def gates_shown(self) -> Marks:
        """bool[N, gates]: the gates that are shown."""
        shown: Marks = self.gates != NOT_SHOWN
        return shown

    @property
    def size(self) -> int:
        """How many cases."""
        return len(self.urgency)


class Outliner:
    """The knowledge's red flags, gates, options and ladder as tables; built once."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.knowledge = engine, engine.knowledge
        self.conditions = tuple(condition.id for condition in engine.differential.conditions)
        self.possible = self.knowledge.settings.bands.possible
        self.screening = Screening(self.knowledge, engine.red_flags)
        self._tabulate_flags()
        self._tabulate_gates()
        self._tabulate_ladder()
        looked_at = [*engine.differential.needs, *engine.red_flags.places.tolist(), *self.screening.whens]
        looked_at += [*self.gate_places, *self.forbids, *self.entry_places.ravel().tolist()]
        circuit = self.knowledge.names.circuit
        self.plan = Plan(circuit, circuit.cone(looked_at))  # screening asks what a rule that is open is made of

    def _tabulate_flags(self) -> None:
        rules = self.engine.red_flags.rules
        clauses = [(flag, clause) for flag, clauses in rules for clause, _ in clauses]
        self.flag_starts = np.cumsum([0, *(len(clauses) for _, clauses in rules)])[:-1]
        self.blocking = _marks(flag.blocks_biologics or clause.urgency > Urgency.ROUTINE for flag, clause in clauses)

    def _tabulate_gates(self) -> None:
        care = self.engine.orthobiologics
        self.gate_ids = tuple(gate.id for gate, _ in care.gates)
        self.gate_places = [criterion.place for _, criterion in care.gates]
        self.no_flag = _marks(id_ == NO_OPEN_RED_FLAG for id_ in self.gate_ids)
        self.stands_before = np.array(
            [[not gate.applies_to or id_ in gate.applies_to for id_ in self.conditions] for gate, _ in care.gates],
            dtype=np.bool_,
        ).reshape(len(care.gates), len(self.conditions))
        self.forbids = [criterion.place for c, criterion in care.contraindications if c.kind == "absolute"]
        offered = {(option.kind, option.condition) for option in self.knowledge.options if option.offered}
        self.offered = np.array([[(kind, id_) in offered for id_ in self.conditions] for kind in KINDS], dtype=np.bool_)

    def _tabulate_ladder(self) -> None:
        self.ladder = self.knowledge.ladder
        entries = [
            dict(self.knowledge.pathways[id_].entry) if id_ in self.knowledge.pathways else {}
            for id_ in self.conditions
        ]
        self.entry_places = np.array(
            [[self.knowledge.criterion(own.get(step.id, step.entry)).place for step in self.ladder] for own in entries]
        )

    def outlines(self, sheet: Sheet) -> Outlines:
        """Every case of a sheet."""
        truths = self.plan.evaluate(sheet)
        total = self.engine.differential.scored(sheet, truths).total
        probability = self.engine.differential.probabilities(total)
        urgency, leading = self.engine.red_flags.urgency(truths), np.argmax(total, axis=1)
        met: Marks = truths[self.engine.red_flags.places] == 1
        relevant = self._relevant(probability, leading)
        gates = self._gates(sheet, truths, met)
        open_for = self._open(truths, met, gates, relevant)
        return Outlines(
            self.conditions,
            tuple(step.id for step in self.ladder),
            self.gate_ids,
            tuple(flag.id for flag in self.engine.red_flags.flags),
            urgency,
            leading.astype(np.int16),
            self._step(truths, urgency, leading, open_for),
            np.where(relevant @ self.stands_before.T, gates.T, np.int8(NOT_SHOWN)),
            open_for,
            np.logical_or.reduceat(met, self.flag_starts, axis=0).T,
            total,
            probability,
        )

    def _relevant(self, probability: NDArray[np.float64], leading: NDArray[np.intp]) -> Marks:
        """bool[N, conditions]: the leading one and every one at least possible."""
        relevant: Marks = probability >= self.possible
        relevant[np.arange(len(relevant)), leading] = True
        return relevant

    def _gates(self, sheet: Sheet, truths: Truths, met: Marks) -> Truths:
        """int8[gates, N]: an open flag shuts its gate, an unanswered emergency question leaves it unknown."""
        gates: Truths = truths[self.gate_places]
        for gate in np.flatnonzero(self.no_flag).tolist():
            gates[gate][np.logical_or.reduce(met & self.blocking[:, None], axis=0)] = -1
            asking = np.flatnonzero(gates[gate] == 1)  # elsewhere an open question changes nothing
            gates[gate, asking[self.screening.unanswered(sheet.chosen(asking), truths[:, asking])]] = 0
        return gates

    def _open(self, truths: Truths, met: Marks, gates: Truths, relevant: Marks) -> Marks:
        """bool[N, kinds]: no flag, nothing that forbids, and for some possible condition every gate met."""
        shut = (met & self.blocking[:, None]).any(axis=0) | (truths[self.forbids] != -1).any(axis=0)
        waiting = (gates != 1).T @ self.stands_before
        ready = relevant & ~waiting & ~shut[:, None]
        open_for: Marks = ready @ self.offered.T
        return open_for

    def _step(
        self, truths: Truths, urgency: NDArray[np.int8], leading: NDArray[np.intp], open_for: Marks
    ) -> NDArray[np.int8]:
        """int8[N]: the first rung above routine urgency; otherwise as high as the entries are met, one by one."""
        step = np.ones(len(leading), dtype=np.int8)
        climbing = np.ones(len(leading), dtype=np.bool_)
        cases = np.arange(len(leading))
        for number, rung in enumerate(self.ladder[2:], start=2):
            climbing &= truths[self.entry_places[leading, number], cases] == 1
            if rung.id == BIOLOGIC_STEP:
                climbing &= open_for.any(axis=1)
            step[climbing] = number
        step[urgency > Urgency.ROUTINE] = 0
        return step


def outliner_of(knowledge: Knowledge) -> Outliner:
    """The tables of a knowledge, arranged once for as long as it lives."""
    return knowledge.arranged(_outliner)


def joined(parts: Sequence[Outlines]) -> Outlines:
    """The outlines of one batch after another."""
    first = parts[0]
    arrays = [field.name for field in fields(Outlines) if isinstance(getattr(first, field.name), np.ndarray)]
    together: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in arrays}
    return replace(first, **together)


def _outliner(knowledge: Knowledge) -> Outliner:
    return Outliner(engine_of(knowledge))


def _marks(values: Iterable[bool]) -> Marks:
    return np.array(list(values), dtype=np.bool_)
