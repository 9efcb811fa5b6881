"""Shares with their intervals: Wilson's, made from the counts as they may be shown."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

from dashboard import disclosure
from dashboard.charts.rows import Share
from dashboard.disclosure import Shown

CONFIDENCE = 0.95
_Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The 95 % interval of a share, as percentages (0–100); (0, 100) of nothing.

    Wilson EB. Probable inference, the law of succession, and statistical inference. JASA 1927;22:209–12.
    """
    if whole <= 0:
        return 0.0, 100.0
    share, square = part / whole, _Z * _Z
    middle = (share + square / (2 * whole)) / (1 + square / whole)
    half = _Z * sqrt(share * (1 - share) / whole + square / (4 * whole * whole)) / (1 + square / whole)
    return max(0.0, 100 * (middle - half)), min(100.0, 100 * (middle + half))


def interval(part: Shown, whole: Shown) -> tuple[float, float] | None:
    """The interval of a share made from the two shown counts; None when either is hidden."""
    if part.number is None or not whole.number:
        return None
    return wilson(min(part.number, whole.number), whole.number)


def interval_words(part: Shown, whole: Shown) -> str:
    """The interval in words, such as "61–78 %"; empty when the share is hidden."""
    found = interval(part, whole)
    return "" if found is None else f"{found[0]:.0f}–{found[1]:.0f} %"


def share_with_interval(part: Shown, whole: Shown) -> str:
    """A share and its interval in words, such as "70 % (61–78 %)"."""
    told = interval_words(part, whole)
    return disclosure.share_words(part, whole) + (f" ({told})" if told else "")


def drawn(label: str, part: Shown, whole: Shown, expected: float | None = None) -> Share:
    """A share as a figure draws it; without a point when it is hidden."""
    low, high = interval(part, whole) or (None, None)
    words = f"{disclosure.share_words(part, whole)} of {whole.words}"
    return Share(label, disclosure.share(part, whole), low, high, words, expected, f"n\u00a0=\u00a0{whole.words}")
