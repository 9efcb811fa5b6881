"""The numbers a criterion may compare: answers, grids, mixes and arithmetic; unknown is NaN."""

from __future__ import annotations

from typing import Literal

import numpy as np

from dashboard.clinical.columns import Columns, Numbers
from dashboard.clinical.nodes import Names, NumberNode, union

GridMeasure = Literal["lowest", "below", "rows_below", "sides_below"]


class Measure:
    """A number a case, worked out once a view."""

    items: Names = ()

    def _numbers(self, view: Columns) -> Numbers:
        raise NotImplementedError

    def numbers(self, view: Columns) -> Numbers:
        """float64[N], NaN where unknown."""
        found = view.memo.get(self)
        if found is None:
            found = view.memo[self] = self._numbers(view)
        return found


class Constant(Measure):
    """A number written in the criterion."""

    def __init__(self, value: float) -> None:
        self.value = float(value)

    def _numbers(self, view: Columns) -> Numbers:
        return np.full(view.size, self.value)


class NumberAnswer(Measure):
    """The answer of an integer or decimal item."""

    def __init__(self, item: str) -> None:
        self.items = (item,)

    def _numbers(self, view: Columns) -> Numbers:
        return view.number(self.items[0])


class Share(Measure):
    """The per cent one option has in a mix."""

    def __init__(self, item: str, option: str) -> None:
        self.items = (item,)
        self.option = option

    def _numbers(self, view: Columns) -> Numbers:
        return view.share(self.items[0], self.option)


class GridNumber(Measure):
    """The smallest entry of a grid, or how many entries, rows or sides lie below a threshold."""

    def __init__(self, what: GridMeasure, item: str, threshold: float = 0.0) -> None:
        self.what, self.threshold = what, threshold
        self.items = (item,)

    def _numbers(self, view: Columns) -> Numbers:
        grid = view.grid(self.items[0])
        empty = np.isnan(grid).all(axis=(1, 2))
        if self.what == "lowest":
            smallest = np.where(np.isnan(grid), np.inf, grid).min(axis=(1, 2))
            return np.where(empty, np.nan, smallest)
        return np.where(empty, np.nan, self._counts(grid < self.threshold))

    def _counts(self, low: np.ndarray) -> np.ndarray:
        if self.what == "below":
            return low.sum(axis=(1, 2))
        return low.any(axis=2 if self.what == "rows_below" else 1).sum(axis=1)


class Arithmetic(Measure):
    """Two numbers added, subtracted, multiplied or divided; a division by zero is unknown."""

    def __init__(self, left: NumberNode, operator: Literal["+", "-", "*", "/"], right: NumberNode) -> None:
        self.left, self.operator, self.right = left, operator, right
        self.items = union([left.items, right.items])

    def _numbers(self, view: Columns) -> Numbers:
        left, right = self.left.numbers(view), self.right.numbers(view)
        if self.operator == "+":
            return left + right
        if self.operator == "-":
            return left - right
        if self.operator == "*":
            return left * right
        return left / np.where(right == 0, np.nan, right)


class Negative(Measure):
    """A number with its sign turned."""

    def __init__(self, part: NumberNode) -> None:
        self.part = part
        self.items = part.items

    def _numbers(self, view: Columns) -> Numbers:
        return -self.part.numbers(view)


class Power(Measure):
    """A number multiplied with itself, the same way for one case and for many."""

    def __init__(self, part: NumberNode, times: int) -> None:
        self.part, self.times = part, times
        self.items = part.items

    def _numbers(self, view: Columns) -> Numbers:
        base = self.part.numbers(view)
        product = base
        for _ in range(self.times - 1):
            product = product * base
        return product
