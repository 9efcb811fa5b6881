"""Answers that name options: one, several, or places on the body with a side."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from dashboard.clinical.answers.bad import BadAnswer
from dashboard.clinical.spelling import NEGATIONS, UNKNOWN, contains, did_you_mean, simplified, starts_with
from dashboard.clinical.vocabulary import Answer, Item, Option

SIDES = {
    "left": "left", "l": "left", "right": "right", "r": "right",
    "both": "both", "bilateral": "both", "bilaterally": "both",
}  # fmt: skip
_SHORTEST_CONTAINED = 3
"""Spellings shorter than this are too easily part of other words' meaning to be looked for inside a description."""


def read_choice(item: Item, raw: object, lenient: bool) -> Answer | None:
    """The code of one option; the option that means "unknown" when the item has one."""
    if isinstance(raw, bool):
        raw = "yes" if raw else "no"
    if isinstance(raw, int | float) and item.type == "choice":
        raw = f"{raw:g}"
    if not isinstance(raw, str):
        raise BadAnswer(item.id, f"should be one of {_listed(item)}.")
    code = _code(item, raw, lenient) or (_first_part(item, raw) or _described(item, raw) if lenient else None)
    if code is None and simplified(raw) in UNKNOWN:
        unknown = [option.code for option in item.options if option.unknown]
        return unknown[0] if len(unknown) == 1 else None
    if code is None:
        raise _no_option(item, raw)
    return code


def _described(item: Item, raw: str) -> str | None:
    """A symptom described without its side ("pins and needles of the sole") is there; a denied one is not read."""
    words = simplified(raw)
    if "side_not_said" not in _spellings(item).values() or words in UNKNOWN or NEGATIONS & set(words.split(" ")):
        return None
    return "side_not_said"


def _first_part(item: Item, raw: str) -> str | None:
    """What the first readable part of a description with commas says: "8 weeks post-partum, breastfeeding"."""
    parts = re.split(r"[,;]", raw) if re.search(r"[,;]", raw) else []
    return next((code for code in (_code(item, part, True) for part in parts if part.strip()) if code), None)


def read_choices(item: Item, raw: object, lenient: bool) -> Answer | None:
    """The codes of several options in the item's order; None when there are none."""
    if isinstance(raw, bool):
        raw = "yes" if raw else "no"
    if isinstance(raw, str) and simplified(raw) in UNKNOWN:
        return None
    codes: set[str] = set()
    for entry in _entries(item, raw):
        code = _code(item, entry, lenient)
        if code is None:
            raise _no_option(item, entry)
        codes.add(code)
    return _together(item, codes)


def _together(item: Item, codes: set[str]) -> Answer | None:
    alone = [option.code for option in item.options if option.exclusive and option.code in codes]
    if alone and len(codes) > 1:
        raise BadAnswer(item.id, f"has '{alone[0]}' beside something else. Leave one of them out.")
    return tuple(option.code for option in item.options if option.code in codes) or None


def read_sites(item: Item, raw: object, lenient: bool) -> Answer | None:
    """Places as "code" or "code:side" in the item's order; left and right of one place make both."""
    if isinstance(raw, str) and simplified(raw) in UNKNOWN:
        return None
    sides: dict[str, set[str]] = {}
    for entry in _entries(item, raw):
        code, side = _place(item, entry, lenient)
        sides.setdefault(code, set()).add(side)
    found = [(option.code, _side(sides[option.code])) for option in item.options if option.code in sides]
    return tuple(f"{code}:{side}" if side else code for code, side in found) or None


def _side(sides: set[str]) -> str:
    named = sides - {""}
    if not named:
        return ""
    return next(iter(named)) if len(named) == 1 else "both"


def _place(item: Item, entry: str, lenient: bool) -> tuple[str, str]:
    """A place and its side: the side word is taken out before the place is looked up."""
    code, colon, side = entry.strip().partition(":")
    if colon and code in {option.code for option in item.options} and side in ("left", "right", "both"):
        return code, side
    words = simplified(entry)
    if words in _spellings(item):
        return _spellings(item)[words], ""
    tokens = words.split(" ")
    named = [SIDES[token] for token in tokens if token in SIDES]
    rest = " ".join(token for token in tokens if token not in SIDES)
    code_ = _code(item, rest, lenient) if rest else None
    if code_ is None:
        raise _no_option(item, rest)
    return code_, _side(set(named))


def _entries(item: Item, raw: object) -> list[str]:
    """The parts of a list, or of one string with commas, plus signs or semicolons between its parts."""
    if isinstance(raw, str):
        if simplified(raw) in _spellings(item):
            return [raw]
        raw = [part for part in re.split(r"[,;]|\s\+\s", raw) if part.strip()]
    if not isinstance(raw, list | tuple) or not all(isinstance(part, str) for part in raw):
        raise BadAnswer(item.id, f"should be a list of options: {_listed(item)}.")
    return [part for part in raw if part.strip()]


def _code(item: Item, raw: str, lenient: bool) -> str | None:
    """The option some words name: exactly, by their beginning where details may follow, or by what they contain."""
    spellings = _spellings(item)
    words = simplified(raw)
    if words in spellings:
        return spellings[words]
    if not (item.detail or lenient):
        return None
    return _signed(raw, spellings) or _beginning(words, spellings) or (_inside(words, spellings) if lenient else None)


def _signed(raw: str, spellings: dict[str, str]) -> str | None:
    """ "R 35 -" and "left negative" are negative tests, whatever stands first."""
    negative = {"-", "neg", "negative"} & set(raw.casefold().split())
    return spellings.get("-") if negative else None


def _beginning(words: str, spellings: dict[str, str]) -> str | None:
    """The longest spelling the words begin with."""
    found = [spelling for spelling in spellings if starts_with(words, spelling)]
    return spellings[max(found, key=len)] if found else None


def _inside(words: str, spellings: dict[str, str]) -> str | None:
    """The one option named inside a description without any negation."""
    if NEGATIONS & set(words.split(" ")) - {"absent", "normal"}:
        return None
    found = [s for s in spellings if len(s) >= _SHORTEST_CONTAINED and contains(words, s)]
    longest = [s for s in found if not any(s != other and contains(other, s) for other in found)]
    codes = {spellings[s] for s in longest}
    return codes.pop() if len(codes) == 1 else None


@lru_cache(maxsize=1024)
def _spelled(options: tuple[Option, ...]) -> dict[str, str]:
    return {
        simplified(spelling): option.code
        for option in options
        for spelling in (*option.accepts, option.label, option.code)
    }


def _spellings(item: Item) -> dict[str, str]:
    """Simplified spelling → option code."""
    return _spelled(item.options)


def _no_option(item: Item, raw: str) -> BadAnswer:
    cure = did_you_mean(simplified(raw).replace(" ", "_"), [option.code for option in item.options])
    return BadAnswer(item.id, f"names an option that does not exist.{cure or f' It has {_listed(item)}.'}")


def _listed(item: Item) -> str:
    codes: Iterable[str] = (option.code for option in item.options)
    return ", ".join(codes)
