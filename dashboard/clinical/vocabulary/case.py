"""A case and its answers: what is known of somebody, how urgent it is, and how good a number is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

Status = Literal["source-seen", "to-check", "expert"]
"""How good a number is: seen in its source, still to be checked by a clinician, or expert opinion."""

Answer = str | int | float | tuple[str, ...] | Mapping[str, float] | tuple[tuple[str, int | None], ...]
"""A canonical answer, in SI units:
flag -> "yes" | "no" | "unknown"; choice -> option code; choices -> sorted-by-option codes;
sites -> "code" or "code:left" | "code:right" | "code:both"; integer, decimal -> number; text -> str;
mix -> {option code: per cent}, summing to 100; grid -> {"row.side": number};
activities -> ((activity, rating 0-10 or None), ...)."""


class Presence(IntEnum):
    """Three values. Kleene's logic on them is min (and), max (or) and minus (not)."""

    ABSENT = -1
    UNKNOWN = 0
    PRESENT = 1


class Urgency(IntEnum):
    """How soon someone must act; urgencies combine by maximum."""

    ROUTINE = 0
    URGENT = 1
    SAME_DAY = 2
    EMERGENCY = 3

    @property
    def code(self) -> str:
        """The word used in files and on the command line, such as ``same-day``."""
        return self.name.lower().replace("_", "-")

    @classmethod
    def of(cls, code: str) -> Urgency:
        """The urgency a code names; ValueError if there is none."""
        try:
            return cls[code.upper().replace("-", "_")]
        except KeyError:
            raise ValueError(f"no urgency is called {code!r}") from None


@dataclass(frozen=True)
class Case:
    """What is reasoned about: canonical answers by item id, with no name and no record number.

    An item that is not there, and one answered "unknown", are the same to the reasoning: unknown.
    """

    answers: Mapping[str, Answer]
