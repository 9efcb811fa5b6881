"""What a clinic's instrument file says, once read: questions by number, their choices, and how they are scored."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from dashboard.clinical.vocabulary import Scoring


@dataclass(frozen=True)
class Choice:
    """One choice of a question, in the holder's words, and what it scores."""

    words: str
    score: float


@dataclass(frozen=True)
class Question:
    """One item of an instrument by its number, in the holder's words."""

    number: int
    wording: str
    choices: tuple[Choice, ...]
    reversed: bool = False
    """True where a higher choice means a lower score: its score is counted from the other end of its range."""

    @property
    def lowest(self) -> float:
        """The least it can give; a tick that is not made gives nought."""
        return min(*(choice.score for choice in self.choices), *([0.0] if self.is_tick else []), math.inf)

    @property
    def highest(self) -> float:
        """The most it can give."""
        return max(*(choice.score for choice in self.choices), *([0.0] if self.is_tick else []), -math.inf)

    @property
    def is_tick(self) -> bool:
        """Whether it is only ever ticked: its one choice scores, and no tick is nought."""
        return len(self.choices) == 1

    def scored(self, place: int) -> float:
        """What the choice at a place (the first is 1) gives, turned round where the item is reversed."""
        given = self.choices[place - 1].score
        return self.lowest + self.highest - given if self.reversed else given


@dataclass(frozen=True)
class Subscale:
    """A part of an instrument that is a measure of its own: the sum of some of its items."""

    id: str
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class InstrumentFile:
    """An instrument as a clinic that holds it wrote it down."""

    id: str
    version: str
    language: str
    licence: str
    """Who holds the licence, in the clinic's words; never empty."""
    questions: tuple[Question, ...]
    scoring: Scoring
    minimum: float
    maximum: float
    """The range of the total, as the knowledge has it."""
    subscales: tuple[Subscale, ...] = ()
    table: Mapping[float, float] = field(default_factory=dict)
    """For the method table: sum → score."""
    introduction: str = ""

    @property
    def by_number(self) -> Mapping[int, Question]:
        """Its questions by number."""
        return {question.number: question for question in self.questions}
