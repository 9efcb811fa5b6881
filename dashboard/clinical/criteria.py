"""Criteria: Python-looking sentences of the knowledge files, compiled into three-valued logic."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from dashboard.clinical.circuit import Circuit
from dashboard.clinical.columns import Columns, Numbers, Presences
from dashboard.clinical.formulas import FUNCTIONS, CriterionError
from dashboard.clinical.grammar import read_number, read_sentence
from dashboard.clinical.nodes import Node
from dashboard.clinical.vocabulary import Derived, Finding, Item, Presence

__all__ = ["FUNCTIONS", "Criterion", "CriterionError", "Names", "compile_criterion"]

T = TypeVar("T")
_PRESENCES = {int(presence): presence for presence in Presence}


class Criterion:
    """A compiled criterion: its text, the items it depends on, and its value in any case."""

    def __init__(self, text: str, circuit: Circuit, place: int) -> None:
        self.text = text
        self.circuit = circuit
        self.place = place
        self.items = circuit.names[place]

    def values(self, view: Columns) -> Presences:
        """int8[N]: +1 met, -1 not met, 0 unknown."""
        values: Presences = self.circuit.truths(view)[self.place]
        return values

    def presence(self, view: Columns, row: int = 0) -> Presence:
        """The value in one case."""
        return _PRESENCES[self.circuit.reading(view, row).truth[self.place]]

    def value(self, view: Columns) -> Presence | Presences:
        """A presence for a view of one case, otherwise int8[N]."""
        return self.presence(view) if view.size == 1 else self.values(view)

    def because(self, view: Columns, row: int = 0) -> tuple[str, ...]:
        """The answers that made the value; while it is unknown, the unanswered items that leave it open."""
        return self.circuit.reading(view, row).because(self.place)


class Names:
    """What a criterion may speak of. Findings and derived values are read when first named."""

    def __init__(
        self,
        items: Mapping[str, Item],
        derived: Mapping[str, Derived] | None = None,
        findings: Mapping[str, Finding] | None = None,
    ) -> None:
        self.items = items
        self.derived = derived or {}
        self.findings = findings or {}
        self.circuit = Circuit(items)
        self._criteria: dict[str, Criterion] = {}
        self._findings: dict[str, Criterion] = {}
        self._derived: dict[str, int] = {}
        self._reading: list[str] = []

    def criterion(self, text: str) -> Criterion:
        """The compiled criterion of a text, the same object every time."""
        if text not in self._criteria:
            with self.circuit.lock:
                self._criteria[text] = Criterion(text, self.circuit, read_sentence(self, text))
        return self._criteria[text]

    def number(self, text: str) -> int:
        """The place of a formula among the circuit's measures."""
        return read_number(self, text)

    def finding(self, id: str) -> Criterion:
        """A finding as a criterion."""
        if id not in self._findings:
            with self.circuit.lock:
                self._findings[id] = self._guarded(id, lambda: self._finding(self.findings[id]))
        return self._findings[id]

    def derived_number(self, id: str) -> int:
        """The place of a derived value among the circuit's measures."""
        if id not in self._derived:
            with self.circuit.lock:
                self._derived[id] = self._guarded(id, lambda: self.number(self.derived[id].formula))
        return self._derived[id]

    def derived_values(self, view: Columns, id: str) -> Numbers:
        """float64[N]: a derived value, NaN where it is unknown."""
        return self.circuit.numbers(view, self.derived_number(id))

    def known(self) -> list[str]:
        """Every name there is."""
        return [*self.items, *self.derived, *self.findings]

    def _finding(self, finding: Finding) -> Criterion:
        present = self.criterion(finding.present)
        if finding.absent is None:
            return Criterion(finding.id, self.circuit, present.place)
        absent = self.criterion(finding.absent)
        place = self.circuit.add(Node("finding", (present.place, absent.place)))
        return Criterion(finding.id, self.circuit, place)

    def _guarded(self, id: str, make: Callable[[], T]) -> T:
        if id in self._reading:
            circle = " → ".join([*self._reading[self._reading.index(id) :], id])
            raise CriterionError(f"goes round in a circle: {circle}. Break it by naming items instead.")
        self._reading.append(id)
        try:
            return make()
        finally:
            self._reading.pop()


def compile_criterion(text: str, names: Names) -> Criterion:
    """Read a criterion; CriterionError says what is wrong with it and the cure."""
    return names.criterion(text)
