"""One answered cohort question: its finding, its denominator, its table, and how the number was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard import disclosure
from dashboard.charts.rows import Bar, Change, Funnel, Months, Routes, Shares
from dashboard.clinical.knowledge import Knowledge
from dashboard.disclosure import Shown
from db.selection import Selection

Cell = str | Shown | float | None
Rows = tuple[tuple[Cell, ...], ...]
Drawing = Sequence[Bar] | Months | Funnel | Change | Routes | Shares

OTHER = "Everything else"
HIDDEN_NOTE = f"Counts up to {disclosure.SMALL} are shown as one band and the others are rounded, to protect patients."


@dataclass(frozen=True)
class Reply:
    """What a chart, its caption, its table and its download are made from."""

    id: str
    question: str
    finding: str
    """The title: what the figures say."""
    counted: str
    """The denominator and how many are missing, in one sentence."""
    alt: str
    """What someone who cannot see the figure is told."""
    definition: str
    """How this number was made."""
    columns: tuple[str, ...]
    rows: Rows
    drawing: Drawing | None
    """None when there is nothing that may be drawn."""


@dataclass(frozen=True)
class Asked:
    """What every question is asked with: about whom, for whom, in which words, and how many intakes that is."""

    selection: Selection
    protect: bool
    knowledge: Knowledge
    months: tuple[str, ...]
    """Every month of the selection, those without intakes too."""
    total: int

    def shown(self, count: int) -> Shown:
        """The count as this reader may see it."""
        return disclosure.shown(count, self.protect)

    @property
    def everyone(self) -> Shown:
        """How many intakes are selected, as this reader may see it."""
        return self.shown(self.total)

    def span(self) -> str:
        """How long the selection is, in words."""
        return "1 month" if len(self.months) == 1 else f"{len(self.months)} months"

    def condition(self, code: str | None) -> str:
        """The title of a condition."""
        known = self.knowledge.conditions.get(code or "")
        return known.title if known else code or "No condition leads"

    def step(self, code: str | None) -> str:
        """The title of a step of the ladder."""
        titles = {step.id: step.title for step in self.knowledge.ladder}
        return titles.get(code or "", code or "No step")

    def note(self) -> str:
        """What a definition ends with when counts are protected."""
        return f" {HIDDEN_NOTE}" if self.protect else ""


def nothing(question_id: str, question: str, asked: Asked, definition: str) -> Reply:
    """The reply when the selection holds nothing to count."""
    finding = "Too few to show" if asked.protect else "Nothing to count in this selection"
    cure = "Widen the months or take a filter away."
    return Reply(question_id, question, finding, cure, finding, definition, (), (), None)


def missing_words(asked: Asked, missing: int, what: str) -> str:
    """How many of the selected intakes lack something; quiet when none does and that may be said."""
    if missing == 0 and not asked.protect:
        return f"none without {what}"
    return f"{asked.shown(missing).words} without {what}"


def sum_by(pairs: Sequence[tuple[str, int]]) -> Mapping[str, int]:
    """The counts added up by their first member, in the order first seen."""
    totals: dict[str, int] = {}
    for key, count in pairs:
        totals[key] = totals.get(key, 0) + count
    return totals
