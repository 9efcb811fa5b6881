"""One answer: whatever was typed or held in a file, as the canonical value of its item, or why not."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date

from dashboard.clinical.answers.bad import BadAnswer
from dashboard.clinical.answers.grids import read_grid
from dashboard.clinical.answers.options import SIDES, read_choice, read_choices, read_sites
from dashboard.clinical.spelling import AFFIRMATIONS, NEGATIONS, UNKNOWN, simplified
from dashboard.clinical.vocabulary import Answer, Item

__all__ = ["BadAnswer", "read_answer"]

LONGEST_TEXT = 4000
MOST_ACTIVITIES = 10
_MIX_TOLERANCE = 1.0
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)")
_MEASURED = re.compile(r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,15}(?:\.\d{1,15})?)[\s-]*(\D{1,12})")
"""A number and the unit written after it; a comma only where thousands are parted."""
_OUT_OF = re.compile(
    r"(?:about|approx\.?|ca\.?|~|≈)?\s*(\d+(?:\.\d+)?)\s*(?:/|(?:out )?of)\s*(\d+)(?: positive)?", re.IGNORECASE
)
_DAYS = {"hour": 1 / 24, "day": 1, "week": 7, "month": 30, "year": 365}
_SHORT = {"h": "hour", "hr": "hour", "d": "day", "wk": "week", "w": "week", "mo": "month", "mth": "month", "y": "year",
          "yr": "year"}  # fmt: skip
_SAME_UNIT = {
    "°C": ("c", "celsius", "degrees c", "deg c"), "U/L": ("iu/l", "units/l", "u"), "mm/h": ("mm", "mm/hr", "mm/1h"),
    "years": ("year", "y", "yr", "yo", "years old"), "min": ("mins", "minutes", "minute"), "ml": ("cc", "mls"),
    "km": ("kilometres", "kilometers"), "m": ("metres", "meters"), "kg": ("kilograms",), "hours": ("h", "hr", "hrs"),
}  # fmt: skip
"""Other spellings of a unit that change nothing in the number."""


def read_answer(item: Item, raw: object, lenient: bool = False) -> Answer | None:
    """The canonical answer, None when it is blank or says "unknown"; BadAnswer when it cannot be one.

    ``lenient`` also takes descriptions ("fall 4-5 ft" is a yes), as found in published cases.
    """
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    return _READERS[item.type](item, raw, lenient)


def _flag(item: Item, raw: object, lenient: bool) -> Answer | None:
    if isinstance(raw, bool):
        return "yes" if raw else "no"
    if not isinstance(raw, str):
        raise BadAnswer(item.id, "should be yes, no or unknown.")
    words = simplified(raw)
    whole = {"+": "yes", "-": "no", "n": "no"}.get(words) or _first_word(words)
    exact = words in AFFIRMATIONS | NEGATIONS | UNKNOWN | {"+", "-", "n"}
    if whole and (exact or item.detail or lenient):
        return whole
    if lenient and (item.detail or words.split(" ", 1)[0] in SIDES):
        return "yes"
    raise BadAnswer(item.id, "should be yes, no or unknown" + (" (a description may follow)." if item.detail else "."))


def _first_word(words: str) -> str | None:
    """What a description begins with: "yes breast 6 y" is a yes, "no known injury" a no."""
    first = words.split(" ", 1)[0]
    if words in UNKNOWN or first in ("unknown", "unsure", "unclear"):
        return "unknown"
    if first in AFFIRMATIONS:
        return "yes"
    return "no" if first in NEGATIONS else None


def _number(item: Item, raw: object, lenient: bool) -> Answer | None:
    number = _as_number(item, raw, lenient)
    if number is None:
        return None
    whole = item.type == "integer"
    if whole and number != int(number):
        raise BadAnswer(item.id, "should be a whole number.")
    low, high = item.minimum, item.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        unit = f" {item.unit}" if item.unit else ""
        raise BadAnswer(item.id, f"is out of range: it should lie from {low:g} to {high:g}{unit}.")
    return int(number) if whole else float(number)


def _as_number(item: Item, raw: object, lenient: bool) -> float | None:
    kind = "a whole number" if item.type == "integer" else "a number"
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise BadAnswer(item.id, f"should be {kind}, not {_named(raw)}.")
    if isinstance(raw, str):
        return _spelled_number(item, _plainer(item, raw) if lenient else raw, kind)
    if isinstance(raw, float) and not math.isfinite(raw):
        raise BadAnswer(item.id, f"should be {kind}; it is not finite.")
    return raw


def _plainer(item: Item, raw: str) -> str:
    """A record's "about 8/10" without what is no number, when the scale is the item's own."""
    found = _OUT_OF.fullmatch(raw.strip())
    if found and item.maximum is not None and float(found[2]) == item.maximum:
        return found[1]
    return re.sub(r"^\s*(about|approx\.?|ca\.?|~|≈)\s*", "", raw, flags=re.IGNORECASE)


def _spelled_number(item: Item, raw: str, kind: str) -> float | None:
    if simplified(raw) in UNKNOWN:
        return None
    text = raw.strip()
    clock = _CLOCK.fullmatch(text)
    if clock and (item.unit or "").startswith("min/"):
        return int(clock[1]) + int(clock[2]) / 60
    text = _without_unit(item, text)
    if not re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,15})?", text):
        unit = f" in {item.unit}" if item.unit else ""
        raise BadAnswer(item.id, f"should be {kind}{unit}, written in digits.")
    return float(text)


def _without_unit(item: Item, text: str) -> str:
    """The digits of "38.5 °C" or "22,000 U/L"; a length of time in other units becomes the item's own."""
    measured = _MEASURED.fullmatch(text)
    if item.unit is None or measured is None:
        return text
    digits, unit = measured[1].replace(",", ""), measured[2].casefold().strip().rstrip(".")
    if unit.lstrip("° ") == item.unit.casefold().lstrip("°") or unit.lstrip("° ") in _SAME_UNIT.get(item.unit, ()):
        return digits
    given, own = _length_of_time(unit), _length_of_time(item.unit)
    if item.unit in ("days", "weeks") and given and own:
        return f"{float(digits) * given / own:.15g}"
    return text


