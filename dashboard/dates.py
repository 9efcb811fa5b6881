"""Days as people type and write them, in the form of the site they are at; what can be taken two ways is said back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

FORMS = ("MM/DD/YYYY", "DD/MM/YYYY", "YYYY-MM-DD", "D Mon YYYY")
"""The forms a clinic or one of its sites may write days in."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ORDERS: Mapping[str, str] = {"MM/DD/YYYY": "mdy", "DD/MM/YYYY": "dmy", "YYYY-MM-DD": "ymd", "D Mon YYYY": "dmy"}
_PARTS = {"d": "day", "m": "month", "y": "year"}
LONGEST = 24
"""Letters of the longest day anybody writes, such as "14 September 1989", with some to spare."""


class BadDay(ValueError):  # noqa: N818 - the words are the screen's own
    """What was typed is no day; the message names the cure and never repeats what was typed."""


def written(day: date | None, form: str) -> str:
    """A day in a form; an empty string for None."""
    if day is None:
        return ""
    if form == "D Mon YYYY":
        return said(day)
    return form.replace("YYYY", f"{day.year:04d}").replace("MM", f"{day.month:02d}").replace("DD", f"{day.day:02d}")


def said(day: date) -> str:
    """A day that nobody can take for another one: 4 Mar 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def read(text: str, form: str) -> date:
    """The day typed: in the form's order, with its month in letters anywhere, or with its year first. Raises BadDay.

    Any of / . - , and spaces may stand between its parts, or nothing. A year has four digits: 26 could be two.
    """
    parts = _cut(text, form)
    order = _order(parts, _ORDERS[form])
    found = {part: _number(words, part, form) for part, words in zip(order, parts, strict=True)}
    try:
        return date(found["y"], found["m"], found["d"])
    except ValueError:
        raise BadDay(f"There is no such day. {cure(form)}") from None


def cure(form: str) -> str:
    """How to write a day in that form."""
    return f"Write it as {form}, such as {written(date(1989, 3, 14), form)}."


def _cut(text: str, form: str) -> list[str]:
    text = text.strip()
    if len(text) > LONGEST:
        raise BadDay(f"That is too long for a day. {cure(form)}")
    parts = [part for part in re.split(r"[/.,\-\s]+", text) if part]
    if len(parts) == 1 and len(text) == 8 and text.isdecimal():
        four, six = (4, 6) if _ORDERS[form] == "ymd" else (2, 4)
        parts = [text[:four], text[four:six], text[six:]]
    if len(parts) != 3:
        raise BadDay(f"A day has a day, a month and a year. {cure(form)}")
    return parts


def _order(parts: list[str], order: str) -> str:
    """Which part is what: letters are the month, and four digits in front the year."""
    lettered = [place for place, part in enumerate(parts) if part[0].isalpha()]
    if len(parts[0]) == 4 and parts[0].isdecimal():
        return "ymd"
    if lettered and lettered[0] < 2:
        return "mdy" if lettered[0] == 0 else "dmy"
    return order


def _number(words: str, part: str, form: str) -> int:
    if part == "m" and words.isalpha():
        named = [place for place, name in enumerate(_MONTHS, 1) if name.lower() == words[:3].lower()]
        if named:
            return named[0]
    if not words.isdecimal() or len(words) > 4:
        raise BadDay(f"The {_PARTS[part]} cannot be read. {cure(form)}")
    if part == "y" and len(words) != 4:
        raise BadDay(f"Write the year with four digits. {cure(form)}")
    return int(words)
