"""One answer at a time: from what was typed to a canonical answer in SI units, and back as it was typed."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard import units
from dashboard.clinical import answers as reading
from dashboard.clinical.answers import BadAnswer
from dashboard.clinical.vocabulary import Answer, Item
from dashboard.in_force import knowledge
from dashboard.instruments import sheets
from dashboard.letters import visible_in

DETAIL = "_detail"
LONGEST_TEXT = 4000
"""Letters of the longest words kept beside one question: two pages."""
LONGEST_VALUE = 200
"""Letters of anything else that is typed for an answer: a number, a date, an option."""
MOST_PARTS, DEEPEST = 200, 3
"""Parts of an answer that has several, and how deep they may lie in one another."""
_LARGEST = 10**15
_DIGITS = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?")
_TWO_WAYS = re.compile(r"\s*[+-]?\d{1,3}(,\d{3})+(\.\d+)?\s*")
"""1,000: a thousand to some, one to others."""
UNSEEN_LETTERS = "\u115f\u1160\u3164\uffa0\u2800"
"""Signs that count as letters and show nothing."""
_NUMBERS = ("integer", "decimal")


@dataclass(frozen=True)
class Accepted:
    """A canonical answer in the item's own unit (None: blank), and as it was entered where that differs."""

    answer: Answer | None
    entered: Mapping[str, Any] | None = None
    """{"raw": what was typed, "unit": its unit}, or None when the answer says it all."""


def question(item_id: str) -> Item:
    """The item of that id; "<item>_detail" is the free words beside an item that takes them. Raises BadAnswer."""
    items = knowledge().items
    if item_id in items:
        return items[item_id]
    base = items.get(item_id.removesuffix(DETAIL))
    if base is None or not base.detail or not item_id.endswith(DETAIL):
        raise BadAnswer(item_id, "is not a question of this intake.")
    return Item(id=item_id, section=base.section, wording=f"{base.wording}: details", type="text", why=base.why)


def accept(item: Item | str, raw: object, unit: str | None = None, before: Mapping[str, Any] | None = None) -> Accepted:
    """What was typed as a canonical answer in the item's own unit; BadAnswer says what is wrong and the cure.

    ``before`` is what is kept of the same answer as entered: a sheet's items are laid over those given before.
    """
    item = question(item) if isinstance(item, str) else item
    _must_fit(item, raw)
    if sheets.is_sheet(raw):
        return Accepted(*sheets.accept(item, raw, before))
    accepted = _accepted(item, raw, unit)
    return Accepted(accepted.answer, sheets.typed_over(item, accepted.answer, accepted.entered, before))


def _accepted(item: Item, raw: object, unit: str | None) -> Accepted:
    raw = visible_in(raw)
    if is_blank(raw):
        return Accepted(None)
    if item.type in _NUMBERS:
        return _accept_number(item, raw, unit)
    return Accepted(reading.read_answer(item, raw))


def shown_value(
    item: Item | str, answer: object, entered: Mapping[str, Any] | None = None, unit: str | None = None
) -> Any:
    """An answer as the screen shows it in ``unit``: exactly as entered if it was entered in that unit."""
    item = question(item) if isinstance(item, str) else item
    wanted = unit or item.unit
    if item.type not in _NUMBERS or not isinstance(answer, (int, float)):
        return answer
    if entered and entered["unit"] == wanted:
        return entered["raw"]
    if wanted is None or item.unit is None:
        return answer
    value = units.converted(answer, item.unit, wanted)
    return units.spoken(value, wanted) if units.is_spoken(wanted) else _rounded(value, wanted == item.unit)


def is_blank(raw: object) -> bool:
    """Whether nothing was typed: None, spaces, signs nobody sees, an empty list or table. Zero and "no" are answers."""
    if isinstance(raw, str):
        return not raw.strip() or (len(raw) <= LONGEST_VALUE and all(map(_is_unseen, raw)))
    return raw is None or (isinstance(raw, (list, tuple, Mapping)) and len(raw) == 0)


def _is_unseen(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cf", "Cc", "Zs", "Zl", "Zp") or sign in UNSEEN_LETTERS


def thawed(value: Any) -> Any:
    """A stored JSON value as a canonical answer: lists become tuples."""
    return tuple(thawed(part) for part in value) if isinstance(value, (list, tuple)) else value


def plain(value: Any) -> Any:
    """A canonical answer as it is stored in JSON: tuples become lists."""
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, (list, tuple)) else value