def _length_of_time(unit: str) -> float | None:
    """Days in a "wk", "weeks" or "mo"."""
    word = unit.removesuffix("s")
    return _DAYS.get(_SHORT.get(word, word))


def _named(raw: object) -> str:
    return {bool: "true or false", list: "a list", dict: "a table"}.get(type(raw), "that")


def _text(item: Item, raw: object, lenient: bool) -> Answer | None:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise BadAnswer(item.id, f"should be words, not {_named(raw)}.")
    if isinstance(raw, float) and not math.isfinite(raw):
        raise BadAnswer(item.id, "should be words; it is not a number JSON has.")
    words = str(raw).strip()
    if item.coming:
        return _day(item, words)
    if len(words) > LONGEST_TEXT:
        raise BadAnswer(item.id, f"is longer than {LONGEST_TEXT} characters. Shorten it.")
    return words


def _day(item: Item, words: str) -> str | None:
    if simplified(words) in UNKNOWN:
        return None
    try:
        return date.fromisoformat(words).isoformat()
    except ValueError:
        raise BadAnswer(item.id, "is not a day that can be read.") from None


def _mix(item: Item, raw: object, lenient: bool) -> Answer | None:
    if isinstance(raw, str) and re.search(r"\d", raw):
        raw = dict(_percentages(item, raw))
    if isinstance(raw, str):
        code = read_choice(item, raw, lenient)
        return None if code is None else {str(code): 100.0}
    if not isinstance(raw, Mapping):
        raise BadAnswer(item.id, 'should give a per cent for each surface, such as {"trail": 60, "grass": 40}.')
    shares: dict[str, float] = {}
    for spelling, value in raw.items():
        code = str(read_choice(item, str(spelling), False))
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
            raise BadAnswer(item.id, f"gives '{code}' no per cent from 0 to 100.")
        shares[code] = shares.get(code, 0.0) + float(value)
    return _whole_mix(item, shares)


def _percentages(item: Item, raw: str) -> Iterator[tuple[str, float]]:
    """ "asphalt 60 %, trail 40 %" in pairs."""
    for part in raw.split(","):
        found = re.fullmatch(r"\s*(\D+?)\s*(\d{1,3}(?:\.\d+)?)\s*%?\s*", part)
        if found is None:
            raise BadAnswer(item.id, "should give a per cent for each surface, such as trail 60, grass 40.")
        yield found[1], float(found[2])


def _whole_mix(item: Item, shares: dict[str, float]) -> Answer | None:
    total = sum(shares.values())
    if not shares or total == 0:
        return None
    if abs(total - 100) > _MIX_TOLERANCE:
        raise BadAnswer(item.id, f"adds up to {total:g} per cent. Make it 100.")
    order = [option.code for option in item.options]
    return {code: shares[code] for code in order if shares.get(code)}


def _activities(item: Item, raw: object, lenient: bool) -> Answer | None:
    entries = [raw] if isinstance(raw, str | Mapping) else raw
    if not isinstance(entries, list | tuple) or len(entries) > MOST_ACTIVITIES:
        raise BadAnswer(item.id, f"should be a list of at most {MOST_ACTIVITIES} activities, each with a rating.")
    read = tuple(entry for entry in (_activity(item, e) for e in entries) if entry is not None)
    return read or None


def _activity(item: Item, entry: object) -> tuple[str, int | None] | None:
    if isinstance(entry, Mapping) and "activity" in entry:
        entry = (entry.get("activity"), entry.get("rating"))
    if isinstance(entry, str):
        entry = (entry, None)
    if not isinstance(entry, list | tuple) or len(entry) != 2 or not isinstance(entry[0], str | None):
        raise BadAnswer(item.id, "should hold entries of an activity and a rating from 0 to 10.")
    words, rating = (entry[0] or "").strip()[:LONGEST_TEXT], entry[1]
    rated = rating is None or (type(rating) is int and 0 <= rating <= 10)
    if not rated:
        raise BadAnswer(item.id, "has a rating that should be a whole number from 0 to 10.")
    return (words, rating) if words else None


_READERS: dict[str, Callable[[Item, object, bool], Answer | None]] = {
    "flag": _flag,
    "choice": read_choice,
    "choices": read_choices,
    "sites": read_sites,
    "integer": _number,
    "decimal": _number,
    "text": _text,
    "mix": _mix,
    "grid": read_grid,
    "activities": _activities,
}
