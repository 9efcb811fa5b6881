"""How sentences made of others are worked out: sixty-four cases at once, as bits of present and bits of absent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.clinical.folding import Fold, index
from dashboard.clinical.nodes import Node

Words = NDArray[np.uint64]
"""uint64[rows, N / 64 rounded up]: one bit a case; the bits beyond the last case mean nothing."""
Places = Sequence[int]
Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Planes:
    """Truths as two bits a case: a node is present, or absent, or neither; never both."""

    present: Words
    absent: Words
    size: int
    """How many cases."""

    @classmethod
    def blank(cls, nodes: int, size: int) -> Planes:
        """Planes in which nothing is known."""
        shape = (nodes, -(-size // 64))
        return cls(np.zeros(shape, dtype=np.uint64), np.zeros(shape, dtype=np.uint64), size)

    def put(self, places: Rows, truths: NDArray[np.int8]) -> None:
        """Fill some nodes in, from int8[places, N]."""
        self.present[places] = _packed(truths == 1, self.size)
        self.absent[places] = _packed(truths == -1, self.size)

    def truths(self, places: Rows) -> NDArray[np.int8]:
        """int8[places, N]: some nodes as numbers."""
        truths: NDArray[np.int8] = _unpacked(self.present[places], self.size)
        truths -= _unpacked(self.absent[places], self.size)
        return truths


Join = Callable[[Planes], None]


def _packed(marks: NDArray[np.bool_], size: int) -> Words:
    octets = np.packbits(marks, axis=1, bitorder="little")
    padded = np.zeros((len(marks), -(-size // 64) * 8), dtype=np.uint8)
    padded[:, : octets.shape[1]] = octets
    return padded.view(np.uint64)


def _unpacked(words: Words, size: int) -> NDArray[np.int8]:
    return np.unpackbits(words.view(np.uint8), axis=1, count=size, bitorder="little").view(np.int8)


def _not(places: Places, nodes: Sequence[Node]) -> Join:
    at, parts = index(places), index([node.parts[0] for node in nodes])

    def join(planes: Planes) -> None:
        planes.present[at], planes.absent[at] = planes.absent[parts], planes.present[parts]

    return join


def _known(places: Places, nodes: Sequence[Node]) -> Join:
    at, parts = index(places), index([node.parts[0] for node in nodes])

    def join(planes: Planes) -> None:
        known = planes.present[parts] | planes.absent[parts]
        planes.present[at], planes.absent[at] = known, ~known

    return join


def _extreme(presences: np.ufunc, absences: np.ufunc) -> Callable[[Places, Sequence[Node]], Join]:
    """``all`` is present when all parts are, absent when any is; ``any`` the other way round."""

    def make(places: Places, nodes: Sequence[Node]) -> Join:
        fold = Fold([node.parts for node in nodes])
        ordered = fold.rows(places)

        def join(planes: Planes) -> None:
            planes.present[ordered] = fold(presences, planes.present)
            planes.absent[ordered] = fold(absences, planes.absent)

        return join

    return make


def _at_least(places: Places, nodes: Sequence[Node]) -> Join:
    parts = index([part for node in nodes for part in node.parts])
    ends = np.cumsum([len(node.parts) for node in nodes]).tolist()
    fold = Fold([range(end - len(node.parts), end) for end, node in zip(ends, nodes, strict=True)])
    ordered = fold.rows(places)
    wanted = np.array([[node.argument] for node in fold.arranged(nodes)], dtype=np.int8)
    most = np.array([[len(node.parts)] for node in fold.arranged(nodes)], dtype=np.int8)

    def join(planes: Planes) -> None:
        present = fold(np.add, _unpacked(planes.present[parts], planes.size))
        absent = fold(np.add, _unpacked(planes.absent[parts], planes.size))
        planes.present[ordered] = _packed(present >= wanted, planes.size)
        planes.absent[ordered] = _packed(most - absent < wanted, planes.size)

    return join


def _finding(places: Places, nodes: Sequence[Node]) -> Join:
    """Present by its first part, absent by its second."""
    present, absent = index([node.parts[0] for node in nodes]), index([node.parts[1] for node in nodes])
    at = index(places)

    def join(planes: Planes) -> None:
        is_present = planes.present[present]
        planes.present[at], planes.absent[at] = is_present, planes.present[absent] & ~is_present

    return join


JOINS: dict[str, Callable[[Places, Sequence[Node]], Join]] = {
    "not": _not, "known": _known, "at_least": _at_least, "finding": _finding,
    "all": _extreme(np.bitwise_and, np.bitwise_or), "any": _extreme(np.bitwise_or, np.bitwise_and),
}  # fmt: skip
