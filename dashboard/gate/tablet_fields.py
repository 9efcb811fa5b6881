"""A question on the tablet: what a page draws of it, and what came of it when its form is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard import intake, patient_words, units
from dashboard.casework.errors import BadAnswer
from dashboard.casework.tablet import Given, Showing
from dashboard.clinic import clinic
from dashboard.entry import DETAIL
from dashboard.gate.paper import Fields
from dashboard.patient_words import Words

DECLINED = "declined"
ASKED = "q."
"""Begins the name of the field that says a question was on the page, answered or not."""
GIVEN = "a."
SIDES = ("left", "right", "both")
ACTIVITIES = 3
LONGEST_WORDS = 1_000
SCALE = range(11)
"""A whole number without a unit from 0 to 10 is asked with a button each."""


@dataclass(frozen=True)
class Choice:
    """One answer to press."""

    value: str
    label: str
    chosen: bool
    alone: bool = False
    """Cannot stand beside another one."""
    sided: bool = False


@dataclass(frozen=True)
class Question:
    """What a page draws of one question."""

    id: str
    kind: str
    """flag, choice, choices, sites, scale, number, text, date, mix or activities."""
    ask: str
    help: str
    choices: tuple[Choice, ...]
    value: str
    unit: str
    units: tuple[Choice, ...]
    parts: Mapping[str, str]
    """Of places their side, of shares their number, by code."""
    rows: tuple[tuple[str, str], ...]
    """Of activities: the words and the rating of each."""
    declined: bool
    words: str | None
    """What was added in one's own words; None where that is not asked."""
    error: str
    answered: bool


def question(item: Any, showing: Showing, words: Words, error: str = "") -> Question:
    """A question with the answer given on this tablet; ``item`` is one of those it shows."""
    asked, answer = words.questions[item.id], showing.answers.get(item.id)
    kind, declined = _kind(item), item.id in showing.declined
    return Question(
        id=item.id,
        kind=kind,
        ask=asked.ask,
        help=asked.help,
        choices=_choices(item, kind, answer, showing, words),
        value=showing.typed.get(item.id, "") or _value(item, answer, showing.entered.get(item.id)),
        unit=_said_unit(words, _unit(item, showing)),
        units=_units(item, showing, words),
        parts=_parts(kind, answer),
        rows=tuple((str(said), "" if rating is None else str(rating)) for said, rating in _activities(kind, answer)),
        declined=declined,
        words=str(showing.answers.get(item.id + DETAIL, "")) if item.detail else None,
        error=error,
        answered=declined or answer is not None,
    )


def given(items: Sequence[Any], fields: Fields) -> dict[str, Given]:
    """What came of the questions a form was about, by item; those that were not on it are left out."""
    found: dict[str, Given] = {}
    for item in items:
        if ASKED + item.id in fields:
            found[item.id] = _given(item, fields)
            if item.detail:
                found[item.id + DETAIL] = Given(_said(fields, GIVEN + item.id + DETAIL) or None)
    return found


def refusal(item: Any, each: Given, why: BadAnswer, words: Words) -> str:
    """Why an answer cannot be read, in words for a patient."""
    says, raw = words.says, str(each.raw)
    if item.type in ("integer", "decimal"):
        return _number_refused(item, each, says)
    if item.type == "mix" and isinstance(each.raw, Mapping) and all(isinstance(x, float) for x in each.raw.values()):
        return says["bad_sum"].format(sum=f"{sum(each.raw.values()):g}")
    return says["bad_one" if item.type == "choices" and len(raw) else "bad_other"]


def _kind(item: Any) -> str:
    if item.type in ("integer", "decimal"):
        whole = item.type == "integer" and not item.unit
        return "scale" if whole and (item.minimum, item.maximum) == (SCALE[0], SCALE[-1]) else "number"
    return "date" if patient_words.is_date(item.id) else str(item.type)


def _choices(item: Any, kind: str, answer: Any, showing: Showing, words: Words) -> tuple[Choice, ...]:
    if kind == "flag":
        return tuple(Choice(each, words.says[each], answer == each) for each in ("yes", "no", "unknown"))
    if kind == "scale":
        return tuple(Choice(str(each), str(each), answer == each) for each in SCALE)
    if not item.options:
        return ()
    told = words.questions[item.id].options
    options = [option for option in item.options if option.asked and option.code in told]
    if kind == "choice":
        options = _of_the_places(item, options, showing)
        chosen = {answer}
    elif kind == "mix":
        return tuple(Choice(o.code, told[o.code], False) for o in options)
    else:
        chosen = {str(each).partition(":")[0] for each in answer or ()}
    made = (Choice(o.code, told[o.code], o.code in chosen, o.exclusive, o.sided) for o in options)
    return tuple(made)


