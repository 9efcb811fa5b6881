"""How a single answer becomes a number or the states of its options; what was met before is remembered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

import numpy as np

from dashboard.clinical.vocabulary import Item, Option

Reader = Callable[[Any], Any]
NUMERIC, SEVERAL = ("integer", "decimal"), ("choices", "sites")
"""Types of items that are one number, and a list of options."""
_KEPT = 100_000
"""Different answers whose states are remembered."""


_KINDS = {
    "integer": "number", "decimal": "number", "choices": "list", "sites": "list", "grid": "cells", "mix": "cells",
}  # fmt: skip
Told = tuple[str, Reader, Any]
"""How an item is laid out, what reads it, and for a list what it remembers."""


class Codes(dict[str, int]):
    """A number for each word, and one for any other."""

    def __init__(self, codes: Mapping[str, int], other: int) -> None:
        super().__init__(codes)
        self.other = other

    def __missing__(self, word: str) -> int:
        return self.other


class Readers(dict[str, Reader]):
    """How each item's answer becomes a number; what is no item is not looked at."""

    def __missing__(self, item: str) -> Reader:
        return bool


class Reading:
    """A reader for every item, and the tables of those that remember the answers they met."""

    def __init__(self, items: Mapping[str, Item]) -> None:
        self.items = items
        self.lists = [(item.id, States(item.options)) for item in items.values() if item.type in SEVERAL]
        self.readers = Readers({item.id: _reader(item) for item in items.values()})
        self.readers.update({item: states.__getitem__ for item, states in self.lists})
        known = dict(self.lists)
        self.told: dict[str, Told] = {
            item.id: (_KINDS.get(item.type, "coded"), self.readers[item.id], known.get(item.id))
            for item in items.values()
        }

    def kept(self) -> Reading:
        """Itself; a new one when too much is remembered."""
        return self if all(len(states) < _KEPT for _, states in self.lists) else Reading(self.items)


def _reader(item: Item) -> Reader:
    """A number for an answer; only built-in functions, because they are asked for every single answer."""
    if item.type == "flag":
        return Codes({"yes": 1, "no": -1}, 0).__getitem__
    if item.type == "choice":
        return Codes({o.code: place for place, o in enumerate(item.options)}, len(item.options)).__getitem__
    return float if item.type in NUMERIC else bool


class States(dict[tuple[str, ...], int]):
    """The answers to one choices or sites item met so far, each with its place in a table of option states."""

    def __init__(self, options: tuple[Option, ...]) -> None:
        super().__init__()
        self.options, self.width = options, len(options)
        self._lock = Lock()
        self.table = np.zeros((64, self.width), dtype=np.int8)
        """int8[answers, options]; the first row is for no answer."""
        self.rows: list[tuple[int, ...]] = [(0,) * self.width]
        """The same as tuples, for a single case."""

    def __missing__(self, answer: tuple[str, ...]) -> int:
        states = option_states(self.options, answer)
        with self._lock:
            place = len(self) + 1
            if place == len(self.table):
                self.table = np.concatenate([self.table, np.zeros_like(self.table)])
            self.table[place] = states
            self.rows[place:] = [states]
            return self.setdefault(answer, place)


def option_states(options: tuple[Option, ...], answer: tuple[str, ...]) -> tuple[int, ...]:
    """The presence of each option of a choices or sites item under one answer, whatever the sides."""
    chosen = {entry.partition(":")[0] for entry in answer}
    picked = [option for option in options if option.code in chosen]
    if not picked:
        return (0,) * len(options)
    open_codes = {code for option in picked for code in option.leaves_open}
    if any(option.unknown for option in picked):
        open_codes = {option.code for option in options}
    return tuple(_option_state(option, chosen, open_codes) for option in options)


def _option_state(option: Option, chosen: set[str], open_codes: set[str]) -> int:
    if option.unknown:
        return 0
    if option.code in chosen:
        return 1
    return 0 if option.code in open_codes else -1


def affirms(option: Option, codes: frozenset[str]) -> int:
    """Whether choosing an option of a choice says that one of some codes is so: 1, 0 or -1."""
    open_codes = frozenset(option.leaves_open)
    if option.unknown:
        return 0
    if option.code in codes or (open_codes and open_codes <= codes):
        return 1
    return 0 if open_codes & codes else -1
