"""Questions answered by a number, typed and never dragged, in the unit people think in.

Changing the unit reads the same typed number in the other unit: someone who types 3 and then says "months" means
three months. Only between shapes that differ (feet and inches, centimetres) is the amount itself carried over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.clinical.vocabulary import Item
from dashboard.intake import shown_value
from dashboard.ui import look
from dashboard.ui.field import NOT_DRAWN, Field

_IN_DIGITS = re.compile(r"\d+(?:\.\d+)?")


def number(field: Field, shown: Any, unit: str | None) -> None:
    """An amount, and beside it its units where there is a choice."""
    units, shown = units_of(field.item), _in_shape(shown, unit)
    if len(units) <= 1:
        _amount(field, field.label, shown, unit)
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"amount-{field.item.id}"):
        _amount(field, field.label, shown, unit)
        st.segmented_control(
            f"Unit of: {look.label(field.item.wording)}",
            units,
            default=unit,
            required=True,
            label_visibility="collapsed",
            format_func=lambda each: "ft in" if each == "ft" else each,
            key=f"{field.key}.unit",
            on_change=field.changed,
            disabled=field.disabled,
        )


def raw_number(item: Item, key: str) -> Any:
    """The number typed: an int or float, [feet, inches], or a pace as text."""
    unit = unit_of(item, key)
    if _value_key(unit, key) not in st.session_state:
        return NOT_DRAWN
    typed = st.session_state[_value_key(unit, key)]
    if unit == "ft":
        inches = _whole(st.session_state.get(f"{key}.in"))
        return None if typed is None and inches is None else [typed, inches or 0]
    return (typed or "").strip() or None if _is_pace(unit) else _whole(typed)


def unit_of(item: Item, key: str) -> str | None:
    """The unit chosen beside the field, or the item's own."""
    chosen: str | None = st.session_state.get(f"{key}.unit", item.unit)
    return chosen


def units_of(item: Item) -> tuple[str, ...]:
    """The units offered: the item's own and its others; inches go with feet, so they are not offered alone."""
    return tuple(each for each in (item.unit, *item.units) if each and not (each == "in" and "ft" in item.units))


def start(item: Item, answer: Any, entered: Mapping[str, Any] | None, unit: str | None) -> Any:
    """A stored number as the raw value its widget starts from in that unit."""
    shown = shown_value(item, answer, entered, unit)
    if unit == "ft":
        return _feet_and_inches(shown)
    return shown if _is_pace(unit) else _whole(shown)


def _amount(field: Field, label: str, shown: Any, unit: str | None) -> None:
    key, changed = _value_key(unit, field.key), field.changed
    if unit == "ft":
        feet, inches = shown or (None, None)
        st.number_input(f"{label} (feet)", value=feet, step=1, key=key, on_change=changed, disabled=field.disabled)
        rest = None if inches is None else float(inches)
        st.number_input(
            "inches",
            value=rest,
            step=1.0,
            format="%g",
            key=f"{field.key}.in",
            on_change=changed,
            width=250,
            disabled=field.disabled,
        )
    elif _is_pace(unit):
        st.text_input(label, value=shown or "", key=key, placeholder="5:30", on_change=changed, disabled=field.disabled)
    else:
        # Also for whole numbers: a field for those reads 5.5 as 5 and 1e3 as 1, and nobody would be told.
        value = None if shown is None else float(shown)
        st.number_input(label, value=value, step=1.0, format="%g", key=key, on_change=changed, disabled=field.disabled)


def _in_shape(shown: Any, unit: str | None) -> Any:
    """What was refused in a unit of another shape, as the same number in this one: 172 feet as 172 cm."""
    if unit == "ft":
        return shown if shown is None or isinstance(shown, list | tuple) else [shown, None]
    if not isinstance(shown, list | tuple):
        return shown
    feet, inches = [*shown, None, None][:2]
    return None if inches else feet


def _value_key(unit: str | None, key: str) -> str:
    return f"{key}.ft" if unit == "ft" else f"{key}.pace" if _is_pace(unit) else key


def _whole(value: Any) -> Any:
    """Whole floats as integers, so that 10.0 and 10 are the same answer."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _feet_and_inches(shown: Any) -> list[float]:
    """From [5, 11], "5 ft 11.5 in" or a number of feet."""
    found = shown if isinstance(shown, list | tuple) else _IN_DIGITS.findall(str(shown))
    feet, inches = [*found, 0, 0][:2]
    return [int(feet), _whole(float(inches or 0))]


def _is_pace(unit: str | None) -> bool:
    return bool(unit and unit.startswith("min/"))
