"""What criteria are made of: sentences that are met, unknown or not met, and the measures they compare."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Literal

Names = tuple[str, ...]
"""Item ids in the order first met, without repeats."""

LeafKind = Literal["always", "flag", "one_of", "holds", "compare", "known_number", "answered"]
JoinKind = Literal["not", "known", "all", "any", "at_least", "finding"]
MeasureKind = Literal[
    "constant", "answer", "share", "lowest", "below", "rows_below", "sides_below",
    "+", "-", "*", "/", "first_known", "negative", "power",
]  # fmt: skip


@dataclass(frozen=True)
class Node:
    """One three-valued sentence; its parts are the places of other nodes, its measures those of measures.

    always: argument ±1 · flag, answered: item · one_of: item, argument a set of codes · holds: item, argument a code
    compare: argument the operator, two measures · known_number: one measure
    not, known: one part · all, any: parts · at_least: argument how many of the parts · finding: present, [absent]
    """

    kind: LeafKind | JoinKind
    parts: tuple[int, ...] = ()
    item: str = ""
    argument: Hashable = None
    measures: tuple[int, ...] = ()


@dataclass(frozen=True)
class Measure:
    """One number a case, unknown when NaN.

    constant: argument the number · answer: item · share: item, argument an option
    lowest, below, rows_below, sides_below: item (a grid), argument the threshold
    + - * /: two parts · first_known: two parts, the second only where the first is unknown
    negative: one part · power: one part, argument how often multiplied
    """

    kind: MeasureKind
    parts: tuple[int, ...] = ()
    item: str = ""
    argument: Hashable = None


def union(parts: Iterable[Iterable[str]]) -> Names:
    """All names of the parts, each once, in the order first met."""
    return tuple(dict.fromkeys(chain.from_iterable(parts)))
