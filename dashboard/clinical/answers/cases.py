"""A whole case from a document: plain and strict, or the envelope of a published case, read with patience."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dashboard.clinical.answers.grids import tells_weakness
from dashboard.clinical.answers.one import BadAnswer, read_answer
from dashboard.clinical.answers.options import SIDES
from dashboard.clinical.spelling import AFFIRMATIONS, did_you_mean, simplified
from dashboard.clinical.vocabulary import Answer, Case, Item

if TYPE_CHECKING:
    from dashboard.clinical.knowledge import Knowledge

NOTES_BEFORE = ("imaging_", "lab_")
NOTES_AFTER = ("_detail", "_note")
"""Families of names taken as notes: kept out of the reasoning, never refused."""


_SINCE = re.compile(r"_(ever|history)$")
"""Endings of published names for one option of a list, such as "uveitis_ever"."""


class CaseError(ValueError):
    """A case that cannot be used; ``problems`` lists every bad item with its cure."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class ReadCase:
    """A case, the name it gave itself, and in an envelope what could not be used: {item: why}."""

    case: Case
    name: str | None = None
    not_used: Mapping[str, str] = field(default_factory=dict)
    envelope: bool = False


def read_case(knowledge: Knowledge, document: Mapping[str, object]) -> Case:
    """The case of a document; CaseError lists everything wrong with it."""
    return read_document(knowledge, document).case


def read_document(knowledge: Knowledge, document: object) -> ReadCase:
    """A plain case object or a record {"id", "answers": {…}} (both strict), or an envelope {"id", "facts": {…}}
    (facts that cannot be read are set aside)."""
    if not isinstance(document, Mapping):
        raise CaseError(["should be one JSON object with item ids as keys."])
    name = document.get("id") if isinstance(document.get("id"), str | int) else None
    name = None if name is None or isinstance(name, bool) else str(name)
    if "facts" in document:
        return _envelope(knowledge, document["facts"], name)
    plain = document.get("answers", {key: value for key, value in document.items() if key != "id"})
    if not isinstance(plain, Mapping):
        raise CaseError(["answers should be an object with item ids as keys."])
    answers, problems = _read(knowledge, plain, False)
    if problems:
        raise CaseError([f"{item} {says}" for item, says in problems.items()])
    return ReadCase(Case(answers), name)


def _envelope(knowledge: Knowledge, facts: object, name: str | None) -> ReadCase:
    if not isinstance(facts, Mapping):
        raise CaseError(["facts should be an object with item ids as keys."])
    answers, problems = _read(knowledge, facts, True)
    return ReadCase(Case(answers), name, problems, True)


def _read(knowledge: Knowledge, facts: Mapping[str, object], lenient: bool) -> tuple[dict[str, Answer], dict[str, str]]:
    """Answers by item id, and problems by the key they were given under."""
    found: dict[str, Answer] = {}
    problems: dict[str, str] = {}
    given_as: dict[str, str] = {}
    for key, raw in facts.items():
        coded = _normal(knowledge, key, raw, lenient) or (_coded(knowledge, key, raw) if lenient else None)
        item, raw, says = (coded[0], raw, "") if coded else _item(knowledge, key, raw, lenient)
        if item is None:
            problems |= {key: says} if says else {}
            continue
        answer = coded[1] if coded else _answer(item, key, raw, lenient, problems)
        if answer is None:
            continue
        together = _together(item, found.get(item.id), answer, lenient)
        if together is None:
            problems[key] = f"says something else than {given_as[item.id]}, which is the same item. Keep one."
            continue
        found[item.id] = together
        given_as[item.id] = key
    return found, problems


def _normal(knowledge: Knowledge, key: str, raw: object, lenient: bool) -> tuple[Item, Answer] | None:
    """An examination that is "normal" in one word, instead of its table (or, when published, of its parts)."""
    item, normal = knowledge.item_called(key), knowledge.item_called(f"{key}_normal")
    if normal is None or not isinstance(raw, str) or not _is_normal(raw):
        return None
    a_table = item is not None and item.type == "grid"
    return (normal, "yes") if a_table or (item is None and lenient) else None


