"""The questions in plain words for patients themselves, in English and Spanish: our own words, nobody's instrument."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.vocabulary import Item

HERE = Path(__file__).parent
LANGUAGES = ("en", "es")
NAMES: Mapping[str, str] = {"en": "English", "es": "Español"}
"""Each language in its own words."""


@dataclass(frozen=True)
class Asked:
    """One question in plain words; ``options`` are the words of each code it may be answered with."""

    ask: str
    help: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Words:
    """Everything that is said to a patient, in one language."""

    language: str
    says: Mapping[str, str]
    """What stands around the questions: "next", "saved" and the like; {braces} are filled in by whoever says it."""
    sections: Mapping[str, str]
    units: Mapping[str, str]
    questions: Mapping[str, Asked]
    """By item id; also some that only the form on paper asks."""


@cache
def words(language: str) -> Words:
    """What is said in that language; ValueError for one there are no words in."""
    if language not in LANGUAGES:
        raise ValueError(f"there are no words in {language!r}; there are in {', '.join(LANGUAGES)}")
    told = _toml(language)
    questions = {item: Asked(**each) for item, each in told["question"].items()}
    return Words(language, told["says"], told["section"], told["unit"], questions)


@cache
def _tablet() -> Mapping[str, Any]:
    return _toml("tablet")


_screens: dict[str, tuple[tuple[str, ...], ...]] = {}
"""By the knowledge's hash; of two knowledges at most, the one that was and the one that is."""


def screens(known: Knowledge) -> tuple[tuple[str, ...], ...]:
    """The questions of each screen of the tablet, in the order of the intake's sections; unknown ones left out."""
    if known.sha256 not in _screens:
        while len(_screens) > 1:
            _screens.pop(next(iter(_screens)), None)
        _screens[known.sha256] = _ordered(known)
    return _screens[known.sha256]


def _ordered(known: Knowledge) -> tuple[tuple[str, ...], ...]:
    places = {section.id: place for place, section in enumerate(known.sections)}
    found = [tuple(item for item in each if is_askable(known, item)) for each in _tablet()["screens"]]
    return tuple(sorted((each for each in found if each), key=lambda each: places[known.items[each[0]].section]))


def is_askable(known: Knowledge, item_id: str) -> bool:
    """Whether a patient can be asked this on the tablet: it is meant for it, and every option has its words.

    A question that newer knowledge words or answers otherwise is asked by the desk until somebody has found the words.
    """
    item = known.items.get(item_id)
    if item is None or not any(item_id in each for each in _tablet()["screens"]):
        return False
    return all(_says_all(item, words(language)) for language in LANGUAGES)


def is_date(item_id: str) -> bool:
    """Whether a question is answered with a day."""
    return item_id in _tablet()["dates"]


def _says_all(item: Item, told: Words) -> bool:
    asked = told.questions.get(item.id)
    wanted = {option.code for option in item.options if option.asked}
    return asked is not None and wanted <= asked.options.keys()


def _toml(name: str) -> Mapping[str, Any]:
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))
