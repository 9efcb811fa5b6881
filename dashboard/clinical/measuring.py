"""The numbers criteria compare: answers, grids, mixes and arithmetic; unknown is NaN."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from dashboard.clinical.nodes import Measure
from dashboard.clinical.sheets import Layout, Numbers, Sheet
from dashboard.clinical.vocabulary import Item

_GIVEN = ("constant", "answer", "share")
_ARITHMETIC: dict[str, Callable[[Numbers, Numbers], Numbers]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": lambda left, right: left / np.where(right == 0, np.nan, right),
    "first_known": lambda left, right: np.where(np.isnan(left), right, left),
}


class Measuring:
    """Which measures are wanted, and where each comes from; a measure's parts stand before it."""

    def __init__(self, measures: list[Measure], places: Sequence[int], layout: Layout) -> None:
        self.layout, self.size = layout, len(measures)
        of_kind = {kind: [place for place in places if measures[place].kind == kind] for kind in _GIVEN}
        self.constants = of_kind["constant"]
        self.constant_values = [float(str(measures[place].argument)) for place in self.constants]
        self.values = np.array(self.constant_values).reshape(-1, 1)
        self.copied = [*of_kind["answer"], *of_kind["share"]]
        self.rows = [_row(measures[place], layout) for place in self.copied]
        self.others = [(place, measures[place]) for place in places if measures[place].kind not in _GIVEN]

    def __call__(self, sheet: Sheet) -> NDArray[np.float64]:
        """float64[measures, N]: the wanted measures in every case; what stands in the other rows means nothing."""
        numbers = np.empty((self.size, sheet.size))
        numbers[self.constants] = self.values
        numbers[self.copied] = sheet.numbers[self.rows]
        for place, measure in self.others:
            numbers[place] = self._of_grid(measure, sheet) if measure.item else _worked_out(measure, numbers)
        return numbers

    def alone(self, given: list[float], sheet: Sheet) -> list[float]:
        """The same for a sheet of one, whose numbers are given as a list, without an array for each number."""
        numbers = [math.nan] * self.size
        for place, value in zip(self.constants, self.constant_values, strict=True):
            numbers[place] = value
        for place, row in zip(self.copied, self.rows, strict=True):
            numbers[place] = given[row]
        for place, measure in self.others:
            if not measure.item:
                numbers[place] = _alone(measure, numbers)
            elif sheet.states[self.layout.start[measure.item], 0]:  # most cases have no such grid
                numbers[place] = float(self._of_grid(measure, sheet)[0])
        return numbers

    def _of_grid(self, measure: Measure, sheet: Sheet) -> Numbers:
        return _of_grid(measure, self.layout.items[measure.item], sheet.numbers[self.layout.number[measure.item] :])


def _row(measure: Measure, layout: Layout) -> int:
    """The row of a numeric answer, or of one share of a mix."""
    first = layout.number[measure.item]
    return first if measure.kind == "answer" else first + layout.cells[measure.item].index(str(measure.argument))


def _worked_out(measure: Measure, numbers: NDArray[np.float64]) -> Numbers:
    """Arithmetic; a division by zero is unknown, a power is a repeated product, the same for one case and many."""
    left: Numbers = numbers[measure.parts[0]]
    if measure.kind == "negative":
        return np.negative(left)
    if measure.kind == "power":
        product = left
        for _ in range(int(measure.argument) - 1):  # type: ignore[call-overload]
            product = product * left
        return product
    right: Numbers = numbers[measure.parts[1]]
    return _ARITHMETIC[measure.kind](left, right)


def _alone(measure: Measure, numbers: list[float]) -> float:
    left = numbers[measure.parts[0]]
    if measure.kind == "negative":
        return -left
    if measure.kind == "power":
        product = left
        for _ in range(int(measure.argument) - 1):  # type: ignore[call-overload]
            product *= left
        return product
    right = numbers[measure.parts[1]]
    if measure.kind == "/":
        return left / right if right else math.nan
    if measure.kind == "first_known":
        return right if math.isnan(left) else left
    return left + right if measure.kind == "+" else left - right if measure.kind == "-" else left * right


def _of_grid(measure: Measure, item: Item, cells: NDArray[np.float64]) -> Numbers:
    """The smallest entry, or how many entries, rows or sides lie below a threshold; unknown for an empty grid."""
    grid = cells[: len(item.rows) * len(item.sides)].reshape(len(item.rows), len(item.sides), -1)
    empty = np.logical_and.reduce(np.isnan(grid), axis=(0, 1))
    if empty.all():
        return np.full(len(empty), np.nan)
    if measure.kind == "lowest":
        return np.where(empty, np.nan, np.where(np.isnan(grid), np.inf, grid).min(axis=(0, 1)))
    low = grid < float(measure.argument)  # type: ignore[arg-type]
    if measure.kind == "below":
        return np.where(empty, np.nan, low.sum(axis=(0, 1)))
    axis = 1 if measure.kind == "rows_below" else 0
    return np.where(empty, np.nan, low.any(axis=axis).sum(axis=0))
