"""Checks of outcome measures: where they are taken from, how they are scored, and the groups a total makes."""

from __future__ import annotations

from dashboard.clinical.checking import Checker
from dashboard.clinical.vocabulary import Instrument

AVERAGED = ("mean", "percent")
"""Methods that may leave missing items out: their total does not grow with the number of items."""


def check_measure(checker: Checker, instrument: Instrument) -> None:
    """Everything an outcome measure names exists, and its rule and method go together."""
    knowledge = checker.knowledge
    checker.known(filter(None, [instrument.taken_from]), knowledge.items, instrument, "taken_from", "the item")
    checker.known(filter(None, [instrument.part]), knowledge.instruments, instrument, "part", "the instrument")
    _check_groups(checker, instrument)
    scoring = instrument.scoring
    if scoring is None:
        return
    checker.cited(scoring, "scoring", needed=True, owner=instrument)
    apart = (scoring.missing == "answered-only") <= (scoring.method in AVERAGED)
    checker.unless(apart, instrument, "scoring", "may leave out the missing only where it is a mean or a per cent.")


def _check_groups(checker: Checker, instrument: Instrument) -> None:
    item = checker.knowledge.items.get(instrument.group_item)
    if item is None:
        checker.known(filter(None, [instrument.group_item]), checker.knowledge.items, instrument, "group_item", "item")
        checker.unless(not instrument.groups, instrument, "groups", "need a group_item that they answer.")
        return
    codes = [option.code for option in item.options]
    checker.known([group.code for group in instrument.groups], codes, instrument, "groups", "the option")
