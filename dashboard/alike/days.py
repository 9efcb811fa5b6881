"""Comparing days of birth: the same, day and month swapped, two digits exchanged, one digit another."""

from __future__ import annotations

from datetime import date

from dashboard.alike.names import Grade
from dashboard.alike.weights import weights


def born(one: date | None, other: date | None) -> Grade | None:
    """How two days agree; None where either is missing."""
    if one is None or other is None:
        return None
    if one == other:
        return Grade("same")
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return Grade("swapped")
    return Grade(_slip(one.isoformat().replace("-", ""), other.isoformat().replace("-", "")) or _apart(one, other))


def _slip(one: str, other: str) -> str:
    """Which slip is between two days of eight digits each; empty when it is none."""
    places = [at for at, (digit, another) in enumerate(zip(one, other, strict=True)) if digit != another]
    if len(places) == 1:
        return "digit"
    if len(places) == 2 and places[1] == places[0] + 1 and one[places[0]] == other[places[1]]:
        return "transposed" if one[places[1]] == other[places[0]] else ""
    return ""


def _apart(one: date, other: date) -> str:
    return "generation" if abs(one.year - other.year) >= weights().limits["generation_years"] else "differs"
