"""Answers of many cases as arrays, one column an item, made when first asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.clinical.vocabulary import Answer, Item

Presences = NDArray[np.int8]
"""One of -1, 0, +1 a case."""
Numbers = NDArray[np.float64]
"""One number a case; NaN is unknown."""

_FLAG = {"yes": 1, "no": -1}


class Columns:
    """The answers of N cases. A single case is N = 1; there is no other path."""

    def __init__(self, items: Mapping[str, Item], rows: Sequence[Mapping[str, Answer]]) -> None:
        self.items = items
        self.rows = rows
        self.size = len(rows)
        self.memo: dict[object, Any] = {}

    def _answers(self, item: str) -> list[Any]:
        return [row.get(item) for row in self.rows]

    def flag(self, item: str) -> Presences:
        """int8[N]: yes +1, no -1, anything else 0."""
        key = ("flag", item)
        if key not in self.memo:
            self.memo[key] = np.array([_FLAG.get(a, 0) for a in self._answers(item)], dtype=np.int8)
        return self.memo[key]

    def number(self, item: str) -> Numbers:
        """float64[N], NaN where there is no answer."""
        key = ("number", item)
        if key not in self.memo:
            numbers = [np.nan if a is None else a for a in self._answers(item)]
            self.memo[key] = np.array(numbers, dtype=np.float64)
        return self.memo[key]

    def codes(self, item: str) -> NDArray[np.int16]:
        """int16[N]: the position of a choice's answer among its options, -1 where there is none."""
        key = ("codes", item)
        if key not in self.memo:
            place = {option.code: number for number, option in enumerate(self.items[item].options)}
            self.memo[key] = np.array([place.get(a, -1) for a in self._answers(item)], dtype=np.int16)
        return self.memo[key]

    def states(self, item: str) -> NDArray[np.int8]:
        """int8[options, N]: the presence of each option, in the item's order."""
        key = ("states", item)
        if key not in self.memo:
            self.memo[key] = self._states(self.items[item], self._answers(item))
        return self.memo[key]

    def _states(self, item: Item, answers: list[Any]) -> NDArray[np.int8]:
        """A case's column depends on its answer only, so each distinct answer is worked out once."""
        columns: dict[Any, list[int]] = {}
        for answer in answers:
            if answer not in columns:
                columns[answer] = option_states(item, answer)
        return np.array([columns[a] for a in answers], dtype=np.int8).reshape(len(answers), -1).T

    def grid(self, item: str) -> NDArray[np.float64]:
        """float64[N, rows, sides], NaN where a cell was not examined."""
        key = ("grid", item)
        if key not in self.memo:
            self.memo[key] = self._grid(self.items[item], self._answers(item))
        return self.memo[key]

    def _grid(self, item: Item, answers: list[Any]) -> NDArray[np.float64]:
        cells = [f"{row.code}.{side}" for row in item.rows for side in item.sides]
        table = [[(a or {}).get(cell, np.nan) for cell in cells] for a in answers]
        return np.array(table, dtype=np.float64).reshape(len(answers), len(item.rows), len(item.sides))

    def share(self, item: str, option: str) -> Numbers:
        """float64[N], per cent of a mix; 0 where the mix is known and leaves the option out."""
        key = ("share", item, option)
        if key not in self.memo:
            shares = [np.nan if not a else a.get(option, 0.0) for a in self._answers(item)]
            self.memo[key] = np.array(shares, dtype=np.float64)
        return self.memo[key]

    def known(self, item: str) -> NDArray[np.bool_]:
        """bool[N]: answered with something that says more than "unknown"."""
        key = ("known", item)
        if key not in self.memo:
            definition = self.items[item]
            self.memo[key] = np.array([is_known(definition, a) for a in self._answers(item)], dtype=np.bool_)
        return self.memo[key]


def option_states(item: Item, answer: Any) -> list[int]:
    """The presence of each option of a choices or sites item under one answer."""
    chosen = chosen_codes(item, answer)
    if not chosen:
        return [0] * len(item.options)
    picked = [option for option in item.options if option.code in chosen]
    open_codes = {code for option in picked for code in option.leaves_open}
    if any(option.unknown for option in picked):
        open_codes = {option.code for option in item.options}
    return [_option_state(option.code, chosen, open_codes, option.unknown) for option in item.options]


def _option_state(code: str, chosen: frozenset[str], open_codes: set[str], unknown: bool) -> int:
    if unknown:
        return 0
    if code in chosen:
        return 1
    return 0 if code in open_codes else -1


def chosen_codes(item: Item, answer: Any) -> frozenset[str]:
    """The option codes an answer names, whatever the side; empty when there is no answer."""
    if answer is None or answer == ():
        return frozenset()
    if item.type == "choice":
        return frozenset({answer})
    return frozenset(entry.partition(":")[0] for entry in answer)


def is_known(item: Item, answer: Any) -> bool:
    """True when an answer says more than "unknown"."""
    if answer is None or answer in ("", ()) or answer == {}:
        return False
    if item.type == "flag":
        return answer in _FLAG
    if item.type in ("choice", "choices", "sites"):
        unknown = {option.code for option in item.options if option.unknown}
        return bool(chosen_codes(item, answer) - unknown)
    return True
