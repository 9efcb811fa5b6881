"""One answer at a time: from what was typed to a canonical answer in SI units, and back as it was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard import units
from dashboard.clinical import answers as reading
from dashboard.clinical.answers import BadAnswer
from dashboard.clinical.vocabulary import Answer, Item
from dashboard.in_force import knowledge
from dashboard.letters import visible_in

DETAIL = "_detail"
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


def accept(item: Item | str, raw: object, unit: str | None = None) -> Accepted:
    """What was typed as a canonical answer in the item's own unit; BadAnswer says what is wrong and the cure."""
    item = question(item) if isinstance(item, str) else item
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
    """Whether nothing was typed: None, spaces, an empty list or an empty table. Zero and "no" are answers."""
    if isinstance(raw, str):
        return not raw.strip()
    return raw is None or (isinstance(raw, (list, tuple, Mapping)) and len(raw) == 0)


def thawed(value: Any) -> Any:
    """A stored JSON value as a canonical answer: lists become tuples."""
    return tuple(thawed(part) for part in value) if isinstance(value, (list, tuple)) else value


def plain(value: Any) -> Any:
    """A canonical answer as it is stored in JSON: tuples become lists."""
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, (list, tuple)) else value


def _accept_number(item: Item, raw: object, unit: str | None) -> Accepted:
    unit = unit or item.unit
    allowed = [each for each in (item.unit, *item.units) if each]
    if unit != item.unit and unit not in allowed:
        raise BadAnswer(item.id, f"cannot be entered in {unit}; use {' or '.join(allowed)}.")
    spoken = units.quantity(raw, unit)
    if unit == item.unit:
        answer = reading.read_answer(item, spoken)
        return Accepted(answer, None if isinstance(raw, (int, float)) else {"raw": plain(raw), "unit": unit})
    answer = _in_own_unit(item, spoken, str(unit))
    return Accepted(answer, {"raw": plain(raw), "unit": unit})


def _in_own_unit(item: Item, spoken: object, unit: str) -> Answer | None:
    """A number of another unit as the item's own; an error speaks in the unit that was typed."""
    own = str(item.unit)
    try:
        value = units.converted(float(str(spoken)), unit, own)
    except (ValueError, OverflowError):
        raise BadAnswer(item.id, f"is not a number of {unit}; type it like {_example(unit)}.") from None
    # Six decimals of a kilometre are a millimetre: finer than anyone means, and free of binary noise.
    number = round(value) if item.type == "integer" else round(value, 6)
    try:
        return reading.read_answer(item, number)
    except BadAnswer:
        raise BadAnswer(item.id, _limits(item, unit)) from None


def _limits(item: Item, unit: str) -> str:
    ends = [end for end in (item.minimum, item.maximum) if end is not None]
    said = [units.said(units.converted(end, str(item.unit), unit), unit) for end in ends]
    return f"is out of range: it should lie from {' to '.join(said)}." if len(said) == 2 else "is out of range."


def _example(unit: str) -> str:
    return "8:30" if unit.startswith("min/") else {"ft": "5 ft 11"}.get(unit, "12.5")


def _rounded(value: float, same: bool) -> float:
    return value if same else round(value, 2)
