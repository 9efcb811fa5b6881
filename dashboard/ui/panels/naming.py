"""Names for what an assessment speaks of by id: items with their answers, conditions, steps, findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dashboard.casework.views import EpisodeFile
from dashboard.in_force import knowledge
from dashboard.ui import words


def condition(code: str | None) -> str:
    """A condition's title."""
    known = knowledge().conditions.get(code or "")
    return known.title if known else code or "No condition"


def step(code: str | None) -> str:
    """A step's title."""
    return next((each.title for each in knowledge().ladder if each.id == code), code or "No step")


def question(item_id: str) -> str:
    """What was asked; a derived value's or a finding's title when the id is one of those."""
    known = knowledge()
    if item_id in known.items:
        return known.items[item_id].wording
    titled = known.derived.get(item_id) or known.findings.get(item_id)
    return titled.title if titled else item_id


def answer(file: EpisodeFile, item_id: str) -> str:
    """What was answered, in words; an empty string when nothing was."""
    item, value = knowledge().items.get(item_id), file.answers.get(item_id)
    if item is None or value is None:
        return ""
    return words.answer(item, value, file.entered.get(item_id))


MOST = 4
"""How many questions are named in one cell; more are counted."""


def answered(file: EpisodeFile, item_ids: Iterable[str]) -> list[str]:
    """Each question with its answer, such as "Fever or chills: Yes"; those without an answer say so."""
    told = [f"{question(item).rstrip('?')}: {answer(file, item) or 'not known'}" for item in item_ids]
    return told if len(told) <= MOST else [*told[: MOST - 1], f"and {len(told) - MOST + 1} more"]


def asked_by(item_id: str) -> str:
    """Who can find the answer out: the title of the section the question stands in."""
    known = knowledge()
    item = known.items.get(item_id)
    return next((each.title for each in known.sections if item and each.id == item.section), "")


def entry_of(document: Mapping[str, Any], code: str) -> Mapping[str, Any] | None:
    """The differential's entry of a condition."""
    return next((each for each in document["differential"] if each["condition"] == code), None)
