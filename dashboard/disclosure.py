"""Small-number protection for people who may not see patients: two constants and the rounding they rule."""

from __future__ import annotations

from dataclasses import dataclass

SMALL = 10
"""Counts from nought to this are all shown as one band, nought included, so that no one can tell them apart."""
NEAREST = 10
"""Every larger count is rounded to the nearest multiple of this (halves up)."""

BAND = f"0–{SMALL}"
"""The words that stand for every small count."""


@dataclass(frozen=True)
class Shown:
    """A count as it may be shown: ``number`` is None for a small one, ``words`` are what a reader sees."""

    number: int | None
    words: str

    @property
    def drawn(self) -> float:
        """The height a chart gives it; a small count is drawn at the middle of its band."""
        return SMALL / 2 if self.number is None else float(self.number)


def exact(count: int) -> Shown:
    """A count for someone who may see the patients themselves."""
    return Shown(count, f"{count:,}")


def protected(count: int) -> Shown:
    """A count that cannot be traced back to a person by comparing one selection with another."""
    if count <= SMALL:
        return Shown(None, BAND)
    rounded = (count + NEAREST // 2) // NEAREST * NEAREST
    return Shown(rounded, f"{rounded:,}")


def shown(count: int, protect: bool) -> Shown:
    """The count exact, or protected when ``protect`` is true."""
    return protected(count) if protect else exact(count)


def share(part: Shown, whole: Shown) -> float | None:
    """The percentage (0–100) made from the two shown counts, never from the real ones; None when either is hidden."""
    if part.number is None or not whole.number:
        return None
    return min(100.0, 100 * part.number / whole.number)


def share_words(part: Shown, whole: Shown) -> str:
    """The percentage in words; a hidden one says so."""
    value = share(part, whole)
    return "too few to say" if value is None else f"{value:.0f} %"