def _must_fit(item: Item, raw: object, deep: int = 0) -> None:
    """Refuse what is too much before anything reads it: a page pasted by mistake must not hold up the desk."""
    if isinstance(raw, str):
        longest = LONGEST_TEXT if item.type == "text" and not deep else LONGEST_VALUE
        if len(raw) > longest:
            raise BadAnswer(item.id, f"is too long: {len(raw):,} letters. Keep it to {longest:,} at most.")
    elif isinstance(raw, int) and abs(raw) > _LARGEST:
        raise BadAnswer(item.id, "is too large a number. Check the digits.")
    elif isinstance(raw, (list, tuple, Mapping)):
        if len(raw) > MOST_PARTS or deep > DEEPEST:
            raise BadAnswer(item.id, f"has too many parts. Give {MOST_PARTS} at most.")
        for part in [*raw, *raw.values()] if isinstance(raw, Mapping) else raw:
            _must_fit(item, part, deep + 1)


def _accept_number(item: Item, raw: object, unit: str | None) -> Accepted:
    unit = unit or item.unit
    allowed = [each for each in (item.unit, *item.units) if each]
    if unit != item.unit and unit not in allowed:
        given = unit if isinstance(unit, str) and units.is_known(unit) else "that unit"
        use = f"use {' or '.join(allowed)}" if allowed else "give the number alone"
        raise BadAnswer(item.id, f"cannot be entered in {given}; {use}.")
    spoken = _spoken(item, raw, unit)
    if unit == item.unit:
        answer = _positive_zero(reading.read_answer(item, spoken))
        return Accepted(answer, None if isinstance(raw, (int, float)) else {"raw": plain(raw), "unit": unit})
    answer = _in_own_unit(item, spoken, str(unit))
    return Accepted(answer, {"raw": plain(raw), "unit": unit})


def _spoken(item: Item, raw: object, unit: str | None) -> object:
    """The number meant by what people write; BadAnswer where it could mean two, or is no height."""
    try:
        spoken = units.quantity(raw, unit)
    except units.NotMeant as why:
        raise BadAnswer(item.id, str(why)) from None
    if isinstance(spoken, str) and _TWO_WAYS.fullmatch(spoken):
        raise BadAnswer(item.id, "has a comma that can be read two ways. Write it without one.")
    return spoken


def _in_own_unit(item: Item, spoken: object, unit: str) -> Answer | None:
    """A number of another unit as the item's own; an error speaks in the unit that was typed."""
    own = str(item.unit)
    try:
        value = units.converted(_figure(spoken), unit, own)
    except (ValueError, OverflowError):
        raise BadAnswer(item.id, f"is not a number of {unit}; type it like {_example(unit)}.") from None
    # Six decimals of a kilometre are a millimetre: finer than anyone means, and free of binary noise.
    number = round(value) if item.type == "integer" else round(value, 6)
    try:
        return _positive_zero(reading.read_answer(item, number))
    except BadAnswer:
        raise BadAnswer(item.id, _limits(item, unit)) from None


def _figure(spoken: object) -> float:
    """A number, or one written in digits; ValueError for anything else that could pass for one, such as 1e3 or true."""
    if isinstance(spoken, bool) or not isinstance(spoken, int | float | str):
        raise ValueError
    if isinstance(spoken, str) and not _DIGITS.fullmatch(spoken.strip()):
        raise ValueError
    return float(spoken)


def _positive_zero(answer: Answer | None) -> Answer | None:
    """Minus nought is nought."""
    return abs(answer) if isinstance(answer, float) and answer == 0 else answer


def _limits(item: Item, unit: str) -> str:
    """The bounds in the unit typed, rounded inwards, so that what is named is also taken."""
    low, high = (None if end is None else units.converted(end, str(item.unit), unit) for end in _ends(item))
    said = [units.said(low, unit, math.ceil) if low is not None else "", units.said(high or 0, unit, math.floor)]
    return f"is out of range: it should lie from {' to '.join(said)}." if all(said) else "is out of range."


def _ends(item: Item) -> tuple[float | None, float | None]:
    return item.minimum, item.maximum


def _example(unit: str) -> str:
    return "8:30" if unit.startswith("min/") else {"ft": "5 ft 11"}.get(unit, "12.5")


def _rounded(value: float, same: bool) -> float:
    return value if same else round(value, 2)
