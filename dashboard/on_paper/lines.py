"""The numbers on the paper: every question the desk asks, in order, with the options it prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.vocabulary import Item, Option
from dashboard.entry import DETAIL, question
from dashboard.in_force import knowledge
from dashboard.intake import asked_sections


@dataclass(frozen=True)
class Line:
    """One place on the form: what it is called there, and what is asked."""

    number: str
    """The letter of the section and a number ("B7"); with a "+" for the words beside an answer ("B7+")."""
    item: Item
    options: tuple[Option, ...] = ()
    """What the form offers, in the order of its digits: the first is 1."""

    @property
    def is_detail(self) -> bool:
        """Whether it takes the words beside another answer."""
        return self.number.endswith("+")


def lines() -> tuple[Line, ...]:
    """Every line of the form under the knowledge in force, whether its question will turn out to be asked or not."""
    return tuple(_by_item(knowledge().sha256).values())


def line_of(item_id: str) -> Line | None:
    """The line of a question (or of "<item>_detail"); None for what the form does not ask."""
    return _by_item(knowledge().sha256).get(item_id)


@lru_cache(maxsize=4)
def _by_item(sha256: str) -> Mapping[str, Line]:
    """``sha256`` is only the cache's key: whose lines these are."""
    return {line.item.id: line for line in _numbered(knowledge())}


def _numbered(known: Knowledge) -> Iterator[Line]:
    for section in asked_sections(known=known):
        for place, item in enumerate(known.items_of(section.id), 1):
            number = f"{section.letter}{place}"
            yield Line(number, item, tuple(option for option in item.options if option.asked))
            if item.detail:
                yield Line(f"{number}+", question(item.id + DETAIL))


def number_of(item_id: str) -> str:
    """The number of a question on the form; an empty string for what it does not ask."""
    line = line_of(item_id)
    return line.number if line else ""
