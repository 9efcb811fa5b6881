"""Weights of evidence as whole millibans, rounded once, the same on every machine."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache

_CONTEXT = Context(prec=40)
_WHOLE = Decimal(1)


@cache
def millibans(ratio: float, exponent: float = 1.0) -> int:
    """1000 · exponent · log10(ratio), rounded half away from zero.

    Worked out in decimal: a machine's own logarithm may differ in the last place and so on the rounding edge.
    """
    weight = _CONTEXT.multiply(_CONTEXT.log10(Decimal(repr(ratio))), Decimal(repr(exponent))) * 1000
    return int(weight.quantize(_WHOLE, rounding=ROUND_HALF_UP))


def likelihood_ratio(weight: int) -> float:
    """The ratio a weight in millibans stands for, to six decimals."""
    return float(round(10.0 ** (weight / 1000), 6))
