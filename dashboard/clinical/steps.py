"""How sentences about answers are worked out, for all nodes of a kind and all cases at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dashboard.clinical.folding import Fold, index
from dashboard.clinical.nodes import Measure, Node
from dashboard.clinical.sheets import Layout, Numbers, affirms
from dashboard.clinical.vocabulary import Item


@dataclass(frozen=True)
class Board:
    """What a step reads and where it writes."""

    truths: NDArray[np.int8]
    """int8[nodes, N], filled level by level."""
    states: NDArray[np.int8]
    """int8[slots, N], as the sheet has them."""
    given: NDArray[np.float64]
    """float64[numbers, N], as the sheet has them."""
    numbers: NDArray[np.float64]
    """float64[measures, N], NaN where unknown."""


class Network(Protocol):
    """What a step needs to know beforehand."""

    items: Mapping[str, Item]
    layout: Layout
    measures: list[Measure]


Step = Callable[[Board], None]
Rows = NDArray[np.intp]
_COMPARE: dict[str, Callable[[Numbers, Numbers], NDArray[np.bool_]]] = {
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def _always(network: Network, places: list[int], nodes: list[Node]) -> list[Step]:
    at, values = index(places), np.array([[node.argument] for node in nodes], dtype=np.int8)

    def step(board: Board) -> None:
        board.truths[at] = values

    return [step]


def _from_slots(places: list[int], slots: list[int]) -> list[Step]:
    at, copied = index(places), index(slots)

    def step(board: Board) -> None:
        board.truths[at] = board.states[copied]

    return [step]


def _flag(network: Network, places: list[int], nodes: list[Node]) -> list[Step]:
    return _from_slots(places, [network.layout.start[node.item] for node in nodes])


def _holds(network: Network, places: list[int], nodes: list[Node]) -> list[Step]:
    def slot(node: Node) -> int:
        codes = [option.code for option in network.items[node.item].options]
        return network.layout.start[node.item] + codes.index(str(node.argument))

    return _from_slots(places, [slot(node) for node in nodes])


def _one_of(network: Network, places: list[int], nodes: list[Node]) -> list[Step]:
    """What each option of a choice says of a set of codes."""

    def says(node: Node) -> list[int]:
        codes: frozenset[str] = node.argument  # type: ignore[assignment]
        return [affirms(option, codes) for option in network.items[node.item].options]

    return _looked_up(network, places, nodes, [[*says(node), 0] for node in nodes])


def _looked_up(network: Network, places: list[int], nodes: list[Node], tables: list[list[int]]) -> list[Step]:
    """Each choice looks its option up in its own stretch of one table; no answer stands after the last option."""
    if not nodes:
        return []
    table = np.array([value for stretch in tables for value in stretch], dtype=np.int8)
    first = np.cumsum([0, *(len(stretch) for stretch in tables[:-1])])[:, None]
    at, slots = index(places), index([network.layout.start[node.item] for node in nodes])

    def step(board: Board) -> None:
        board.truths[at] = table[board.states[slots].astype(np.intp) + first]

    return [step]


def _compare(network: Network, places: list[int], nodes: list[Node]) -> list[Step]:
    """Together by operator, and those that compare with a number written out apart: it is never unknown."""
    alike: dict[tuple[str, bool], list[int]] = {}
    for number, node in enumerate(nodes):
        written = network.measures[node.measures[1]].kind == "constant"
        alike.setdefault((str(node.argument), written), []).append(number)
    steps = []
    for (operator, written), some in alike.items():
        make = _compared_with if written else _compared
        steps.append(make(network, operator, index([places[n] for n in some]), [nodes[n] for n in some]))
    return steps


def _compared(network: Network, operator: str, at: Rows, nodes: list[Node]) -> Step:
    test = _COMPARE[operator]
    left, right = index([node.measures[0] for node in nodes]), index([node.measures[1] for node in nodes])

    def step(board: Board) -> None:
        one, other = board.numbers[left], board.numbers[right]
        board.truths[at] = _sign(test(one, other), (one == one) & (other == other))

    return step


def _compared_with(network: Network, operator: str, at: Rows, nodes: list[Node]) -> Step:
    test, left = _COMPARE[operator], index([node.measures[0] for node in nodes])
    written = np.array([[float(str(network.measures[node.measures[1]].argument))] for node in nodes])

    def step(board: Board) -> None:
        one = board.numbers[left]
        board.truths[at] = _sign(test(one, written), one == one)

    return step


def _sign(holds: NDArray[np.bool_], known: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Met, not met, or unknown where a number is (the only number that differs from itself)."""
    met = holds.view(np.int8)
    sign: NDArray[np.int8] = (met + met - np.int8(1)) * known.view(np.int8)
    return sign


def _known_number(network: Network, places: list[int], nodes: list[Node]) -> list[Step]:
    at, measures = index(places), index([node.measures[0] for node in nodes])

    def step(board: Board) -> None:
        board.truths[at] = np.where(np.isnan(board.numbers[measures]), np.int8(-1), np.int8(1))

    return [step]


def _answered(network: Network, places: list[int], nodes: list[Node]) -> list[Step]:
    """An option that means "unknown" is no answer; zero is one."""

    def some(*types: str) -> tuple[list[int], list[Node]]:
        chosen = [n for n, node in enumerate(nodes) if network.items[node.item].type in types]
        return [places[n] for n in chosen], [nodes[n] for n in chosen]

    at, choices = some("choice")
    tables = [[*(-1 if option.unknown else 1 for option in network.items[n.item].options), -1] for n in choices]
    return [
        *_looked_up(network, at, choices, tables),
        *_numbered(network, *some("integer", "decimal")),
        *_marked(network, *some("flag", "choices", "sites", "text", "grid", "mix", "activities")),
    ]


def _numbered(network: Network, places: list[int], nodes: list[Node]) -> list[Step]:
    at, rows = index(places), index([network.layout.number[node.item] for node in nodes])

    def step(board: Board) -> None:
        board.truths[at] = np.where(np.isnan(board.given[rows]), np.int8(-1), np.int8(1))

    return [step] if nodes else []


def _marked(network: Network, places: list[int], nodes: list[Node]) -> list[Step]:
    """Items of which some slot is marked when they are answered."""
    if not nodes:
        return []
    start, width = network.layout.start, network.layout.width
    fold = Fold([range(start[node.item], start[node.item] + width(node.item)) for node in nodes])
    ordered = fold.rows(places)

    def step(board: Board) -> None:
        # Marks are -1, 0 or 1 (or one of 0 and 1): some slot is marked when their bits together are not nothing.
        marked = fold(np.bitwise_or, board.states) != 0
        board.truths[ordered] = marked.view(np.int8) * np.int8(2) - np.int8(1)

    return [step]


STEPS: dict[str, Callable[[Network, list[int], list[Node]], list[Step]]] = {
    "always": _always, "flag": _flag, "holds": _holds, "one_of": _one_of, "compare": _compare,
    "known_number": _known_number, "answered": _answered,
}  # fmt: skip
