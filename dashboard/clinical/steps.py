"""How each kind of node is worked out, for all nodes of a kind and all cases at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dashboard.clinical.columns import Columns, Layout, Numbers, affirms
from dashboard.clinical.nodes import Node
from dashboard.clinical.vocabulary import Item


@dataclass(frozen=True)
class Board:
    """What a step reads and where it writes."""

    truths: NDArray[np.int8]
    """int8[nodes, N], filled level by level."""
    answers: NDArray[np.float64]
    """float64[slots, N], as the layout fills it."""
    numbers: NDArray[np.float64]
    """float64[measures, N], NaN where unknown."""
    view: Columns


class Network(Protocol):
    """What a step needs to know beforehand."""

    items: Mapping[str, Item]
    layout: Layout


Step = Callable[[Board], None]
_COMPARE: dict[str, Callable[[Numbers, Numbers], NDArray[np.bool_]]] = {
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def _always(network: Network, places: list[int], nodes: list[Node]) -> list[Step]:
    values = np.array([[node.argument] for node in nodes], dtype=np.int8)

    def step(board: Board) -> None:
        board.truths[places] = values

    return [step]


def _from_slots(places: list[int], slots: list[int]) -> list[Step]:
    def step(board: Board) -> None:
        board.truths[places] = board.answers[slots]

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
    slots = [network.layout.start[node.item] for node in nodes]

    def step(board: Board) -> None:
        board.truths[places] = table[board.answers[slots].astype(np.int32) + first]

    return [step]


def _compare(network: Network, places: list[int], nodes: list[Node]) -> list[Step]:
    by_operator: dict[str, list[int]] = {}
    for number, node in enumerate(nodes):
        by_operator.setdefault(str(node.argument), []).append(number)
    return [_compared(op, [places[n] for n in some], [nodes[n] for n in some]) for op, some in by_operator.items()]


def _compared(operator: str, places: list[int], nodes: list[Node]) -> Step:
    test = _COMPARE[operator]
    left, right = [node.measures[0] for node in nodes], [node.measures[1] for node in nodes]

    def step(board: Board) -> None:
        one, other = board.numbers[left], board.numbers[right]
        outcome = test(one, other).astype(np.int8) * 2 - 1
        outcome[np.isnan(one) | np.isnan(other)] = 0
        board.truths[places] = outcome

    return step


def _known_number(network: Network, places: list[int], nodes: list[Node]) -> list[Step]:
    measures = [node.measures[0] for node in nodes]

    def step(board: Board) -> None:
        board.truths[places] = np.where(np.isnan(board.numbers[measures]), -1, 1)

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
    slots = [network.layout.start[node.item] for node in nodes]

    def step(board: Board) -> None:
        board.truths[places] = np.where(np.isnan(board.answers[slots]), -1, 1)

    return [step] if nodes else []


def _marked(network: Network, places: list[int], nodes: list[Node]) -> list[Step]:
    """Items of which some slot is marked when they are answered."""
    widths = [network.layout.width(node.item) for node in nodes]
    begins = [network.layout.start[node.item] for node in nodes]
    slots = [begin + n for begin, width in zip(begins, widths, strict=True) for n in range(width)]
    starts = np.cumsum([0, *widths[:-1]])

    def step(board: Board) -> None:
        marked = np.logical_or.reduceat(board.answers[slots] != 0, starts, axis=0)
        board.truths[places] = np.where(marked, 1, -1)

    return [step] if nodes else []


def _not(network: Network, places: list[int], nodes: list[Node]) -> list[Step]:
    parts = [node.parts[0] for node in nodes]

    def step(board: Board) -> None:
        board.truths[places] = -board.truths[parts]

    return [step]


def _known(network: Network, places: list[int], nodes: list[Node]) -> list[Step]:
    parts = [node.parts[0] for node in nodes]

    def step(board: Board) -> None:
        board.truths[places] = np.abs(board.truths[parts]) * 2 - 1

    return [step]


def _extreme(reduce: np.ufunc) -> Callable[[Network, list[int], list[Node]], list[Step]]:
    """``all`` is the smallest of its parts, ``any`` the greatest."""

    def make(network: Network, places: list[int], nodes: list[Node]) -> list[Step]:
        parts = [part for node in nodes for part in node.parts]
        starts = np.cumsum([0, *(len(node.parts) for node in nodes[:-1])])

        def step(board: Board) -> None:
            board.truths[places] = reduce.reduceat(board.truths[parts], starts, axis=0)

        return [step]

    return make


def _at_least(network: Network, places: list[int], nodes: list[Node]) -> list[Step]:
    parts = [part for node in nodes for part in node.parts]
    starts = np.cumsum([0, *(len(node.parts) for node in nodes[:-1])])
    wanted = np.array([[node.argument] for node in nodes], dtype=np.int16)

    def step(board: Board) -> None:
        values = board.truths[parts]
        present = np.add.reduceat((values == 1).astype(np.int16), starts, axis=0)
        possible = np.add.reduceat((values >= 0).astype(np.int16), starts, axis=0)
        board.truths[places] = (present >= wanted).astype(np.int8) - (possible < wanted).astype(np.int8)

    return [step]


def _finding(network: Network, places: list[int], nodes: list[Node]) -> list[Step]:
    """Present by its first part, absent by its second."""
    present, absent = [node.parts[0] for node in nodes], [node.parts[1] for node in nodes]

    def step(board: Board) -> None:
        board.truths[places] = np.where(board.truths[present] == 1, 1, -(board.truths[absent] == 1).astype(np.int8))

    return [step]


STEPS: dict[str, Callable[[Network, list[int], list[Node]], list[Step]]] = {
    "always": _always, "flag": _flag, "holds": _holds, "one_of": _one_of, "compare": _compare,
    "known_number": _known_number, "answered": _answered, "not": _not, "known": _known,
    "all": _extreme(np.minimum), "any": _extreme(np.maximum), "at_least": _at_least, "finding": _finding,
}  # fmt: skip
