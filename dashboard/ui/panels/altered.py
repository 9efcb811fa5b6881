"""Answers that would be needed, in words: which question, which answer, and what it is now."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from dashboard import intake
from dashboard.casework.considering import Considered
from dashboard.clinical.vocabulary import Item
from dashboard.clinical.what_if import Altered, Change
from dashboard.ui import words
from dashboard.ui.panels import markup
from dashboard.ui.settings import clinic


def lines(considered: Considered, changes: Iterable[Change]) -> list[markup.Html]:
    """One line for each question, or pair of questions, that makes the same difference; answers taken together."""
    gathered: dict[tuple[str, ...], list[Change]] = {}
    for change in changes:
        gathered.setdefault(tuple(each.item for each in change.answers), []).append(change)
    return [_line(considered, same) for same in gathered.values()]


def _line(considered: Considered, same: Sequence[Change]) -> markup.Html:
    if len(same[0].answers) == 1:
        return needed(considered, [change.answers[0] for change in same])
    both = [needed(considered, [each]) for each in same[0].answers]
    return markup.joined(both, " <em>and</em> ")


def needed(considered: Considered, several: Sequence[Altered]) -> markup.Html:
    """A question, the answers of which each would do, and what is answered now."""
    item = considered.knowledge.items[several[0].item]
    answer = markup.strong(answers(considered, several))
    return markup.joined([f"{item.wording.rstrip('?')}:", answer, markup.quiet(f"({_now(considered, several[0])})")])


def answers(considered: Considered, several: Sequence[Altered]) -> str:
    """The answers to one question of which each would do, such as "Left, Right or Both", or "38 °C or more"."""
    item = considered.knowledge.items[several[0].item]
    values: list[Any] = [value for each in several for value in (each.answer, *each.alike)]
    if item.type in ("integer", "decimal"):
        return _amount(considered, item, [each.answer for each in several], values, several[0].before)
    if item.type == "grid":
        return _cells(item, several[0])
    if item.type == "choice":
        order = [option.code for option in item.options]
        values = sorted(values, key=order.index)
    if item.type in ("choices", "sites"):
        values = [_added(value, several[0].before) for value in values]
    said = list(dict.fromkeys(words.answer(item, value) for value in values))
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} or {said[-1]}"


def _added(value: Any, before: Any) -> Any:
    """Of several options the one that is new, where others stay as they are."""
    new = tuple(entry for entry in value if entry not in (before or ()))
    return new if new and set(before or ()) <= set(value) else value


def _amount(considered: Considered, item: Item, nearest: list[Any], values: list[Any], before: Any) -> str:
    tried = [each for each in considered.explored.tried if each.item == item.id]
    numbers: set[Any] = {value for each in tried for value in (each.answer, *each.alike)}
    every = sorted(numbers if before is None else numbers | {before})
    low, high = min(values), max(values)
    if every[0] < low < (item.maximum or 0) and set(every[every.index(low) :]) <= set(values):
        return f"{_rounded(item, low, math.ceil)} or more"
    if (item.minimum or 0) < high < every[-1] and set(every[: every.index(high) + 1]) <= set(values):
        return f"{_rounded(item, high, math.floor)} or less"
    best = min(nearest, key=lambda each: abs(each - before)) if isinstance(before, int | float) else nearest[0]
    return words.answer(item, best)


def _rounded(item: Item, value: Any, towards: Callable[[float], int]) -> str:
    """An amount in the clinic's unit; one that is not the item's own is rounded so that it still meets the limit."""
    unit = clinic().unit_for((*item.units, item.unit or ""))
    if unit in (None, item.unit) or not isinstance(value, float):
        return words.answer(item, value)
    shown = intake.shown_value(item, value, None, unit)
    return f"{towards(shown)} {unit}" if isinstance(shown, float) and shown >= 10 else words.answer(item, value)


def _cells(item: Item, altered: Altered) -> str:
    """The cells that differ from what is known, or from the others while nothing is."""
    answer: Mapping[str, float] = altered.answer  # type: ignore[assignment]
    before: Any = altered.before or dict.fromkeys(answer, max(answer.values()))
    lower = {cell: value for cell, value in answer.items() if before.get(cell) != value}
    if not lower:
        return "normal throughout"
    return ("such as " if altered.alike else "") + words.answer(item, lower)


def _now(considered: Considered, altered: Altered) -> str:
    item = considered.knowledge.items[altered.item]
    if altered.before is None:
        return "not examined" if considered.knowledge.audiences[item.id] == "clinician" else "not answered"
    return f"now {words.answer(item, altered.before)}"
