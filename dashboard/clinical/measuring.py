"""The numbers criteria compare: answers, grids, mixes and arithmetic; unknown is NaN."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from dashboard.clinical.nodes import Measure
from dashboard.clinical.sheets import Layout, Numbers, Sheet
from dashboard.clinical.vocabulary import Item

_ARITHMETIC: dict[str, Callable[[Numbers, Numbers], Numbers]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": lambda left, right: left / np.where(right == 0, np.nan, right),
}


def measured(measures: list[Measure], places: Iterable[int], layout: Layout, sheet: Sheet) -> NDArray[np.float64]:
    """float64[measures, N]: the wanted measures in every case, the others untouched; parts stand before the whole."""
    numbers = np.empty((len(measures), sheet.size))
    for place in places:
        numbers[place] = _number(measures[place], numbers, layout, sheet)
    return numbers


def _number(measure: Measure, numbers: NDArray[np.float64], layout: Layout, sheet: Sheet) -> Numbers | float:
    if measure.kind == "constant":
        return float(measure.argument)  # type: ignore[arg-type]
    if not measure.item:
        return _worked_out(measure, numbers)
    row = layout.number[measure.item]
    if measure.kind == "answer":
        answer: Numbers = sheet.numbers[row]
        return answer
    if measure.kind == "share":
        share: Numbers = sheet.numbers[row + layout.cells[measure.item].index(str(measure.argument))]
        return share
    return _of_grid(measure, layout.items[measure.item], sheet.numbers[row:])


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


def _of_grid(measure: Measure, item: Item, cells: NDArray[np.float64]) -> Numbers:
    """The smallest entry, or how many entries, rows or sides lie below a threshold; unknown for an empty grid."""
    grid = cells[: len(item.rows) * len(item.sides)].reshape(len(item.rows), len(item.sides), -1)
    empty = np.isnan(grid).all(axis=(0, 1))
    if measure.kind == "lowest":
        return np.where(empty, np.nan, np.where(np.isnan(grid), np.inf, grid).min(axis=(0, 1)))
    low = grid < float(measure.argument)  # type: ignore[arg-type]
    if measure.kind == "below":
        return np.where(empty, np.nan, low.sum(axis=(0, 1)))
    axis = 1 if measure.kind == "rows_below" else 0
    return np.where(empty, np.nan, low.any(axis=axis).sum(axis=0))
