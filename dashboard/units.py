"""Units as people say them: entered in miles, pounds, feet, weeks; kept in the item's own unit; shown as entered."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
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
Rounding = Callable[[float], int]
_INCHES_A_FOOT = 12
_FAHRENHEIT = ("F", "°F", "degF")
_FEET, _INCHES = r"(?:ft|feet|foot|'|’|′)", r"""(?:in|inches|inch|"|''|”|″)"""
_PAIRED = re.compile(rf"^\s*(\d+)\s*{_FEET}\s*(?:(\d+(?:\.\d+)?)\s*{_INCHES}?)?\s*$")
_CLOCK = re.compile(r"^\s*(\d+):([0-5]\d)\s*$")


class NotMeant(ValueError):  # noqa: N818 - reads as what it is
    """Feet and inches that are no height; the message names the cure."""


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
    """A number from the ways people write one: 5 ft 11, 5:30 a mile, "12,5"; anything else comes back unchanged.

    Raises NotMeant for feet and inches that are no height.
    """
    if isinstance(raw, (list, tuple)) and unit == "ft" and len(raw) == 2:
        return _feet(raw[0], raw[1] or 0)
    if not isinstance(raw, str):
        return raw
    if paired := _PAIRED.match(raw):
        return _feet(paired[1], paired[2] or 0) if unit == "ft" else raw
    if clock := _CLOCK.match(raw):
        return float(int(clock[1]) + Fraction(int(clock[2]), 60)) if unit and unit.startswith("min/") else raw
    return raw.strip().replace(",", ".") if re.fullmatch(r"\s*\d+,\d{1,2}\s*", raw) else raw


def is_known(unit: str) -> bool:
    """Whether this is a unit of anything."""
    return unit in _FAHRENHEIT or any(unit in pair for pair in _FACTORS)


def is_spoken(unit: str) -> bool:
    """Whether values of the unit are written as words (5 ft 11 in, 8:30) and not as one number."""
    return unit == "ft" or unit.startswith("min/")


def said(value: float, unit: str, towards: Rounding = round) -> str:
    """A number with its unit: "5 ft 11 in", "8:51 min/mi", "13.1 mi"."""
    return spoken(value, unit, towards) if unit == "ft" else f"{spoken(value, unit, towards)} {unit}"


def spoken(value: float, unit: str | None, towards: Rounding = round) -> str:
    """A converted number as people say it: 5 ft 11 in, 8:51, 13.1; to the nearest, or always up or down."""
    if unit == "ft":
        feet, inches = divmod(towards(_clean(value * 12)), 12)
        return f"{feet} ft {inches} in"
    if unit and unit.startswith("min/"):
        minutes, seconds = divmod(towards(_clean(value * 60)), 60)
        return f"{minutes}:{seconds:02d}"
    return figure(towards(_clean(value * 10)) / 10)


def figure(value: float) -> str:
    """A number in digits, with every one that was typed: 26.2, 180.34, 1234567."""
    return f"{value:.15g}"


def _clean(value: float) -> float:
    """Without the noise of binary fractions, which would push a whole number up or down by one."""
    return round(value, 9)


def _feet(feet: object, inches: object) -> float:
    """Feet and inches as feet; both in digits, the inches fewer than a foot has. Raises NotMeant."""
    numbers = [_amount(part) for part in (feet, inches)]
    if any(number is None for number in numbers):
        raise NotMeant("needs whole feet and inches in digits, such as 5 ft 11.")
    whole, rest = (number or Fraction(0) for number in numbers)
    if not 0 <= rest < _INCHES_A_FOOT or whole < 0 or (whole.denominator != 1 and rest > 0):
        raise NotMeant("has inches that are not from 0 to 11. Write it like 5 ft 11.")
    return float(whole + rest / _INCHES_A_FOOT)


def _amount(part: object) -> Fraction | None:
    """A number, or one in digits; None for anything else."""
    if isinstance(part, bool) or not isinstance(part, int | float | str):
        return None
    return Fraction(str(part)) if re.fullmatch(r"\s*-?\d{1,6}(\.\d{1,15})?\s*", str(part)) else None


def _factor(unit: str, into: str) -> Fraction:
    if (unit, into) in _FACTORS:
        return _FACTORS[unit, into]
    if (into, unit) in _FACTORS:
        return 1 / _FACTORS[into, unit]
    raise UnknownUnit(f"{unit} cannot be turned into {into}")