def _coded(knowledge: Knowledge, key: str, raw: object) -> tuple[Item, Answer] | None:
    """A published fact whose item has a counterpart, called "<name>_value", that says more: a figure given for a yes
    or for a word, an option named in free text, weakness told without a grade."""
    item, counterpart = knowledge.item_called(key), knowledge.item_called(f"{key}_value")
    if item is None or counterpart is None or not _is_for(counterpart, item, raw):
        return None
    for said in (raw, True) if item.type == "grid" else (raw,):  # weakness whose side is not said is still a yes
        try:
            answer = read_answer(counterpart, said, True)
        except BadAnswer:
            continue
        if answer is not None:
            return counterpart, answer
    return None


def _is_normal(words: str) -> bool:
    return simplified(words) in ("normal", "intact", "full", "unremarkable", "5 5", "5 5 throughout")


def _is_for(counterpart: Item, item: Item, raw: object) -> bool:
    if item.type in ("choice", "flag"):
        return counterpart.type == "decimal" and (_is_number(raw) or isinstance(raw, str))
    if item.type == "grid":
        return isinstance(raw, str) and tells_weakness(raw)
    return item.type == "text" and isinstance(raw, str)


def _together(item: Item, before: Answer | None, answer: Answer, lenient: bool) -> Answer | None:
    """One answer of two given for an item under different names; None when they cannot both stand.

    In an envelope a yes wins over a no (two signs of one flag), and lists add up.
    """
    if before is None or before == answer:
        return answer
    if lenient and item.type == "flag":
        return "yes" if "yes" in (before, answer) else "no"
    if lenient and item.type == "choices":
        chosen = {*before, *answer}  # type: ignore[misc]
        several = tuple(o.code for o in item.options if o.code in chosen and not o.exclusive)
        return several or answer
    return None


def _item(knowledge: Knowledge, key: str, raw: object, lenient: bool) -> tuple[Item | None, object, str]:
    """The item a key means and its value, or why there is none ("" for a note)."""
    item = knowledge.item_called(key)
    if item is not None:
        return item, raw, ""
    if key.startswith(NOTES_BEFORE) or key.endswith(NOTES_AFTER):
        return None, raw, "is a note; it is not reasoned about." if lenient else ""
    option = knowledge.option_called(_SINCE.sub("", key)) if lenient and _affirmed(raw) else None
    if option is not None:
        return option[0], [option[1]] if option[0].type == "choices" else option[1], ""
    return None, raw, f"is not an item of the intake.{did_you_mean(key, knowledge.items)}"


def _affirmed(raw: object) -> bool:
    """True of a yes, and of a side: a fact that is on the left is there."""
    return raw is True or (isinstance(raw, str) and simplified(raw) in {*AFFIRMATIONS, *SIDES})


def _is_number(raw: object) -> bool:
    return isinstance(raw, int | float) and not isinstance(raw, bool)


def _answer(item: Item, key: str, raw: object, lenient: bool, problems: dict[str, str]) -> Answer | None:
    try:
        return read_answer(item, raw, lenient)
    except BadAnswer as bad:
        if lenient and item.type in ("choices", "sites") and isinstance(raw, list) and len(raw) > 1:
            return _readable_part(item, key, raw, problems)
        problems[key] = bad.message
        return None


def _readable_part(item: Item, key: str, raw: list[object], problems: dict[str, str]) -> Answer | None:
    """The entries of a list that can be read; the others are counted, not repeated."""
    readable = [entry for entry in raw if _reads(item, entry)]
    problems[key] = f"has {len(raw) - len(readable)} of {len(raw)} entries that are not options."
    try:
        return read_answer(item, readable, True) if readable else None
    except BadAnswer as bad:
        problems[key] = bad.message
        return None


def _reads(item: Item, entry: object) -> bool:
    try:
        return read_answer(item, [entry], True) is not None
    except BadAnswer:
        return False
