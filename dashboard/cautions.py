"""Soft warnings: answers that are allowed and yet look like a slip of the keys, as criteria in cautions.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.vocabulary import Answer, Presence

FILE = Path(__file__).with_name("cautions.toml")


@dataclass(frozen=True)
class Caution:
    """One thing worth a second look: which questions, and what is odd about their answers."""

    id: str
    items: tuple[str, ...]
    says: str


def cautions(known: Knowledge, answers: Mapping[str, Answer]) -> tuple[Caution, ...]:
    """Every caution these canonical answers give; an unknown answer gives none."""
    view = known.view(answers)
    return tuple(caution for caution, when in _written() if known.criterion(when).value(view) is Presence.PRESENT)


@lru_cache(maxsize=1)
def _written() -> tuple[tuple[Caution, str], ...]:
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["caution"]
    return tuple((Caution(row["id"], tuple(row["items"]), row["says"]), row["when"]) for row in rows)
