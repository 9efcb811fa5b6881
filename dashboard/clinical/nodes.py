"""The three-valued sentences a criterion is made of, each able to say which answers made it so."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dashboard.clinical.columns import Columns, Numbers, Presences
from dashboard.clinical.vocabulary import Item, Option

Names = tuple[str, ...]
"""Item ids in the order first met, without repeats."""

COMPARISONS: dict[str, Callable[[Numbers, Numbers], NDArray[np.bool_]]] = {
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def union(parts: Iterable[Names]) -> Names:
    """All names of the parts, each once, in the order first met."""
    return tuple(dict.fromkeys(name for part in parts for name in part))


class NumberNode(Protocol):
    """A number a case, NaN when unknown."""

    items: Names

    def numbers(self, view: Columns) -> Numbers: ...


class Sentence:
    """A three-valued statement about every case of a view."""

    items: Names = ()
    """Every item it depends on."""

    def _values(self, view: Columns) -> Presences:
        raise NotImplementedError

    def values(self, view: Columns) -> Presences:
        """int8[N] of -1, 0, +1, worked out once a view."""
        found = view.memo.get(self)
        if found is None:
            found = view.memo[self] = self._values(view)
        return found

    def because(self, view: Columns, row: int) -> Names:
        """The items that made this value in one case; for unknown, the unanswered ones that leave it open."""
        if self.values(view)[row] != 0:
            return self.items
        return tuple(item for item in self.items if not view.known(item)[row])


class Always(Sentence):
    """``yes()`` and ``no()``: met, or not met, whatever is answered."""

    def __init__(self, value: int) -> None:
        self.value = value

    def _values(self, view: Columns) -> Presences:
        return np.full(view.size, self.value, dtype=np.int8)


class Flag(Sentence):
    """A yes/no/unknown item standing alone."""

    def __init__(self, item: str) -> None:
        self.items = (item,)

    def _values(self, view: Columns) -> Presences:
        return view.flag(self.items[0])


class OneOf(Sentence):
    """The answer of a choice is one of some options: what each option makes of it is worked out beforehand."""

    def __init__(self, item: Item, codes: frozenset[str]) -> None:
        self.items = (item.id,)
        self.table = np.array([*(_affirms(option, codes) for option in item.options), 0], dtype=np.int8)

    def _values(self, view: Columns) -> Presences:
        return self.table[view.codes(self.items[0])]


class Holds(Sentence):
    """The answer of a choices or sites item holds an option."""

    def __init__(self, item: Item, code: str) -> None:
        self.items = (item.id,)
        self.position = [option.code for option in item.options].index(code)

    def _values(self, view: Columns) -> Presences:
        return view.states(self.items[0])[self.position]


def _affirms(option: Option, codes: frozenset[str]) -> int:
    """Whether choosing an option says that one of some codes is so."""
    open_codes = frozenset(option.leaves_open)
    if option.unknown:
        return 0
    if option.code in codes or (open_codes and open_codes <= codes):
        return 1
    return 0 if open_codes & codes else -1


class Compare(Sentence):
    """Two numbers compared; unknown when either is."""

    def __init__(self, left: NumberNode, operator: str, right: NumberNode) -> None:
        self.left, self.right = left, right
        self.test = COMPARISONS[operator]
        self.items = union([left.items, right.items])

    def _values(self, view: Columns) -> Presences:
        left, right = self.left.numbers(view), self.right.numbers(view)
        outcome = np.where(self.test(left, right), np.int8(1), np.int8(-1))
        outcome[np.isnan(left) | np.isnan(right)] = 0
        return outcome


class Known(Sentence):
    """Whether a sentence has a value at all; never itself unknown."""

    def __init__(self, part: Sentence) -> None:
        self.part = part
        self.items = part.items

    def _values(self, view: Columns) -> Presences:
        return np.where(self.part.values(view) != 0, np.int8(1), np.int8(-1))

    def because(self, view: Columns, row: int) -> Names:
        return self.part.because(view, row)


class KnownNumber(Sentence):
    """Whether a number can be worked out."""

    def __init__(self, part: NumberNode) -> None:
        self.part = part
        self.items = part.items

    def _values(self, view: Columns) -> Presences:
        return np.where(np.isnan(self.part.numbers(view)), np.int8(-1), np.int8(1))


class Answered(Sentence):
    """Whether an item of any type has an answer that says more than "unknown"."""

    def __init__(self, item: str) -> None:
        self.items = (item,)

    def _values(self, view: Columns) -> Presences:
        return np.where(view.known(self.items[0]), np.int8(1), np.int8(-1))


class Not(Sentence):
    """Negation: met becomes not met, unknown stays unknown."""

    def __init__(self, part: Sentence) -> None:
        self.part = part
        self.items = part.items

    def _values(self, view: Columns) -> Presences:
        return -self.part.values(view)

    def because(self, view: Columns, row: int) -> Names:
        return self.part.because(view, row)


class All(Sentence):
    """``and``: the smallest of its parts; for one part, that part."""

    extreme = np.minimum
    settled_by_every = 1
    """The value that needs every part; any other value is made by the parts that have it."""

    def __init__(self, parts: tuple[Sentence, ...]) -> None:
        self.parts = parts
        self.items = union(part.items for part in parts)

    def _values(self, view: Columns) -> Presences:
        values = self.parts[0].values(view)
        for part in self.parts[1:]:
            values = self.extreme(values, part.values(view))
        return values

    def because(self, view: Columns, row: int) -> Names:
        value = self.values(view)[row]
        return union(part.because(view, row) for part in self.parts if part.values(view)[row] == value)


class Any(All):
    """``or``: the greatest of its parts."""

    extreme = np.maximum
    settled_by_every = -1


class AtLeast(Sentence):
    """At least so many of its parts are present; not met once too few could still become so."""

    def __init__(self, wanted: int, parts: tuple[Sentence, ...]) -> None:
        self.wanted = wanted
        self.parts = parts
        self.items = union(part.items for part in parts)

    def _values(self, view: Columns) -> Presences:
        values = np.stack([part.values(view) for part in self.parts])
        present = (values == 1).sum(axis=0)
        possible = (values >= 0).sum(axis=0)
        return (present >= self.wanted).astype(np.int8) - (possible < self.wanted).astype(np.int8)

    def because(self, view: Columns, row: int) -> Names:
        value = self.values(view)[row]
        return union(part.because(view, row) for part in self.parts if part.values(view)[row] == value)


class FindingSentence(Sentence):
    """A finding: present by one criterion, absent by its own or because the first is not met."""

    def __init__(self, present: Sentence, absent: Sentence | None) -> None:
        self.present, self.absent = present, absent
        self.items = union([present.items, absent.items if absent else ()])

    def _values(self, view: Columns) -> Presences:
        present = self.present.values(view)
        if self.absent is None:
            return present
        return np.where(present == 1, np.int8(1), -(self.absent.values(view) == 1).astype(np.int8))

    def because(self, view: Columns, row: int) -> Names:
        if self.absent is None or self.present.values(view)[row] == 1:
            return self.present.because(view, row)
        if self.absent.values(view)[row] == 1:
            return self.absent.because(view, row)
        return super().because(view, row)
