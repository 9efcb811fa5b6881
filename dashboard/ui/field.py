"""A question on the screen: what every widget of the intake is drawn from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from dashboard.clinical.vocabulary import Item, Option

Put = Callable[[Callable[[Any], Any]], bool]
"""Saves what came another way than by a field's own widgets, made from the raw value last dealt with; True once kept.

The widgets then start again from it: what a browser still holds of them cannot undo it.
"""


@dataclass(frozen=True)
class Worst:
    """The question "which of these is the worst" of a question of places: its answer, and how to give another."""

    answer: str | None
    put: Put


@dataclass(frozen=True)
class Field:
    """A question on the screen: its item, the widget key it starts from, and what to call when it changes."""

    item: Item
    key: str
    label: str
    options: tuple[Option, ...]
    changed: Callable[[], None]
    disabled: bool = False
    """True while somebody else writes this form: it is shown and cannot be changed."""
    draft: str = ""
    """What the answer belongs to, for keys that stay when the field starts again."""
    put: Put | None = None
    """How the body chart answers for the widgets; without it there are the widgets alone."""
    worst: Worst | None = None
    """Of a question of places that the body chart draws: the question of the worst of them, when it is asked."""


def ordered(item: Item, chosen: Iterable[str] | None) -> list[str]:
    """Chosen codes in the order of the item's options."""
    order = [option.code for option in item.options]
    return sorted(chosen or (), key=order.index)


class NotDrawn:
    """What is read from a field whose widget is not on the screen (yet): nothing to save, and no answer cleared."""


NOT_DRAWN = NotDrawn()
