"""Checks of what is printed and coded: load rules, candidate codes and the source card."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from dashboard.clinical.checking import Checker
from dashboard.clinical.vocabulary import Clearance, Coding

NUMBERS = (
    "longest_run_growth",
    "longest_run_window_days",
    "stage_successes",
    "first_sessions_a_week",
    "sessions_added_a_week",
    "hard_sessions_added_a_week",
    "settle_hours",
)
"""Every number the return to running is planned by."""
PAIN_BANDS = ("carry_on", "shorten", "stop")
IRRITABILITIES = ("high", "moderate", "low")
_CODE = re.compile(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?")
_SIDED = ("choice", "sites")


def check_paper(checker: Checker) -> None:
    """Every check of the optional files; a knowledge without them is whole as well."""
    if checker.knowledge.load:
        _check_load(checker)
    for coding in checker.knowledge.codings.values():
        _check_coding(checker, coding)
    _check_card(checker)


def _check_load(checker: Checker) -> None:
    load = checker.knowledge.load
    _complete(checker, "number", load.numbers, NUMBERS)
    _complete(checker, "pain_band", [band.id for band in load.pain_bands], PAIN_BANDS)
    _complete(checker, "irritability", [each.id for each in load.irritabilities], IRRITABILITIES)
    for record in (*load.numbers.values(), *load.pain_bands, *load.stages, *load.advice):
        checker.cited(record, needed=True)
    for number in load.numbers.values():
        checker.unless(number.value > 0, number, "value", "should be above 0.")
    for each in load.irritabilities:
        checker.criterion(each.when, each, "when")
        checker.cited(each, needed=True)
        checker.unless(0 <= each.cut_from <= each.cut_to < 1, each, "cut_from", "and cut_to are shares, 0 to below 1.")
        checker.unless(0 <= each.pause_days_from <= each.pause_days_to, each, "pause_days_from", "exceeds the last.")
    _check_stages(checker, load.stages)
    for clearance in load.clearances.values():
        _check_clearance(checker, clearance)
    for stop in load.stops:
        checker.criterion(stop.when, stop, "when")
        checker.cited(stop, needed=True)
        checker.known(stop.unless, checker.knowledge.conditions, stop, "unless", "the condition")


def _complete(checker: Checker, table: str, given: Any, needed: Sequence[str]) -> None:
    for id_ in needed:
        if id_ not in given:
            checker.problems.add("load.toml", f"lacks the {table} '{id_}'. Write [[{table}]] with that id.")


def _check_stages(checker: Checker, stages: Sequence[Any]) -> None:
    for before, after in pairwise(stages):
        more = before.running < after.running
        checker.unless(more, after, "run_minutes", f"should add up to more running than '{before.id}' has.")
    for stage in stages:
        checker.unless(stage.length > 0 and stage.repeats >= 1, stage, "repeats", "and minutes should be above 0.")


def _check_clearance(checker: Checker, clearance: Clearance) -> None:
    checker.known([clearance.condition], checker.knowledge.conditions, clearance, "condition", "the condition")
    checker.cited(clearance, needed=True)
    ids = [point.id for point in clearance.point]
    checker.unless(len(set(ids)) == len(ids), clearance, "point", "uses an id twice.")
    for point in clearance.point:
        checker.criterion(point.when, clearance, f"point {point.id}, when")
    for wait in clearance.wait:
        fine = 0 < wait.weeks_from <= wait.weeks_to
        checker.unless(fine, clearance, f"wait {wait.id}", "needs 0 < weeks_from ≤ weeks_to.")


def _check_coding(checker: Checker, coding: Coding) -> None:
    knowledge = checker.knowledge
    checker.known([coding.condition], knowledge.conditions, coding, "condition", "the condition")
    checker.cited(coding, needed=True)
    sided = [item.id for item in knowledge.items.values() if item.type in _SIDED]
    checker.known(coding.side_from, sided, coding, "side_from", "the item with sides")
    places = {option.code for item in knowledge.items.values() if item.type == "sites" for option in item.options}
    checker.known(coding.sites, places, coding, "sites", "the place")
    given = [choice.code for choice in coding.codes]
    checker.unless(bool(given), coding, "codes", "is empty. Give at least one code.")
    checker.unless(len(set(given)) == len(given), coding, "codes", "names a code twice.")
    for choice in coding.codes:
        checker.criterion(choice.when, coding, f"codes {choice.code}, when")
        says = f"'{choice.code}' is not written as an ICD-10-CM code, such as M54.41."
        checker.unless(bool(_CODE.fullmatch(choice.code)), coding, "codes", says)
    condition = knowledge.conditions.get(coding.condition)
    if condition is not None:
        checker.known(condition.icd10, given, coding, "codes", "(for its condition, which has it as icd10) the code")


def _check_card(checker: Checker) -> None:
    card = checker.knowledge.card
    for record in (*card.statements, *card.attributes, *card.device):
        checker.cited(record, needed=True)
    for table, records in (("attribute", card.attributes), ("device", card.device)):
        numbers = [record.number for record in records]
        fine = numbers == list(range(1, len(numbers) + 1))
        if not fine:
            checker.problems.add("source_card.toml", f"[[{table}]] should be numbered 1, 2, 3 … in order.")
    if card.facts is None:
        return
    checker.cited(card.facts, needed=True)
    try:
        date.fromisoformat(card.facts.checked_on)
    except ValueError:
        checker.complain(card.facts, "checked_on", "should be a day such as 2026-11-23.")
