"""Joining the parts of many nodes with one operation, for one case and for thousands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")
Number = TypeVar("Number", np.int8, np.uint64)
_FEW = 4
"""Columns up to which one ``reduceat`` is quicker than a pass for each part; beyond, it is up to fifty times slower."""


def index(places: Sequence[int]) -> NDArray[np.intp]:
    """Rows to look up: an array, because a list would be made into one each time."""
    return np.array(places, dtype=np.intp)


class Fold:
    """Which rows of a matrix are joined to one; the operation must not care for the order of its parts."""

    def __init__(self, parts: Sequence[Sequence[int]]) -> None:
        self.order = sorted(range(len(parts)), key=lambda number: -len(parts[number]))
        longest_first = [parts[number] for number in self.order]
        self._flat = index([part for some in longest_first for part in some])
        self._starts = np.cumsum([0, *(len(some) for some in longest_first[:-1])])
        passes = range(len(longest_first[0]) if longest_first else 0)
        self._passes = [index([some[n] for some in longest_first if len(some) > n]) for n in passes]

    def arranged(self, things: Sequence[T]) -> list[T]:
        """What belongs to each result, in the order of the results."""
        return [things[number] for number in self.order]

    def rows(self, places: Sequence[int]) -> NDArray[np.intp]:
        """Where each result belongs, in the order of the results."""
        return index(self.arranged(places))

    def __call__(self, join: np.ufunc, values: NDArray[Number]) -> NDArray[Number]:
        """[joined, columns] of [rows, columns], both of one type."""
        if values.shape[1] <= _FEW:
            few: NDArray[Number] = join.reduceat(values[self._flat], self._starts, axis=0, dtype=values.dtype)
            return few
        joined: NDArray[Number] = values[self._passes[0]]
        for rows in self._passes[1:]:
            longer = joined[: len(rows)]
            join(longer, values[rows], out=longer)
        return joined
