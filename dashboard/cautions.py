"""Soft warnings: answers that are allowed and yet look like a slip of the keys, as criteria in cautions.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from dashboard import coming
from dashboard.clinical.columns import Columns
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.vocabulary import Answer, Presence

FILE = Path(__file__).with_name("cautions.toml")


@dataclass(frozen=True)
class Caution:
    """One thing worth a second look: which questions, what is odd about their answers, and what is often the reason."""

    id: str
    items: tuple[str, ...]
    says: str
    reasons: tuple[str, ...] = ()
    """What people say of it most often, to be noted with one key."""


def cautions(known: Knowledge, answers: Mapping[str, Answer]) -> tuple[Caution, ...]:
    """Every caution these canonical answers give; an unknown answer gives none."""
    view = known.view(answers)
    return tuple(caution for caution, when in _written() if _stands(known, view, answers, when))


def caution(caution_id: str) -> Caution | None:
    """The caution of that id, whether it is given or not."""
    return next((each for each, _ in _written() if each.id == caution_id), None)


def _stands(known: Knowledge, view: Columns, answers: Mapping[str, Answer], when: str) -> bool:
    if when in LOOKS:
        return LOOKS[when](answers)
    return known.criterion(when).value(view) is Presence.PRESENT


def _ratings(answers: Mapping[str, Answer]) -> list[int | None]:
    return [rating for _, rating in answers.get("psfs") or ()]  # type: ignore[misc,union-attr,str-unpack]


LOOKS: Mapping[str, Callable[[Mapping[str, Answer]], bool]] = {
    "every_activity_at_nought": lambda answers: set(_ratings(answers)) == {0},
    "every_activity_at_ten": lambda answers: set(_ratings(answers)) == {10},
    "a_race_far_ahead": lambda answers: coming.is_far(answers.get("goal_race_date")),
    "an_activity_without_rating": lambda answers: None in _ratings(answers),
}
"""What no criterion can say, because criteria see only whether activities were named."""


@lru_cache(maxsize=1)
def _written() -> tuple[tuple[Caution, str], ...]:
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    usual = tuple(told["reasons"])
    return tuple((_caution(row, usual), row.get("when") or row["look"]) for row in told["caution"])


def _caution(row: Mapping[str, str | list[str]], usual: tuple[str, ...]) -> Caution:
    reasons = tuple(row.get("reasons", ()))
    return Caution(str(row["id"]), tuple(row["items"]), str(row["says"]), (*usual[:1], *reasons, *usual[1:]))
