"""One widget a kind of question: how it is drawn from an answer, and how its raw value is read back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dashboard.clinical.vocabulary import Item
from dashboard.ui import field_choices as choices
from dashboard.ui import field_numbers as numbers
from dashboard.ui import field_tables as tables
from dashboard.ui.field import NOT_DRAWN, Field

__all__ = ["NOT_DRAWN", "Field", "comparable", "draw", "raw", "start", "unit_of"]

unit_of = numbers.unit_of

_DRAW: Mapping[str, Callable[[Field, Any, str | None], None]] = {
    "flag": choices.flag,
    "choice": choices.choice,
    "choices": choices.choices,
    "sites": choices.sites,
    "integer": numbers.number,
    "decimal": numbers.number,
    "text": tables.text,
    "mix": tables.mix,
    "grid": tables.grid,
    "activities": tables.activities,
}
_RAW: Mapping[str, Callable[[Item, str], Any]] = {
    "flag": choices.raw_one,
    "choice": choices.raw_one,
    "choices": choices.raw_several,
    "sites": choices.raw_sites,
    "integer": numbers.raw_number,
    "decimal": numbers.raw_number,
    "text": tables.raw_text,
    "mix": tables.raw_mix,
    "grid": tables.raw_grid,
    "activities": tables.raw_activities,
}


def draw(field: Field, shown: Any, unit: str | None) -> None:
    """Draw the widget of the item's type, starting from ``shown`` (a raw value as `raw` gives it)."""
    _DRAW[field.item.type](field, shown, unit)


def raw(item: Item, key: str) -> Any:
    """What the widgets under this key hold: None when nothing was entered, NOT_DRAWN when they are not there."""
    return _RAW[item.type](item, key)


def start(item: Item, answer: Any, entered: Mapping[str, Any] | None, unit: str | None) -> Any:
    """A stored answer as the raw value its widgets start from."""
    if answer is None:
        return None
    if item.type in ("integer", "decimal"):
        return numbers.start(item, answer, entered, unit)
    return dict(answer) if isinstance(answer, Mapping) else _listed(answer)


def comparable(item: Item, value: Any, unit: str | None) -> Any:
    """A raw value with its unit where it has one, for telling whether a person changed it."""
    return (value, unit) if value is not None and item.units else value


def _listed(value: Any) -> Any:
    """Tuples as lists, as widgets and stored JSON have them."""
    return [_listed(each) for each in value] if isinstance(value, Sequence) and not isinstance(value, str) else value
