"""Every criterion of a knowledge as one network of nodes, worked out level by level for all cases at once."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Mapping
from itertools import groupby
from threading import RLock

import numpy as np
from numpy.typing import NDArray

from dashboard.clinical.alone import Alone
from dashboard.clinical.columns import Columns
from dashboard.clinical.folding import index
from dashboard.clinical.joins import JOINS, Join, Planes
from dashboard.clinical.measuring import Measuring
from dashboard.clinical.nodes import Measure, Names, Node, union
from dashboard.clinical.sheets import Layout, Numbers, Sheet
from dashboard.clinical.steps import STEPS, Board, Step
from dashboard.clinical.vocabulary import Item

Truths = NDArray[np.int8]
"""int8[nodes, N]"""


class Circuit:
    """Nodes and measures, each held once however often the knowledge says it."""

    def __init__(self, items: Mapping[str, Item]) -> None:
        self.items = items
        self.layout = Layout(items)
        self.nodes: list[Node] = []
        self.measures: list[Measure] = []
        self.names: list[Names] = []
        """The items each node depends on."""
        self.measure_names: list[Names] = []
        self.levels: list[int] = []
        self._places: dict[Node | Measure, int] = {}
        self._plan: Plan | None = None
        self.lock = RLock()
        """Held while nodes are added or a plan is made: sessions share a knowledge."""

    def add(self, node: Node) -> int:
        """The place of a node, which is made when it is not there yet."""
        if node not in self._places:
            self._places[node] = len(self.nodes)
            self.nodes.append(node)
            own = [(node.item,)] if node.item else []
            measured_names = [self.measure_names[place] for place in node.measures]
            self.names.append(union([*own, *measured_names, *(self.names[part] for part in node.parts)]))
            self.levels.append(1 + max((self.levels[part] for part in node.parts), default=-1))
        return self._places[node]

    def add_measure(self, measure: Measure) -> int:
        """The place of a measure, which is made when it is not there yet."""
        if measure not in self._places:
            self._places[measure] = len(self.measures)
            self.measures.append(measure)
            own = [(measure.item,)] if measure.item else []
            self.measure_names.append(union([*own, *(self.measure_names[part] for part in measure.parts)]))
        return self._places[measure]

    def truths(self, view: Columns) -> Truths:
        """int8[nodes, N]: every node in every case, worked out once a view."""
        return self._worked_out(view)[0]

    def numbers(self, view: Columns, measure: int) -> Numbers:
        """float64[N]: one measure in every case."""
        numbers: Numbers = self._worked_out(view)[1][measure]
        return numbers

    def _worked_out(self, view: Columns) -> tuple[Truths, NDArray[np.float64]]:
        """Every node and every measure in every case."""
        found: tuple[Truths, NDArray[np.float64]] | None = view.memo.get(self)
        if found is None or len(found[0]) < len(self.nodes) or len(found[1]) < len(self.measures):
            found = view.memo[self] = self._whole_plan().work_out(self.sheet(view))
        return found

    def _whole_plan(self) -> Plan:
        with self.lock:
            if self._plan is None or self._plan.size < len(self.nodes) or len(self._plan.measures) < len(self.measures):
                self._plan = Plan(self)
            return self._plan

    def sheet(self, view: Columns) -> Sheet:
        """The answers of a view in columns."""
        key = (self, "sheet")
        found: Sheet | None = view.memo.get(key)
        if found is None:
            found = view.memo[key] = self.layout.sheet(view.rows)
        return found

    def reading(self, view: Columns, row: int) -> Reading:
        """One case of a view, for asking why."""
        key = (self, row)
        found: Reading | None = view.memo.get(key)
        if found is None or len(found.truth) < len(self.nodes):
            found = view.memo[key] = Reading(self, view, row)
        return found

    def cone(self, places: Iterable[int]) -> list[int]:
        """Some nodes and everything they are made of."""
        found: set[int] = set()
        ahead = list(places)
        while ahead:
            place = ahead.pop()
            if place not in found:
                found.add(place)
                ahead += self.nodes[place].parts
        return sorted(found)


class Plan:
    """The nodes sorted by level and kind, so that each kind of each level is a handful of array operations."""

    def __init__(self, circuit: Circuit, wanted: Collection[int] | None = None) -> None:
        """Of all nodes, or of those wanted; the others then mean nothing."""
        nodes, levels = circuit.nodes, circuit.levels
        self.layout = circuit.layout
        self.measures = list(circuit.measures)
        self.size = len(nodes)
        places = range(self.size) if wanted is None else circuit.cone(wanted)
        of_nodes = (measure for place in places for measure in nodes[place].measures)
        wanted_measures = range(len(self.measures)) if wanted is None else of_nodes
        self.measured = Measuring(self.measures, sorted(_with_parts(self.measures, wanted_measures)), self.layout)
        self.leaves = index([place for place in places if not nodes[place].parts])
        self.steps: list[Step] = []
        """From the sheet to the nodes without parts."""
        self.joins: list[Join] = []
        """From those to all others."""
        asked_for = places if wanted is None else sorted(set(wanted))
        self.joined = index([place for place in asked_for if nodes[place].parts])
        order = sorted(places, key=lambda place: (levels[place], nodes[place].kind))
        self.alone = Alone(circuit.items, circuit.layout, [(levels[place], place, nodes[place]) for place in order])
        for (level, kind), group in groupby(order, key=lambda place: (levels[place], nodes[place].kind)):
            some = list(group)
            those = [nodes[place] for place in some]
            if level:
                self.joins.append(JOINS[kind](some, those))
            else:
                self.steps += STEPS[kind](circuit, some, those)

    def evaluate(self, sheet: Sheet) -> Truths:
        """int8[nodes, N]: the planned nodes in every case of a sheet."""
        return self.work_out(sheet)[0]

    def work_out(self, sheet: Sheet) -> tuple[Truths, NDArray[np.float64]]:
        """The same with float64[measures, N], the measures they compare."""
        if sheet.size == 1:
            return self._alone(sheet)
        numbers = self.measured(sheet)
        truths = np.zeros((self.size, sheet.size), dtype=np.int8)
        board = Board(truths, sheet.states, sheet.numbers, numbers)
        for step in self.steps:
            step(board)
        planes = Planes.blank(self.size, sheet.size)
        planes.put(self.leaves, truths[self.leaves])
        self.join(planes)
        truths[self.joined] = planes.truths(self.joined)
        return truths, numbers

    def join(self, planes: Planes) -> None:
        """Fill in the nodes that are made of others, where those without parts are there already."""
        for join in self.joins:
            join(planes)

    def _alone(self, sheet: Sheet) -> tuple[Truths, NDArray[np.float64]]:
        states, given = sheet.states[:, 0].tolist(), sheet.numbers[:, 0].tolist()
        measures = self.measured.alone(given, sheet)
        truths = array("b", self.alone.truths(self.size, states, given, measures))
        return np.frombuffer(truths, dtype=np.int8)[:, None], np.array(measures)[:, None]


def _with_parts(measures: list[Measure], wanted: Iterable[int]) -> set[int]:
    found: set[int] = set()
    ahead = list(wanted)
    while ahead:
        place = ahead.pop()
        if place not in found:
            found.add(place)
            ahead += measures[place].parts
    return found


class Reading:
    """One case of a view: what each node says there, and why."""

    def __init__(self, circuit: Circuit, view: Columns, row: int) -> None:
        self.circuit = circuit
        self.truth: list[int] = circuit.truths(view)[:, row].tolist()
        self.known = view.known_items(row)
        self._why: dict[int, Names] = {}

    def because(self, place: int) -> Names:
        """The items that made a node's value; while it is unknown, the unanswered ones that leave it open."""
        why = self._why.get(place)
        if why is None:
            node, value = self.circuit.nodes[place], self.truth[place]
            why = self._why[place] = self._join(place, node, value) if node.parts else self._leaf(place, value)
        return why

    def _leaf(self, place: int, value: int) -> Names:
        names = self.circuit.names[place]
        return names if value != 0 else tuple([item for item in names if item not in self.known])

    def _join(self, place: int, node: Node, value: int) -> Names:
        if node.kind in ("not", "known"):
            return self.because(node.parts[0])
        if node.kind == "finding":
            return self._finding(place, node, value)
        truth = self.truth
        made = [part for part in node.parts if truth[part] == value]
        return self.because(made[0]) if len(made) == 1 else union(map(self.because, made))

    def _finding(self, place: int, node: Node, value: int) -> Names:
        if value == 0:
            return self._leaf(place, value)
        return self.because(node.parts[0 if value == 1 else 1])
