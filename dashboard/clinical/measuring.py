"""The numbers criteria compare: answers, grids, mixes and arithmetic; unknown is NaN."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dashboard.clinical.columns import Columns, Layout, Numbers
from dashboard.clinical.nodes import Measure

Answers = NDArray[np.float64]
"""float64[slots, N], as the layout fills it."""


_ARITHMETIC: dict[str, Callable[[Numbers, Numbers], Numbers]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": lambda left, right: left / np.where(right == 0, np.nan, right),
}


def measured(measures: list[Measure], layout: Layout, view: Columns, answers: Answers) -> NDArray[np.float64]:
    """float64[measures, N]: each measure in every case; a measure's parts stand before it."""
    numbers = np.empty((len(measures), view.size))
    for place, measure in enumerate(measures):
        numbers[place] = _number(measure, numbers, layout, view, answers)
    return numbers


def _number(
    measure: Measure, numbers: NDArray[np.float64], layout: Layout, view: Columns, answers: Answers
) -> Numbers | float:
    if measure.kind == "constant":
        return float(measure.argument)  # type: ignore[arg-type]
    if measure.kind == "answer":
        answer: Numbers = answers[layout.start[measure.item]]
        return answer
    if measure.kind == "share":
        return view.share(measure.item, str(measure.argument))
    if measure.item:
        return _of_grid(measure, view)
    return _worked_out(measure, numbers)


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


def _of_grid(measure: Measure, view: Columns) -> Numbers | float:
    """The smallest entry, or how many entries, rows or sides lie below a threshold; unknown for an empty grid."""
    if not any(measure.item in row for row in view.rows):
        return float("nan")
    grid = view.grid(measure.item)
    empty = np.isnan(grid).all(axis=(1, 2))
    if measure.kind == "lowest":
        return np.where(empty, np.nan, np.where(np.isnan(grid), np.inf, grid).min(axis=(1, 2)))
    low = grid < float(measure.argument)  # type: ignore[arg-type]
    if measure.kind == "below":
        return np.where(empty, np.nan, low.sum(axis=(1, 2)))
    axis = 2 if measure.kind == "rows_below" else 1
    return np.where(empty, np.nan, low.any(axis=axis).sum(axis=1))
