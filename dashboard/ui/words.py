"""Answers, times and people as the screens say them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import coming, dates, intake, units
from dashboard.clinical.vocabulary import Item
from dashboard.ui.settings import clinic

DATE_FIELDS = ("MM/DD/YYYY", "DD/MM/YYYY")
FLAGS = {"yes": "Yes", "no": "No", "unknown": "Unknown"}


def answer(item: Item, value: Any, entered: Mapping[str, Any] | None = None) -> str:
    """An answer in words: labels for codes, amounts with the unit they were entered in."""
    if item.type == "flag":
        return FLAGS.get(value, str(value))
    if item.type in ("choice", "choices", "sites"):
        return ", ".join(_option(item, each) for each in ([value] if isinstance(value, str) else value))
    if item.type in ("integer", "decimal"):
        return _amount(item, value, entered)
    if isinstance(value, Mapping):
        return ", ".join(
            f"{_cell(item, code)} {share:g}{' %' if item.type == 'mix' else ''}" for code, share in value.items()
        )
    if item.type == "activities":
        return ", ".join(f"{words} ({'–' if rating is None else rating}/10)" for words, rating in value)
    if item.coming and (found := coming.day(value)):
        return dates.said(found)
    return str(value)


def clock(when: datetime) -> str:
    """A time of day on the browser's own clock."""
    return here(when).strftime("%H:%M:%S")


def minute(when: datetime) -> str:
    """A time of day on the browser's own clock, to the minute."""
    return here(when).strftime("%H:%M")


def moment(when: datetime, seconds: bool = False) -> str:
    """A time of day on the browser's own clock, with its day where that is not today: 22 Nov 2026, 13:03."""
    day, now = here(when).date(), here(datetime.now(UTC)).date()
    time = clock(when) if seconds else minute(when)
    return time if day == now else f"{dates.said(day)}, {time}"


def here(when: datetime) -> datetime:
    """A moment in the browser's own time zone."""
    zone = st.context.timezone
    return when.astimezone(ZoneInfo(zone) if zone else UTC)


def since(when: datetime) -> str:
    """How long ago: 12 min, 3 h, 5 days."""
    passed = max(datetime.now(UTC) - when, timedelta())
    minutes = int(passed.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h"
    days = passed.days
    return f"{days} days" if days < 60 else f"{days // 30} months"


def day_typed(text: str) -> date | None:
    """A date typed in the site's form, with its month in letters or with its year first; None when it is none."""
    try:
        return dates.read(text, clinic().date_format)
    except dates.BadDay:
        return None


def day_told(text: str) -> str:
    """What stands beside a day being typed: the day in words that nobody can take two ways, or why it is none."""
    if not text.strip():
        return ""
    try:
        return dates.said(dates.read(text, clinic().date_format))
    except dates.BadDay as why:
        return str(why)


def sex(code: str) -> str:
    """The words of a sex recorded at birth."""
    return _option(intake.knowledge().items["sex_at_birth"], code)


def _option(item: Item, code: str) -> str:
    place, _, side = code.partition(":")
    label = next((option.label for option in item.options if option.code == place), place)
    return label if not side else f"{label} ({'both sides' if side == 'both' else side})"


def _amount(item: Item, value: Any, entered: Mapping[str, Any] | None) -> str:
    unit = (entered or {}).get("unit") or clinic().unit_for((*item.units, item.unit or "")) or item.unit
    shown = intake.shown_value(item, value, entered, unit)
    if isinstance(shown, list | tuple):
        return f"{shown[0]} ft {shown[1]} in"
    number = shown if isinstance(shown, str) else units.figure(shown)
    return number if unit is None or unit == "ft" else f"{number} {unit}"


def _cell(item: Item, code: str) -> str:
    row, _, side = code.partition(".")
    labels = {each.code: each.label for each in item.options} | {each.code: each.label for each in item.rows}
    return f"{labels.get(row, row)} {side}".strip()


def date_field() -> Any:
    """The clinic's date form, as far as a date field can write it; else the one that every country reads alike."""
    form = clinic().date_format
    return form if form in DATE_FIELDS else "YYYY-MM-DD"
