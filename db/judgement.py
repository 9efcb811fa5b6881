"""Aggregates of judgement: what became of each suggestion, and what episodes turned out to be; by GROUP BY only."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, case, cast, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db.selection import Selection, conditions
from db.tables import ConfirmedDiagnosis, DecisionLine, DifferentialPlace, Intake


class Judged(NamedTuple):
    """How many suggestions of one thing were judged alike under one knowledge, of late or before."""

    kind: str
    subject: str
    verdict: str
    reason_code: str | None
    knowledge_version: str
    of_late: bool
    number: int


class Called(NamedTuple):
    """How often a condition stood in a band where a diagnosis was confirmed later, and how often it was that one."""

    band: str
    condition: str
    knowledge_version: str
    number: int
    confirmed: int
    probability: float
    """The probabilities it was given, added up."""


class TurnedOut(NamedTuple):
    """How many diagnoses of one condition were confirmed after another (or the same) had led, at one place."""

    leader: str | None
    condition: str | None
    place: int | None
    number: int


def judged(session: Session, selection: Selection, late_from: str | None) -> list[Judged]:
    """The newest line of each suggestion of the selected intakes; of late: in the month ``late_from`` or after."""
    line, later = DecisionLine, aliased(DecisionLine)
    overruled = select(1).where(
        col(later.assessment_id) == col(line.assessment_id),
        col(later.kind) == col(line.kind),
        col(later.subject) == col(line.subject),
        col(later.id) > col(line.id),
    )
    late: ColumnElement[int] = case((col(line.month) >= (late_from or "9999"), 1), else_=0)
    columns = (*map(col, (line.kind, line.subject, line.verdict, line.reason_code, line.knowledge_version)), late)
    asked = select(*columns, func.count()).where(_of(line.intake_id, selection), ~overruled.exists())
    rows = session.execute(asked.group_by(*columns))
    return [Judged(*row)._replace(of_late=bool(row[5])) for row in rows]


def called(session: Session, selection: Selection) -> list[Called]:
    """Every condition of the differentials that confirmed diagnoses are compared with, by the band it stood in."""
    place, found = DifferentialPlace, ConfirmedDiagnosis
    columns = (col(place.band), col(place.condition), col(found.knowledge_version))
    was_it = func.sum(case((col(place.condition) == col(found.condition), 1), else_=0))
    asked = (
        select(*columns, func.count(), cast(was_it, Integer), func.sum(col(place.probability)))
        .join(found, col(found.id) == col(place.diagnosis_id))
        .where(_of(found.intake_id, selection))
        .group_by(*columns)
    )
    return [Called(*row) for row in session.execute(asked)]


def turned_out(session: Session, selection: Selection) -> list[TurnedOut]:
    """Confirmed diagnoses by what had led, what was confirmed, and the place that had."""
    found = ConfirmedDiagnosis
    columns = tuple(map(col, (found.leader, found.condition, found.place)))
    asked = select(*columns, func.count()).where(_of(found.intake_id, selection)).group_by(*columns)
    return [TurnedOut(*row) for row in session.execute(asked)]


def _of(intake_id: Any, selection: Selection) -> ColumnElement[bool]:
    """True of rows that belong to a selected intake."""
    return col(intake_id).in_(select(col(Intake.id)).where(*conditions(selection)))
