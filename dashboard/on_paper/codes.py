"""What is typed for an answer on paper: Y, N and U, the digits before the options, amounts with their unit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dashboard.clinical.answers import BadAnswer
from dashboard.clinical.vocabulary import Item
from dashboard.entry import Accepted, accept, shown_value
from dashboard.letters import one_line
from dashboard.on_paper.lines import Line

FLAGS = {"y": "yes", "s": "yes", "n": "no", "u": "unknown", "?": "unknown"}
"""Yes, sí, no and unknown, as their first letters."""
SIDES = {"l": "left", "r": "right", "b": "both", "i": "left", "d": "right", "a": "both"}
"""Left, right and both, as their first letters in English and Spanish."""
UNREADABLE = "??"
"""Typed for what stands on the paper and cannot be read: no answer, and to be asked."""
LONGEST = 500
_UNITS = {
    **dict.fromkeys(("lbs", "pounds"), "lb"),
    **dict.fromkeys(("d", "day"), "days"),
    **dict.fromkeys(("w", "wk", "wks", "week"), "weeks"),
    **dict.fromkeys(("mo", "mth", "month"), "months"),
    **dict.fromkeys(("y", "yr", "yrs", "year"), "years"),
    **dict.fromkeys(("h", "hr", "hrs", "hour"), "hours"),
    "miles": "mi",
    "kgs": "kg",
    "minutes": "min",
}
_MEASURED = re.compile(r"([+-]?[\d.,:]+)\s*([^\d\s.,:].*)")
_PLACE = re.compile(r"(\d{1,2})([a-z]?)")
_SHARE = re.compile(r"(\d{1,2})\s*[:=]\s*(\d{1,3}(?:[.,]\d)?)\s*%?")


def keyed(line: Line, text: str, unit: str | None = None) -> Accepted:
    """What was typed for a line as an answer; blank and ``??`` are none. BadAnswer says what may be typed.

    ``unit`` is the one printed on the form, for amounts typed without any.
    """
    text = one_line(text)
    if len(text) > LONGEST:
        raise BadAnswer(line.item.id, f"is longer than {LONGEST} characters. Shorten it.")
    if not text or text == UNREADABLE:
        return Accepted(None)
    if line.item.type in ("integer", "decimal"):
        return _amount(line.item, text, unit)
    return accept(line.item, _READ[line.item.type](line, text))


def spelled(line: Line, answer: Any, entered: Mapping[str, Any] | None = None, unit: str | None = None) -> str:
    """What would be typed for an answer; an empty string for none."""
    return "" if answer is None else _SPELL[line.item.type](line, answer, entered, unit)


def _flag(line: Line, text: str) -> str:
    found = FLAGS.get(text.lower())
    if found is None:
        raise BadAnswer(line.item.id, "takes Y, N or U.")
    return found


def _choice(line: Line, text: str) -> str:
    return _option(line, text)


def _choices(line: Line, text: str) -> list[str]:
    return [_option(line, part) for part in re.split(r"[\s,;+]+", text) if part]


def _sites(line: Line, text: str) -> list[str]:
    return [_site(line, part) for part in re.split(r"[\s,;+]+", text.lower()) if part]


def _site(line: Line, text: str) -> str:
    found = _PLACE.fullmatch(text)
    if not found or (found[2] and found[2] not in SIDES):
        raise BadAnswer(line.item.id, "takes the numbers of places, each with L, R or B: 4L 2B 1.")
    code = _option(line, found[1])
    return f"{code}:{SIDES[found[2]]}" if found[2] else code


def _mix(line: Line, text: str) -> dict[str, float]:
    shares = {}
    for part in re.split(r"[\s,;]+(?=\d{1,2}\s*[:=])", text):
        found = _SHARE.fullmatch(part.strip())
        if not found:
            raise BadAnswer(line.item.id, "takes a number and its per cent for each: 1:60 3:40.")
        shares[_option(line, found[1])] = float(found[2].replace(",", "."))
    return shares


def _activities(line: Line, text: str) -> list[list[Any]]:
    return [_activity(line, part.strip()) for part in text.split(";") if part.strip()]


def _activity(line: Line, text: str) -> list[Any]:
    words, equals, rating = text.rpartition("=")
    if not equals:
        return [text, None]
    if not rating.strip().isdecimal():
        raise BadAnswer(line.item.id, "takes each activity with its rating: gardening=4; stairs=6.")
    return [words.strip(), int(rating)]


def _option(line: Line, text: str) -> str:
    if not text.isdecimal() or len(text) > 2 or not 1 <= int(text) <= len(line.options):
        raise BadAnswer(line.item.id, f"takes a number from 1 to {len(line.options)}.")
    return line.options[int(text) - 1].code


def _amount(item: Item, text: str, unit: str | None) -> Accepted:
    allowed = [each for each in (item.unit, *item.units) if each]
    own = unit if unit in allowed else item.unit
    measured = _MEASURED.fullmatch(text)
    if measured and "ft" in allowed and re.match(r"\s*(ft|feet|foot|'|’|′)", measured[2]):
        return accept(item, text, "ft")
    if measured:
        named = measured[2].strip().rstrip(".").lower()
        found = next((each for each in allowed if each.lower() == named), _UNITS.get(named, named))
        if found not in allowed:
            raise BadAnswer(item.id, f"cannot be entered in {named}; use {' or '.join(allowed) or 'no unit'}.")
        return accept(item, _digits(measured[1]), found)
    return accept(item, _digits(text), own)


def _digits(text: str) -> int | float | str:
    """A number where the digits make one; whatever else was typed, as it is."""
    plain = text.replace(",", ".")
    if re.fullmatch(r"-?\d{1,9}", plain):
        return int(plain)
    return float(plain) if re.fullmatch(r"-?\d{1,9}\.\d{1,6}", plain) else text


def _as_typed(line: Line, text: str) -> str:
    return text


_READ: Mapping[str, Callable[[Line, str], Any]] = {
    "flag": _flag,
    "choice": _choice,
    "choices": _choices,
    "sites": _sites,
    "mix": _mix,
    "activities": _activities,
    "text": _as_typed,
}


def _digit(line: Line, code: str) -> str:
    return next((str(place) for place, option in enumerate(line.options, 1) if option.code == code), UNREADABLE)


def _spell_flag(line: Line, answer: str, *_: Any) -> str:
    return answer[0]


def _spell_choice(line: Line, answer: str, *_: Any) -> str:
    return _digit(line, answer)


def _spell_choices(line: Line, answer: Sequence[str], *_: Any) -> str:
    return " ".join(_digit(line, code) for code in answer)


def _spell_sites(line: Line, answer: Sequence[str], *_: Any) -> str:
    parts = (each.partition(":") for each in answer)
    return " ".join(_digit(line, code) + (side[:1].upper()) for code, _, side in parts)


def _spell_mix(line: Line, answer: Mapping[str, float], *_: Any) -> str:
    return " ".join(f"{_digit(line, code)}:{share:g}" for code, share in answer.items())


def _spell_activities(line: Line, answer: Sequence[Sequence[Any]], *_: Any) -> str:
    return "; ".join(words if rating is None else f"{words}={rating}" for words, rating in answer)


def _spell_text(line: Line, answer: str, *_: Any) -> str:
    return answer


def _spell_amount(line: Line, answer: float, entered: Mapping[str, Any] | None, unit: str | None) -> str:
    said = (entered or {}).get("unit") or unit or line.item.unit
    shown = shown_value(line.item, answer, entered, said)
    if isinstance(shown, list | tuple):
        return f"{shown[0]} ft {shown[1]} in"
    number = shown if isinstance(shown, str) else f"{shown:g}"
    return f"{number} {said}" if said and said != "ft" and line.item.units else number


_SPELL: Mapping[str, Callable[..., str]] = {
    "flag": _spell_flag,
    "choice": _spell_choice,
    "choices": _spell_choices,
    "sites": _spell_sites,
    "mix": _spell_mix,
    "activities": _spell_activities,
    "text": _spell_text,
    "integer": _spell_amount,
    "decimal": _spell_amount,
}
