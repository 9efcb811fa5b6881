"""The points and words of weights.toml, read once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "weights.toml"
FIELDS = ("given", "family", "names", "born", "phone", "postal", "sex", "record")


@dataclass(frozen=True)
class Weight:
    """What one grade of agreement tells, and its words, with names in braces for what they are filled with."""

    points: float
    words: str


@dataclass(frozen=True)
class Weights:
    """Every grade of every field, the levels, and the limits of what counts as a slip."""

    grades: Mapping[tuple[str, str], Weight]
    levels: Mapping[str, float]
    slips: Mapping[str, str]
    limits: Mapping[str, float]
    rest: float
    """The most that everything but the names and the record number can tell."""


@cache
def weights() -> Weights:
    """As the file has them; KeyError or TypeError when it lacks one."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    grades = {
        (field, grade): Weight(float(each["points"]), str(each["words"]))
        for field in FIELDS
        for grade, each in told[field].items()
    }
    rest = sum(_most(grades, field) for field in ("born", "phone", "postal", "sex"))
    return Weights(grades, told["levels"], told["slips"], told["limits"], rest)


def _most(grades: Mapping[tuple[str, str], Weight], field: str) -> float:
    return max(0.0, *(weight.points for (each, _), weight in grades.items() if each == field))
