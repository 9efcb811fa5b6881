"""The nodes of a plan for one case, in plain Python: for a single case, arrays of one would cost five times as much."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import eq, ge, gt, itemgetter, le, lt, ne

from dashboard.clinical.nodes import Node
from dashboard.clinical.sheets import Layout, affirms
from dashboard.clinical.vocabulary import Item

_COMPARE = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


class OneCase:
    """What deeds read and fill in for one case."""

    def __init__(self, size: int, states: list[int], numbers: list[float], measures: list[float]) -> None:
        self.truths = [0] * size
        self.states, self.numbers, self.measures = states, numbers, measures


Deed = Callable[[OneCase], None]
Placed = Sequence[tuple[int, Node]]


class Alone:
    """The nodes in an order in which parts come first, each kind of each level one loop."""

    def __init__(self, items: Mapping[str, Item], layout: Layout, order: Iterable[tuple[int, int, Node]]) -> None:
        """``order``: (level, place, node), by level and kind."""
        self.items, self.layout = items, layout
        self.deeds: list[Deed] = []
        for (_, kind), group in groupby(order, key=lambda entry: (entry[0], entry[2].kind)):
            self.deeds += getattr(self, f"_{kind}")([(place, node) for _, place, node in group])

    def truths(self, size: int, states: list[int], numbers: list[float], measures: list[float]) -> list[int]:
        """Every planned node of a sheet's only column; the others stay 0."""
        case = OneCase(size, states, numbers, measures)
        for deed in self.deeds:
            deed(case)
        return case.truths

    def _always(self, placed: Placed) -> Iterator[Deed]:
        told = [(place, int(str(node.argument))) for place, node in placed]

        def deed(case: OneCase) -> None:
            for place, value in told:
                case.truths[place] = value

        yield deed

    def _copied(self, told: Sequence[tuple[int, int]]) -> Deed:
        def deed(case: OneCase) -> None:
            truths, states = case.truths, case.states
            for place, slot in told:
                truths[place] = states[slot]

        return deed

    def _flag(self, placed: Placed) -> Iterator[Deed]:
        yield self._copied([(place, self.layout.start[node.item]) for place, node in placed])

    def _holds(self, placed: Placed) -> Iterator[Deed]:
        codes = {item.id: [option.code for option in item.options] for item in self.items.values()}
        yield self._copied(
            [(place, self.layout.start[n.item] + codes[n.item].index(str(n.argument))) for place, n in placed]
        )

    def _looked_up(self, told: Sequence[tuple[int, int, Sequence[int]]]) -> Deed:
        def deed(case: OneCase) -> None:
            truths, states = case.truths, case.states
            for place, slot, table in told:
                truths[place] = table[states[slot]]

        return deed

    def _one_of(self, placed: Placed) -> Iterator[Deed]:
        def says(node: Node) -> list[int]:
            codes: frozenset[str] = node.argument  # type: ignore[assignment]
            return [*(affirms(option, codes) for option in self.items[node.item].options), 0]

        yield self._looked_up([(place, self.layout.start[node.item], says(node)) for place, node in placed])

    def _answered(self, placed: Placed) -> Iterator[Deed]:
        of_type = [(place, self.items[node.item]) for place, node in placed]
        yield self._looked_up([
            (place, self.layout.start[item.id], [*(-1 if option.unknown else 1 for option in item.options), -1])
            for place, item in of_type
            if item.type == "choice"
        ])  # fmt: skip
        rows = [(place, self.layout.number[i.id]) for place, i in of_type if i.type in ("integer", "decimal")]
        others = [(p, i.id) for p, i in of_type if i.type not in ("choice", "integer", "decimal")]
        slots = [(p, self.layout.start[id_], self.layout.start[id_] + self.layout.width(id_)) for p, id_ in others]

        def deed(case: OneCase) -> None:
            for place, row in rows:
                number = case.numbers[row]
                case.truths[place] = 1 if number == number else -1  # only an unknown number differs from itself
            for place, first, last in slots:
                case.truths[place] = 1 if any(case.states[first:last]) else -1

        yield deed

    def _compare(self, placed: Placed) -> Iterator[Deed]:
        told = [(place, _COMPARE[str(node.argument)], node.measures[0], node.measures[1]) for place, node in placed]

        def deed(case: OneCase) -> None:
            truths, measures = case.truths, case.measures
            for place, holds, left, right in told:
                one, other = measures[left], measures[right]
                if one == one and other == other:
                    truths[place] = 1 if holds(one, other) else -1

        yield deed

    def _known_number(self, placed: Placed) -> Iterator[Deed]:
        told = [(place, node.measures[0]) for place, node in placed]

        def deed(case: OneCase) -> None:
            for place, measure in told:
                number = case.measures[measure]
                case.truths[place] = 1 if number == number else -1

        yield deed

    def _not(self, placed: Placed) -> Iterator[Deed]:
        told = [(place, node.parts[0]) for place, node in placed]

        def deed(case: OneCase) -> None:
            truths = case.truths
            for place, part in told:
                truths[place] = -truths[part]

        yield deed

    def _known(self, placed: Placed) -> Iterator[Deed]:
        told = [(place, node.parts[0]) for place, node in placed]

        def deed(case: OneCase) -> None:
            for place, part in told:
                case.truths[place] = 1 if case.truths[part] else -1

        yield deed

    def _all(self, placed: Placed) -> Iterator[Deed]:
        told = [(place, _parts(node)) for place, node in placed]

        def deed(case: OneCase) -> None:
            truths = case.truths
            for place, parts in told:
                values = parts(truths)
                truths[place] = -1 if -1 in values else 0 if 0 in values else 1

        yield deed

    def _any(self, placed: Placed) -> Iterator[Deed]:
        told = [(place, _parts(node)) for place, node in placed]

        def deed(case: OneCase) -> None:
            truths = case.truths
            for place, parts in told:
                values = parts(truths)
                truths[place] = 1 if 1 in values else 0 if 0 in values else -1

        yield deed

    def _at_least(self, placed: Placed) -> Iterator[Deed]:
        told = [(place, _parts(node), int(str(node.argument)), len(node.parts)) for place, node in placed]

        def deed(case: OneCase) -> None:
            for place, parts, wanted, size in told:
                values = parts(case.truths)
                case.truths[place] = (values.count(1) >= wanted) - (size - values.count(-1) < wanted)

        yield deed

    def _finding(self, placed: Placed) -> Iterator[Deed]:
        told = [(place, node.parts[0], node.parts[1]) for place, node in placed]

        def deed(case: OneCase) -> None:
            truths = case.truths
            for place, present, absent in told:
                truths[place] = 1 if truths[present] == 1 else -1 if truths[absent] == 1 else 0

        yield deed


def _parts(node: Node) -> Callable[[list[int]], tuple[int, ...]]:
    """The truths of a node's parts, always as a tuple; a single part comes twice, which changes no sentence."""
    return itemgetter(*node.parts, *node.parts[:1]) if len(node.parts) == 1 else itemgetter(*node.parts)
