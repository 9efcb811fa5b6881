"""Chance that falls the same way every time: one stream of numbers for each thing that is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Draws named by what they are for, so that drawing one thing more never changes another."""

    def __init__(self, *what: object) -> None:
        self._random = Random("/".join(map(str, what)))

    def chance(self, share: float) -> bool:
        """True in this share of draws."""
        return self._random.random() < share

    def pick(self, weights: Mapping[T, float]) -> T:
        """One of the keys, as often as its weight says."""
        return self._random.choices(list(weights), list(weights.values()))[0]

    def one_of(self, things: Sequence[T]) -> T:
        """One of the things, each as likely as the others."""
        return things[self._random.randrange(len(things))]

    def some_of(self, shares: Mapping[T, float]) -> list[T]:
        """Those keys whose share falls; each by itself."""
        return [thing for thing, share in shares.items() if self.chance(share)]

    def sample(self, things: Sequence[T], size: int) -> list[T]:
        """That many different things."""
        return self._random.sample(list(things), size)

    def between(self, low: float, usual: float, high: float) -> float:
        """A number in the range, most often near the usual one."""
        return self._random.triangular(low, high, usual)

    def wide(self, low: float, usual: float, high: float) -> float:
        """Like between, for what spans from days to years: most often near the usual one by ratio."""
        return float(low * (high / low) ** self._random.triangular(0, 1, _share(low, usual, high)))

    def near(self, value: float, spread: float) -> float:
        """A number around a value."""
        return self._random.gauss(value, spread)

    def number(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return self._random.randint(low, high)

    def token(self) -> str:
        """22 signs that look like an opaque id."""
        signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        return "".join(self.one_of(signs) for _ in range(22))


def _share(low: float, usual: float, high: float) -> float:
    return log(usual / low) / log(high / low)
