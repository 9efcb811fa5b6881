"""A question on the screen: what every widget of the intake is drawn from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dashboard.clinical.vocabulary import Item, Option


@dataclass(frozen=True)
class Field:
    """A question on the screen: its item, the widget key it starts from, and what to call when it changes."""

    item: Item
    key: str
    label: str
    options: tuple[Option, ...]
    changed: Callable[[], None]


def ordered(item: Item, chosen: Iterable[str] | None) -> list[str]:
    """Chosen codes in the order of the item's options."""
    order = [option.code for option in item.options]
    return sorted(chosen or (), key=order.index)


class NotDrawn:
    """What is read from a field whose widget is not on the screen (yet): nothing to save, and no answer cleared."""


NOT_DRAWN = NotDrawn()
