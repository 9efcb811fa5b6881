"""Units as people say them: entered in miles, pounds, feet, weeks; kept in the item's own unit; shown as entered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

# Exact by definition (international yard and pound, 1959); a month is a twelfth of the Gregorian mean year.
_FACTORS: Mapping[tuple[str, str], Fraction] = {
    ("mi", "km"): Fraction("1.609344"),
    ("m", "km"): Fraction("0.001"),
    ("mi", "m"): Fraction("1609.344"),
    ("ft", "m"): Fraction("0.3048"),
    ("yd", "m"): Fraction("0.9144"),
    ("km", "m"): Fraction(1000),
    ("lb", "kg"): Fraction("0.45359237"),
    ("st", "kg"): Fraction("6.35029318"),
    ("ft", "cm"): Fraction("30.48"),
    ("in", "cm"): Fraction("2.54"),
    ("m", "cm"): Fraction(100),
    ("hours", "min"): Fraction(60),
    ("hours", "days"): Fraction(1, 24),
    ("weeks", "days"): Fraction(7),
    ("months", "days"): Fraction(146097, 4800),
    ("years", "days"): Fraction(146097, 400),
    ("months", "weeks"): Fraction(146097, 33600),
    ("min/mi", "min/km"): 1 / Fraction("1.609344"),
    ("g/L", "g/dL"): Fraction("0.1"),
    ("in", "mm"): Fraction("25.4"),
}
_FAHRENHEIT = ("F", "°F", "degF")
_FEET, _INCHES = r"(?:ft|feet|foot|'|’|′)", r"""(?:in|inches|inch|"|''|”|″)"""
_PAIRED = re.compile(rf"^\s*(\d+)\s*{_FEET}\s*(?:(\d+(?:\.\d+)?)\s*{_INCHES}?)?\s*$")
_CLOCK = re.compile(r"^\s*(\d+):([0-5]\d)\s*$")


class UnknownUnit(ValueError):  # noqa: N818 - reads as what it is
    """There is no way from one unit to the other."""


def converted(value: float, unit: str, into: str) -> float:
    """``value`` of ``unit`` in the unit ``into``, correct to the nearest float; raises UnknownUnit."""
    if unit == into:
        return value
    if unit in _FAHRENHEIT:
        return float((Fraction(value) - 32) * 5 / 9)
    if into in _FAHRENHEIT:
        return float(Fraction(value) * 9 / 5 + 32)
    return float(Fraction(value) * _factor(unit, into))


def quantity(raw: object, unit: str | None) -> object:
    """A number from the ways people write one: 5 ft 11, 5:30 a mile, "12,5"; anything else comes back unchanged."""
    if isinstance(raw, (list, tuple)) and unit == "ft" and len(raw) == 2:
        return _feet(raw[0], raw[1])
    if not isinstance(raw, str):
        return raw
    if paired := _PAIRED.match(raw):
        return _feet(paired[1], paired[2] or 0) if unit == "ft" else raw
    if clock := _CLOCK.match(raw):
        return float(int(clock[1]) + Fraction(int(clock[2]), 60)) if unit and unit.startswith("min/") else raw
    return raw.strip().replace(",", ".") if re.fullmatch(r"\s*\d+,\d{1,2}\s*", raw) else raw


def is_spoken(unit: str) -> bool:
    """Whether values of the unit are written as words (5 ft 11 in, 8:30) and not as one number."""
    return unit == "ft" or unit.startswith("min/")


def said(value: float, unit: str) -> str:
    """A number with its unit: "5 ft 11 in", "8:51 min/mi", "13.1 mi"."""
    return spoken(value, unit) if unit == "ft" else f"{spoken(value, unit)} {unit}"


def spoken(value: float, unit: str | None) -> str:
    """A converted number as people say it: 5 ft 11 in, 8:51, 13.1."""
    if unit == "ft":
        feet, inches = divmod(round(value * 12), 12)
        return f"{feet} ft {inches} in"
    if unit and unit.startswith("min/"):
        minutes, seconds = divmod(round(value * 60), 60)
        return f"{minutes}:{seconds:02d}"
    return f"{round(value, 1):g}"


def _feet(feet: object, inches: object) -> object:
    try:
        return float(Fraction(str(feet)) + Fraction(str(inches)) / 12)
    except (ValueError, ZeroDivisionError):
        return f"{feet} ft {inches} in"


def _factor(unit: str, into: str) -> Fraction:
    if (unit, into) in _FACTORS:
        return _FACTORS[unit, into]
    if (into, unit) in _FACTORS:
        return 1 / _FACTORS[into, unit]
    raise UnknownUnit(f"{unit} cannot be turned into {into}")
