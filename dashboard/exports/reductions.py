"""To what a value is reduced before it leaves: each reduction in one place, everything it does not know left empty."""

from __future__ import annotations

import hmac
import re
import secrets
import tomllib
from base64 import b32encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any

POSTAL = Path(__file__).with_name("postal.toml")
OLDEST = 90
"""From this age on people are one group: 45 CFR 164.514(b)(2)(i)(C)."""
URGENCIES = ("routine", "urgent", "same-day", "emergency")
DAYS_A_WEEK = 7
_POSTAL_CODE = re.compile(r"([0-9]{3})[0-9]{2}(-?[0-9]{4})?")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}")
Reduced = str | int | float | None


@dataclass(frozen=True)
class Limits:
    """What a reduction needs to know of its column: the codes it may say, or the steps it rounds to."""

    codes: frozenset[str] = frozenset()
    step: int = 1
    lowest: int = 0
    highest: int = 0


@dataclass(frozen=True)
class Names:
    """Signs that stand for records within one export: drawn from a key that is forgotten with it."""

    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def sign(self, kind: str, number: int) -> str:
        """The sign of one record of a kind; nobody without the key can tell whose it is."""
        digest = hmac.digest(self.key, f"{kind}:{number}".encode(), "sha256")
        return b32encode(digest[:10]).decode().lower()


def year(value: Any, _: Limits) -> Reduced:
    """The year of a day or a moment."""
    return value.year if isinstance(value, date) else None


def age(value: Any, _: Limits) -> Reduced:
    """Years; 90 and above as one group."""
    number = _number(value)
    return None if number is None or number < 0 else f"{OLDEST}+" if number >= OLDEST else int(number)


def postal(value: Any, _: Limits) -> Reduced:
    """The first three digits of a United States postal code where enough people live, else 000; nothing for others."""
    found = _POSTAL_CODE.fullmatch(str(value or "").strip())
    if found is None:
        return None
    return found[1] if found[1] in kept_prefixes() else instead()


def code(value: Any, _: Limits) -> Reduced:
    """A code of the clinic's own lists."""
    return value if isinstance(value, str) and _CODE.fullmatch(value) else None


def option(value: Any, limits: Limits) -> Reduced:
    """One of the answers that can be chosen."""
    return value if isinstance(value, str) and value in limits.codes else None


def options(value: Any, limits: Limits) -> Reduced:
    """Those that were chosen of the answers that can be."""
    chosen = value if isinstance(value, list | tuple) else ()
    return " ".join(each for each in chosen if isinstance(each, str) and each in limits.codes) or None


def flag(value: Any, _: Limits) -> Reduced:
    """Yes or no; unknown is neither."""
    return value if value in ("yes", "no") else None


def number(value: Any, _: Limits) -> Reduced:
    """A number as it is."""
    return _number(value)


def whole(value: Any, _: Limits) -> Reduced:
    """A number rounded to a whole one."""
    known = _number(value)
    return None if known is None else round(known)


def weeks(value: Any, _: Limits) -> Reduced:
    """Days as whole weeks."""
    known = _number(value)
    return None if known is None else round(known / DAYS_A_WEEK)


def band(value: Any, limits: Limits) -> Reduced:
    """A number rounded to steps, its ends being groups."""
    known = _number(value)
    if known is None:
        return None
    if known < limits.lowest:
        return f"under {limits.lowest}"
    return f"{limits.highest}+" if known >= limits.highest else limits.step * round(known / limits.step)


def urgency(value: Any, _: Limits) -> Reduced:
    """An urgency by its code."""
    return URGENCIES[value] if isinstance(value, int) and 0 <= value < len(URGENCIES) else None


RANDOM = "random"
"""The one reduction that needs the export's own signs."""
REDUCTIONS: Mapping[str, tuple[str, Callable[[Any, Limits], Reduced]]] = {
    "year": ("Year only", year),
    "age": (f"Whole years, {OLDEST} and above as one group", age),
    "postal": ("First three digits, or 000", postal),
    "code": ("A code of the clinic's lists", code),
    "option": ("One of the listed answers", option),
    "options": ("The chosen ones of the listed answers", options),
    "flag": ("Yes or no", flag),
    "number": ("The number", number),
    "whole": ("Rounded to a whole number", whole),
    "weeks": ("Rounded to whole weeks", weeks),
    "band": ("Rounded to steps, the ends as groups", band),
    "urgency": ("One of four urgencies", urgency),
}
"""Reduction -> what it does in words, and how."""
RANDOM_SAYS = "A random sign, new in every export"


@cache
def kept_prefixes() -> frozenset[str]:
    """The prefixes of postal codes that may leave."""
    written = tomllib.loads(POSTAL.read_text(encoding="utf-8"))["kept"]["prefixes"].split()
    ends = [(each[:3], each[-3:]) for each in written]
    return frozenset(f"{prefix:03}" for first, last in ends for prefix in range(int(first), int(last) + 1))


@cache
def instead() -> str:
    """What stands for a prefix that may not leave."""
    return str(tomllib.loads(POSTAL.read_text(encoding="utf-8"))["instead"])


def _number(value: Any) -> int | float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value) else None
