"""A sheet answered item by item: what the screen sends, what is kept of it, and the total it makes.

The screen sends only what changed: ``{"sheet": {"instrument", "language", "answers": {"3": 2}, "finished"}}``, where 2
is the second choice of item 3 and None takes an answer back. What is kept stands beside the total, as it was entered:
``{"raw", "unit", "how": "items" or "total", "items": {"3": 2}, "scores": {"3": 1.0}, "parts", "says", "sheet": {…}}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard

from dashboard.clinical import answers as reading
from dashboard.clinical.answers import BadAnswer
from dashboard.clinical.vocabulary import Item
from dashboard.instruments.folder import in_force
from dashboard.instruments.scoring import Score, score
from dashboard.instruments.shapes import InstrumentFile

SHEET = "sheet"
Entered = Mapping[str, Any]
_KEPT = ("items", "scores", "parts", "says", SHEET)


def is_sheet(raw: object) -> TypeGuard[Mapping[str, Any]]:
    """Whether what was given is a change to a sheet, and not a total."""
    return isinstance(raw, Mapping) and set(raw) == {SHEET}


def accept(item: Item, raw: Mapping[str, Any], before: Entered | None) -> tuple[int | float | None, Entered | None]:
    """The total that a sheet makes once a change is laid over what was kept, and what is kept of it from now on.

    BadAnswer where the clinic holds no such instrument, or it has no such item or choice.
    """
    change = raw[SHEET] if isinstance(raw[SHEET], Mapping) else {}
    file = _file(item, change)
    items = _changed(item, file, (before or {}).get("items") or {}, change.get("answers") or {})
    known = (before or {}).get(SHEET) or {}
    finished = bool(change.get("finished", known.get("finished", False)))
    if not items and not finished:
        return None, None
    made = score(file, {int(number): place for number, place in items.items()}, finished)
    answer = _answer(item, made)
    scores = {number: file.by_number[int(number)].scored(place) for number, place in items.items()}
    sheet = {"instrument": file.id, "version": file.version, "language": file.language, "finished": finished}
    return answer, {
        "raw": answer, "unit": item.unit, "how": "items", "items": items, "scores": scores,
        "parts": dict(made.parts), "says": made.says, SHEET: sheet,
    }  # fmt: skip


def typed_over(item: Item, answer: Any, entered: Entered | None, before: Entered | None) -> Entered | None:
    """What is kept when a total is typed: item answers given before stay on record and are no longer its source."""
    if not before or not before.get("items"):
        return entered
    typed = {"raw": answer, "unit": item.unit, **(entered or {})}
    return {**typed, "how": "total", **{key: before[key] for key in _KEPT if key in before}}


def sheet_of(entered: Entered | None) -> Mapping[int, int]:
    """The choices kept beside a total, by item number; empty for a total that was typed and nothing else."""
    return {int(number): int(place) for number, place in ((entered or {}).get("items") or {}).items()}


def _file(item: Item, change: Mapping[str, Any]) -> InstrumentFile:
    held = in_force().get(item.id, ())
    wanted = (change.get("instrument"), change.get("language"))
    file = next((each for each in held if (each.id, each.language) == wanted), None)
    if file is None:
        raise BadAnswer(item.id, "cannot be asked item by item now: the clinic's file is not in force. Type the total.")
    return file


def _changed(item: Item, file: InstrumentFile, before: Mapping[str, Any], given: Any) -> dict[str, int]:
    """The choices with those given laid over them, in the order of the items."""
    if not isinstance(given, Mapping):
        raise BadAnswer(item.id, "needs its answers by item number.")
    known = {str(number): question for number, question in file.by_number.items()}
    laid = {number: place for number, place in before.items() if number in known}
    for number, place in given.items():
        question = known.get(str(number))
        if question is None:
            raise BadAnswer(item.id, f"has {len(known)} items; there is no item {str(number)[:20]}.")
        if place is None:
            laid.pop(str(number), None)
        elif type(place) is int and 1 <= place <= len(question.choices):
            laid[str(number)] = place
        else:
            raise BadAnswer(item.id, f"has {len(question.choices)} choices for item {number}.")
    return {number: laid[number] for number in known if number in laid and laid[number] <= len(known[number].choices)}


def _answer(item: Item, made: Score) -> int | float | None:
    if made.total is None:
        return None
    total = int(made.total) if item.type == "integer" and made.total.is_integer() else made.total
    read = reading.read_answer(item, total)
    return read if isinstance(read, int | float) else None
