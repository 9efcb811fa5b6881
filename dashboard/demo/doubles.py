"""Runners who were registered twice, so that a newcomer can see why two records are thought one person's, and merge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from dashboard.demo.runners import Runner

MONTHS = 12
MIDDLE = 2
"""The letter after which two are exchanged: nobody notices there."""


def registered_twice(runners: Sequence[Runner], first_number: int) -> list[Runner]:
    """Two of the runners once more, each with one slip of the desk; fewer where nobody's name or birthday allows it."""
    found: list[Runner] = []
    taken: set[int] = set()
    for twins in (_with_day_for_month, _with_letters_exchanged):
        again = next((each for each in twins(runners) if each.number not in taken), None)
        if again is not None:
            taken.add(again.number)
            found.append(replace(again, number=first_number + len(found)))
    return found


def _with_day_for_month(runners: Sequence[Runner]) -> Iterator[Runner]:
    """Born on 4 September, and registered as of 9 April; the telephone is the same."""
    for runner in runners:
        born = runner.born
        if born.day <= MONTHS and born.day != born.month:
            yield replace(runner, born=date(born.year, born.day, born.month))


def _with_letters_exchanged(runners: Sequence[Runner]) -> Iterator[Runner]:
    """Treadwell, and registered as Traedwell; born on the same day, with no telephone told."""
    for runner in runners:
        name = runner.family_name
        two = name[MIDDLE : MIDDLE + 2]
        if name.isalpha() and len(name) > MIDDLE + 3 and two != two[::-1]:
            yield replace(runner, family_name=name[:MIDDLE] + two[::-1] + name[MIDDLE + 2 :], phone="")
