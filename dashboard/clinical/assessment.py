"""The one composition: cases and knowledge to assessments. A single case is a batch of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.clinical.columns import Columns
from dashboard.clinical.document import Batch, Report
from dashboard.clinical.engine import engine_of
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.outline import Outlines, joined, outliner_of
from dashboard.clinical.sheets import Sheet
from dashboard.clinical.vocabulary import Case, Urgency

Entry = dict[str, Any]
_TOGETHER = 4096
"""Cases scored at once: few enough for the caches of the machine."""
_EXPLAINED_TOGETHER = 256
"""Cases explained at once: what is kept to explain each is a hundred times what scoring it takes."""


@dataclass(frozen=True)
class Assessment:
    """What the reasoning says of one case under one knowledge version."""

    urgency: Urgency
    leading: str
    parts: Mapping[str, Any]

    def document(self) -> Entry:
        """The JSON-ready form in which an assessment is stored and shown; made for this case alone."""
        return dict(self.parts)


@dataclass(frozen=True)
class BatchScores:
    """The numbers of N cases without their explanations."""

    conditions: tuple[str, ...]
    urgency: NDArray[np.int8]
    """int8[N]"""
    score_millibans: NDArray[np.int32]
    """int32[N, conditions]"""
    probability: NDArray[np.float64]
    """float64[N, conditions], clipped"""


def assess(case: Case, knowledge: Knowledge) -> Assessment:
    """One case."""
    return assess_batch([case], knowledge)[0]


def assess_batch(cases: Sequence[Case], knowledge: Knowledge) -> list[Assessment]:
    """Many cases; the assessment of a case is the same to the bit whoever else is in the batch."""
    if not cases:
        return []
    engine = engine_of(knowledge)
    assessments: list[Assessment] = []
    for view in _views(cases, knowledge):
        batch = Batch(engine, view)
        assessments += [_assessment(Report(batch, row)) for row in range(view.size)]
    return assessments


def _assessment(report: Report) -> Assessment:
    return Assessment(report.urgency, report.leading, report.document())


def _views(cases: Sequence[Case], knowledge: Knowledge) -> Iterator[Columns]:
    """The cases in parts small enough for the machine's memory."""
    for at in range(0, len(cases), _EXPLAINED_TOGETHER):
        yield knowledge.view([case.answers for case in cases[at : at + _EXPLAINED_TOGETHER]])


def score_batch(cases: Sequence[Case], knowledge: Knowledge) -> BatchScores:
    """The numbers alone, for many cases."""
    return _scored(_sheets(cases, knowledge), knowledge)


def sheet_of(cases: Sequence[Case], knowledge: Knowledge) -> Sheet:
    """The answers of many cases in columns, to be scored again and again under any knowledge with the same items."""
    return knowledge.names.circuit.layout.sheet([case.answers for case in cases])


def score_sheet(sheet: Sheet, knowledge: Knowledge) -> BatchScores:
    """The numbers alone, from answers that are already in columns."""
    return _scored((sheet.part(at, at + _TOGETHER) for at in _beginnings(sheet.size)), knowledge)


def _sheets(cases: Sequence[Case], knowledge: Knowledge) -> Iterator[Sheet]:
    """The answers in columns, in parts small enough for the machine's caches."""
    for at in _beginnings(len(cases)):
        yield sheet_of(cases[at : at + _TOGETHER], knowledge)


def _scored(sheets: Iterable[Sheet], knowledge: Knowledge) -> BatchScores:
    engine = engine_of(knowledge)
    totals, urgencies = [], []
    for sheet in sheets:
        truths = engine.scoring.evaluate(sheet)
        totals.append(engine.differential.scored(sheet, truths).total)
        urgencies.append(engine.red_flags.urgency(truths))
    total = np.concatenate(totals)
    return BatchScores(
        engine.differential.names, np.concatenate(urgencies), total, engine.differential.probabilities(total)
    )


def _beginnings(size: int) -> range:
    """Where the parts begin; one empty part when there is nothing."""
    return range(0, max(size, 1), _TOGETHER)


def outline_batch(cases: Sequence[Case], knowledge: Knowledge) -> Outlines:
    """What many assessments come to, unexplained: urgency, leading condition, step, gates, scores, probabilities."""
    return _outlined(_sheets(cases, knowledge), knowledge)


def outline_variants(case: Case, changes: Sequence[Mapping[str, Any]], knowledge: Knowledge) -> Outlines:
    """What a case would come to with some answers changed, for every change; None takes an answer away."""
    layout = knowledge.names.circuit.layout
    sheet = layout.sheet([case.answers])
    parts = (changes[at : at + _TOGETHER] for at in _beginnings(len(changes)))
    return _outlined((layout.varied(sheet, part) for part in parts), knowledge)


def _outlined(sheets: Iterable[Sheet], knowledge: Knowledge) -> Outlines:
    outliner = outliner_of(knowledge)
    return joined([outliner.outlines(sheet) for sheet in sheets])
