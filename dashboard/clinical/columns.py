"""Answers of many cases as one matrix of numbers: what each item says, as criteria look at it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.clinical.vocabulary import Answer, Item, Option

Presences = NDArray[np.int8]
"""One of -1, 0, +1 a case."""
Numbers = NDArray[np.float64]
"""One number a case; NaN is unknown."""

_FLAG = {"yes": 1.0, "no": -1.0}


class Columns:
    """The answers of N cases, and what has been worked out from them. A single case is N = 1."""

    def __init__(self, items: Mapping[str, Item], rows: Sequence[Mapping[str, Answer]]) -> None:
        self.items = items
        self.rows = rows
        self.size = len(rows)
        self.memo: dict[Any, Any] = {}

    def grid(self, item: str) -> NDArray[np.float64]:
        """float64[N, rows, sides], NaN where a cell was not examined."""
        definition = self.items[item]
        cells = [f"{row.code}.{side}" for row in definition.rows for side in definition.sides]
        answers = [row.get(item) or {} for row in self.rows]
        table = np.full((self.size, len(cells)), np.nan)
        for number, answer in enumerate(answers):
            if answer:
                table[number] = [answer.get(cell, np.nan) for cell in cells]  # type: ignore[union-attr]
        return table.reshape(self.size, len(definition.rows), len(definition.sides))

    def share(self, item: str, option: str) -> Numbers:
        """float64[N], per cent of a mix; 0 where the mix is known and leaves the option out."""
        answers: list[Any] = [row.get(item) for row in self.rows]
        return np.array([a.get(option, 0.0) if a else np.nan for a in answers], dtype=np.float64)

    def known_items(self, row: int) -> frozenset[str]:
        """The items one case answers with more than "unknown"."""
        key = ("known items", row)
        known: frozenset[str] | None = self.memo.get(key)
        if known is None:
            answers = self.rows[row].items()
            found = (id_ for id_, answer in answers if id_ in self.items and is_known(self.items[id_], answer))
            known = self.memo[key] = frozenset(found)
        return known


class Layout:
    """Where each item's answer stands in the matrix: most items have one slot, choices and sites one an option."""

    def __init__(self, items: Mapping[str, Item]) -> None:
        self.items = items
        self.start: dict[str, int] = {}
        self._placing: dict[str, tuple[str, int, dict[Any, float], float]] = {}
        """How an item's answer is placed: kind, first slot, value of each code, value of any other answer."""
        self._kept: dict[tuple[str, Any], tuple[float, ...]] = {}
        """States of the answers to choices and sites items met so far."""
        defaults: list[float] = []
        for item in items.values():
            self.start[item.id] = len(defaults)
            defaults += self._arrange(item, len(defaults))
        self.defaults = np.array(defaults)

    def _arrange(self, item: Item, slot: int) -> list[float]:
        """Note how an item is placed; what its slots hold without an answer."""
        if item.type in ("integer", "decimal"):
            self._placing[item.id] = ("number", slot, {}, 0.0)
            return [np.nan]
        if item.type in ("choices", "sites"):
            self._placing[item.id] = ("wide", slot, {}, 0.0)
            return [0.0] * len(item.options)
        if item.type == "choice":
            places = {option.code: float(place) for place, option in enumerate(item.options)}
            self._placing[item.id] = ("coded", slot, places, float(len(places)))
            return [float(len(places))]
        self._placing[item.id] = ("coded", slot, _FLAG, 0.0) if item.type == "flag" else ("mark", slot, {}, 0.0)
        return [0.0]

    def width(self, item: str) -> int:
        """How many slots an item has."""
        return len(self.items[item].options) if self.items[item].type in ("choices", "sites") else 1

    def matrix(self, view: Columns) -> NDArray[np.float64]:
        """float64[slots, N]: a flag ±1 or 0, a choice the place of its option, a number itself, an option ±1 or 0;
        what else is answered is 1."""
        matrix = np.repeat(self.defaults[:, None], view.size, axis=1)
        slots: list[int] = []
        counts: list[int] = []
        values: list[float] = []
        for row in view.rows:
            before = len(slots)
            self._place(row, slots, values)
            counts.append(len(slots) - before)
        matrix[slots, np.repeat(np.arange(view.size), counts)] = values
        return matrix

    def _place(self, row: Mapping[str, Any], slots: list[int], values: list[float]) -> None:
        """The slots one case's answers fill and the values they fill them with."""
        for item, answer in row.items():
            if answer is None or item not in self._placing:
                continue
            kind, slot, codes, other = self._placing[item]
            if kind == "coded":
                slots.append(slot)
                values.append(codes.get(answer, other))
            elif kind == "number":
                slots.append(slot)
                values.append(answer)
            elif kind == "wide":
                states = self._states(item, answer)
                slots.extend(range(slot, slot + len(states)))
                values.extend(states)
            else:
                slots.append(slot)
                values.append(1.0 if answer else 0.0)

    def _states(self, item: str, answer: tuple[str, ...]) -> tuple[float, ...]:
        states = self._kept.get((item, answer))
        if states is None:
            if len(self._kept) > _KEPT:
                self._kept.clear()
            states = self._kept[item, answer] = option_states(self.items[item].options, answer)
        return states


_KEPT = 100_000
"""Different answers whose states are remembered."""


def option_states(options: tuple[Option, ...], answer: tuple[str, ...]) -> tuple[float, ...]:
    """The presence of each option of a choices or sites item under one answer, whatever the sides."""
    chosen = {entry.partition(":")[0] for entry in answer}
    picked = [option for option in options if option.code in chosen]
    if not picked:
        return (0.0,) * len(options)
    open_codes = {code for option in picked for code in option.leaves_open}
    if any(option.unknown for option in picked):
        open_codes = {option.code for option in options}
    return tuple(_option_state(option, chosen, open_codes) for option in options)


def _option_state(option: Option, chosen: set[str], open_codes: set[str]) -> float:
    if option.unknown:
        return 0.0
    if option.code in chosen:
        return 1.0
    return 0.0 if option.code in open_codes else -1.0


def affirms(option: Option, codes: frozenset[str]) -> int:
    """Whether choosing an option of a choice says that one of some codes is so: 1, 0 or -1."""
    open_codes = frozenset(option.leaves_open)
    if option.unknown:
        return 0
    if option.code in codes or (open_codes and open_codes <= codes):
        return 1
    return 0 if open_codes & codes else -1


def is_known(item: Item, answer: Any) -> bool:
    """True when an answer says more than "unknown"."""
    if answer is None or answer == "" or len(answer if isinstance(answer, tuple | Mapping) else "x") == 0:
        return False
    if item.type == "flag":
        return answer in _FLAG
    if item.type in ("choice", "choices", "sites"):
        chosen = (answer,) if item.type == "choice" else answer
        return any(entry.partition(":")[0] not in _unknown_codes(item.options) for entry in chosen)
    return True


@lru_cache(maxsize=1024)
def _unknown_codes(options: tuple[Option, ...]) -> frozenset[str]:
    return frozenset(option.code for option in options if option.unknown)
