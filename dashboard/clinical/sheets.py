"""Answers of many cases as columns of numbers: what each item says, as criteria look at it."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from operator import call, methodcaller
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.clinical.folding import Fold
from dashboard.clinical.readers import NUMERIC, SEVERAL, Codes, Reading, Told, affirms, option_states
from dashboard.clinical.vocabulary import Item

__all__ = ["Layout", "Numbers", "Presences", "Sheet", "affirms", "option_states"]

Rows = Sequence[Mapping[str, Any]]
_NOT_ASKED: Told = ("", bool, None)
Presences = NDArray[np.int8]
"""One of -1, 0, +1 a case."""
Numbers = NDArray[np.float64]
"""One number a case; NaN is unknown."""
Places = NDArray[Any]
"""Whole numbers: where something stands."""
_values = methodcaller("values")


@dataclass(frozen=True)
class Sheet:
    """The answers of N cases, item by item: all that criteria look at."""

    states: NDArray[np.int8]
    """int8[slots, N]: a flag ±1 or 0; a choice the place of its option, or how many it has when there is no answer;
    an option of a list of choices or sites ±1 or 0; whatever else is answered 1."""
    numbers: NDArray[np.float64]
    """float64[numbers, N], NaN where unknown: numeric items, cells of grids, shares of mixes."""

    @property
    def size(self) -> int:
        """How many cases."""
        return int(self.states.shape[1])

    def part(self, start: int, stop: int) -> Sheet:
        """Some of the cases, without copying."""
        return Sheet(self.states[:, start:stop], self.numbers[:, start:stop])

    def chosen(self, cases: Places) -> Sheet:
        """A copy of some of the cases."""
        return Sheet(self.states[:, cases], self.numbers[:, cases])


class Layout:
    """Where each item's answer stands on a sheet."""

    def __init__(self, items: Mapping[str, Item]) -> None:
        self.items = items
        self.start: dict[str, int] = {}
        """Item → its first slot among the states."""
        self.number: dict[str, int] = {}
        """Numeric item, grid or mix → its first row among the numbers."""
        self.cells: dict[str, tuple[str, ...]] = {}
        """Grid or mix → the names of its rows among the numbers."""
        defaults: list[int] = []
        rows = 0
        for item in items.values():
            self.start[item.id] = len(defaults)
            defaults += [len(item.options) if item.type == "choice" else 0] * self.width(item.id)
            if width := self._width_of_numbers(item):
                self.number[item.id] = rows
                rows += width
        self.defaults, self._default_states = np.array(defaults, dtype=np.int8), defaults
        self.rows = rows
        self._index()
        self._reading = Reading(items)

    def _width_of_numbers(self, item: Item) -> int:
        if item.type == "grid":
            self.cells[item.id] = tuple(f"{row.code}.{side}" for row in item.rows for side in item.sides)
        elif item.type == "mix":
            self.cells[item.id] = tuple(option.code for option in item.options)
        else:
            return int(item.type in NUMERIC)
        return len(self.cells[item.id])

    def _index(self) -> None:
        """The same by the item's place, for all answers at once; what is no item has the last place."""
        self._places = Codes({item: place for place, item in enumerate(self.items)}, len(self.items))
        kinds = [item.type for item in self.items.values()]
        self._numeric = np.array([*(kind in NUMERIC for kind in kinds), False])
        self._several = np.array([*(kind in SEVERAL for kind in kinds), False])
        self._coded = np.array([*(kind not in NUMERIC + SEVERAL for kind in kinds), False])
        self._slots = np.array([*self.start.values(), 0], dtype=np.intp)
        self._rows = np.array([*(self.number.get(item, 0) for item in self.items), 0], dtype=np.intp)
        self._lists = np.cumsum(self._several) - 1
        self._item_of_slot = np.repeat(np.arange(len(kinds)), [self.width(item) for item in self.items])
        widths = [self._width_of_numbers(item) for item in self.items.values()]
        self._item_of_row = np.repeat(np.arange(len(kinds)), widths)
        self._any_slot = Fold([range(self.start[id_], self.start[id_] + self.width(id_)) for id_ in self.items])
        self._choices = [item for item in self.items.values() if item.type == "choice"]
        most = max((len(item.options) for item in self._choices), default=0)
        self._says = np.zeros((len(self._choices), most + 1), dtype=np.bool_)
        for number, item in enumerate(self._choices):
            self._says[number, : len(item.options)] = [not option.unknown for option in item.options]

    def width(self, item: str) -> int:
        """How many slots an item has."""
        return len(self.items[item].options) if self.items[item].type in SEVERAL else 1

    def sheet(self, rows: Rows) -> Sheet:
        """The sheet of some cases' answers; an answer of None is none."""
        fill = self._filled if len(rows) != 1 else lambda rows: self._one(rows[0])
        try:
            return fill(rows)
        except TypeError:
            return fill([{item: a for item, a in row.items() if a is not None} for row in rows])

    def known(self, sheet: Sheet) -> NDArray[np.bool_]:
        """bool[items, N]: the items answered with more than "unknown"."""
        known = np.empty((len(self.items), sheet.size), dtype=np.bool_)
        known[self._any_slot.order] = self._any_slot(np.bitwise_or, sheet.states) != 0
        numeric = np.flatnonzero(self._numeric)
        known[numeric] = ~np.isnan(sheet.numbers[self._rows[numeric]])
        for says, item in zip(self._says, self._choices, strict=True):
            known[self._places[item.id]] = says[sheet.states[self.start[item.id]]]
        return known

    def without(self, sheet: Sheet, taken: NDArray[np.bool_]) -> Sheet:
        """The same sheet with the answers marked in bool[items, N] taken away."""
        states = np.where(taken[self._item_of_slot], self.defaults[:, None], sheet.states)
        return Sheet(states, np.where(taken[self._item_of_row], np.nan, sheet.numbers))

    def varied(self, sheet: Sheet, changes: Rows) -> Sheet:
        """One case N times, each time with some answers changed; None takes one away."""
        place = np.fromiter(map(self._places.__getitem__, _keys(changes)), np.int32)
        case = np.repeat(np.arange(len(changes)), [len(change) for change in changes])
        changed = np.zeros((len(self.items) + 1, len(changes)), dtype=np.bool_)
        changed[place, case] = True
        fresh = self.sheet(changes)
        states = np.where(changed[self._item_of_slot], fresh.states, sheet.states)
        return Sheet(states, np.where(changed[self._item_of_row], fresh.numbers, sheet.numbers))

    def _one(self, row: Mapping[str, Any]) -> Sheet:
        """A single case, answer by answer: arrays of one would cost five times as much."""
        reading = self._reading = self._reading.kept()
        states, numbers, told = self._default_states[:], [math.nan] * self.rows, reading.told
        for item, answer in row.items():
            kind, read, known = told.get(item, _NOT_ASKED)
            if kind == "coded":
                states[self.start[item]] = read(answer)
            elif kind == "number":
                numbers[self.number[item]] = read(answer)
            elif kind == "list":
                start = self.start[item]
                states[start : start + known.width] = known.rows[read(answer)]
            elif kind == "cells" and answer:
                states[self.start[item]], start, missing = 1, self.number[item], self._missing(item)
                numbers[start : start + len(self.cells[item])] = [answer.get(c, missing) for c in self.cells[item]]
        columns = np.frombuffer(array("b", states), dtype=np.int8), np.frombuffer(array("d", numbers))
        return Sheet(columns[0][:, None], columns[1][:, None])

    def _missing(self, item: str) -> float:
        """What a cell holds that an answer leaves out: nothing is known of a grid's, a mix has none of it."""
        return math.nan if self.items[item].type == "grid" else 0.0

    def _filled(self, rows: Rows) -> Sheet:
        """All answers as one stream of (item, case, value): built-in functions alone touch the single answer."""
        reading = self._reading = self._reading.kept()
        place = np.fromiter(map(self._places.__getitem__, _keys(rows)), np.int32)
        read = map(call, map(reading.readers.__getitem__, _keys(rows)), chain.from_iterable(map(_values, rows)))
        value = np.fromiter(read, np.float64, len(place))
        case = np.repeat(np.arange(len(rows)), np.fromiter(map(len, rows), np.intp, len(rows)))
        states = np.repeat(self.defaults[:, None], len(rows), axis=1)
        numbers = np.full((self.rows, len(rows)), np.nan)
        at = np.flatnonzero(self._coded[place])
        states[self._slots[place[at]], case[at]] = value[at]
        at = np.flatnonzero(self._numeric[place])
        numbers[self._rows[place[at]], case[at]] = value[at]
        at = np.flatnonzero(self._several[place])
        self._fill_lists(states, reading, place[at], case[at], value[at])
        self._fill_cells(numbers, rows, place, case)
        return Sheet(states, numbers)

    def _fill_lists(
        self, states: NDArray[np.int8], reading: Reading, place: Places, case: Places, value: NDArray[np.float64]
    ) -> None:
        """The options of choices and sites items, by the answers' places in each item's table of states."""
        number = self._lists[place]
        kept = np.zeros((len(reading.lists), states.shape[1]), dtype=np.intp)
        kept[number, case] = value
        for which in np.flatnonzero(np.bincount(number)).tolist():
            item, known = reading.lists[which]
            start = self.start[item]
            states[start : start + known.width] = known.table[kept[which]].T

    def _fill_cells(self, numbers: NDArray[np.float64], rows: Rows, place: Places, case: Places) -> None:
        """Grids and mixes, which few cases have: cell by cell."""
        for item, cells in self.cells.items():
            having = [one for one in case[place == self._places[item]].tolist() if rows[one][item]]
            if having:
                start, missing = self.number[item], self._missing(item)
                read = (map(rows[one][item].get, cells, repeat(missing)) for one in having)
                entries = np.fromiter(chain.from_iterable(read), np.float64, len(having) * len(cells))
                numbers[start : start + len(cells), having] = entries.reshape(len(having), len(cells)).T


def _keys(rows: Rows) -> Iterable[str]:
    return chain.from_iterable(rows)