def _of_the_places(item: Any, options: list[Any], showing: Showing) -> list[Any]:
    """Of "which is worst" only the places named."""
    known = intake.knowledge().items.values()
    codes = {option.code for option in item.options}
    is_place = any(each.type == "sites" and codes <= {o.code for o in each.options} for each in known)
    named = [option for option in options if option.code in showing.places]
    return named if is_place and named else options


def _value(item: Any, answer: Any, entered: Mapping[str, Any] | None) -> str:
    if answer is None or item.type in ("flag", "choice", "choices", "sites", "mix", "activities"):
        return ""
    shown = entered["raw"] if entered else answer
    return f"{shown:g}" if isinstance(shown, float) else str(shown)


def _unit(item: Any, showing: Showing) -> str:
    entered = showing.entered.get(item.id) or {}
    here = clinic().at(showing.site) if showing.site else clinic()
    return str(entered.get("unit") or here.unit_for((*item.units, item.unit or "")) or item.unit or "")


def _units(item: Any, showing: Showing, words: Words) -> tuple[Choice, ...]:
    """The units to choose from: of lengths of time all, of everything else the clinic's own alone."""
    if item.type not in ("integer", "decimal") or not item.units:
        return ()
    chosen = _unit(item, showing)
    is_time = {item.unit, *item.units} <= {"hours", "min", "days", "weeks", "months", "years"}
    offered = sorted({item.unit, *item.units}, key=_LENGTHS.index) if is_time else [chosen]
    return tuple(Choice(unit, words.units.get(unit, unit), unit == chosen) for unit in offered)


_LENGTHS = ("min", "hours", "days", "weeks", "months", "years")


def _said_unit(words: Words, unit: str) -> str:
    return words.units.get(unit, unit)


def _parts(kind: str, answer: Any) -> dict[str, str]:
    if kind == "sites":
        return {code: side for code, _, side in (str(each).partition(":") for each in answer or ())}
    return {code: f"{share:g}" for code, share in (answer or {}).items()} if kind == "mix" else {}


def _activities(kind: str, answer: Any) -> list[Any]:
    return [*(answer or ()), *([("", None)] * ACTIVITIES)][:ACTIVITIES] if kind == "activities" else []


def _said(fields: Fields, name: str) -> str:
    return fields.get(name, "").strip()[:LONGEST_WORDS]


def _given(item: Any, fields: Fields) -> Given:
    name, kind = GIVEN + item.id, _kind(item)
    if _said(fields, name) == DECLINED or f"{name}.{DECLINED}" in fields:
        return Given(declined=True)
    codes = [option.code for option in item.options if option.asked]
    if kind == "choices":
        return Given([code for code in codes if f"{name}.{code}" in fields] or None)
    if kind == "sites":
        return Given(_sites(item, name, fields))
    if kind == "mix":
        return Given({code: _share(said) for code in codes if (said := _said(fields, f"{name}.{code}"))} or None)
    if kind == "activities":
        return Given(_rows(name, fields))
    unit = _said(fields, f"{name}.unit") or None
    return Given(_said(fields, name) or None, unit if item.units else None)


def _sites(item: Any, name: str, fields: Fields) -> list[str] | None:
    said = {option.code: _said(fields, f"{name}.{option.code}") for option in item.options if option.asked}
    return [f"{code}:{side}" if side in SIDES else code for code, side in said.items() if side] or None


def _share(said: str) -> object:
    try:
        return float(said.replace(",", ".").removesuffix("%"))
    except ValueError:
        return said


def _rows(name: str, fields: Fields) -> list[list[Any]] | None:
    rows = []
    for place in range(ACTIVITIES):
        said, rating = _said(fields, f"{name}.{place}.words"), _said(fields, f"{name}.{place}.rating")
        if said:
            rows.append([said, int(rating) if rating.isascii() and rating.isdigit() else None])
    return rows or None


def _number_refused(item: Any, each: Given, says: Mapping[str, str]) -> str:
    spoken = units.quantity(each.raw, each.unit)
    try:
        value = float(str(spoken))
    except ValueError:
        return says["bad_number"].format(example="5:30" if (each.unit or "").startswith("min/") else "12")
    if item.type == "integer" and each.unit in (None, item.unit) and value != int(value):
        return says["bad_whole"].format(example="12")
    if item.minimum is None or item.maximum is None:
        return says["bad_number"].format(example="12")
    low, high = (_in_unit(item, end, each.unit) for end in (item.minimum, item.maximum))
    return says["bad_range"].format(low=low, high=high)


def _in_unit(item: Any, end: float, unit: str | None) -> str:
    if unit is None or unit == item.unit:
        return f"{end:g}"
    return units.spoken(units.converted(end, str(item.unit), unit), unit)
