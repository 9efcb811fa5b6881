"""Rows for an export that names nobody: which ones, in no order that tells anything, and only the columns asked for."""

from __future__ import annotations

import random
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db.tables import ConfirmedDiagnosis, Decision, Episode, Intake, Outcome, Patient, Referral

AT_A_TIME = 500
ANSWER = "answer."
_BASES: Mapping[str, Any] = {"intakes": Intake, "outcomes": Outcome, "referrals": Referral}
_TABLES: Mapping[str, Any] = {
    "patient": Patient,
    "episode": Episode,
    "intake": Intake,
    "outcome": Outcome,
    "referral": Referral,
    "decision": Decision,
    "diagnosis": ConfirmedDiagnosis,
}
REACHED: Mapping[str, tuple[str, ...]] = {
    "intakes": ("patient", "episode", "intake", "decision", "diagnosis"),
    "outcomes": ("patient", "episode", "outcome"),
    "referrals": ("patient", "episode", "referral"),
}
"""Table of an export -> what its columns may come from."""


@dataclass(frozen=True)
class Wanted:
    """Which intakes leave: whole years, both included (None: as far as there are), of people who said yes to all."""

    first_year: int | None
    last_year: int | None
    consent: tuple[str, ...]


def years(session: Session) -> tuple[int, ...]:
    """Every year from the first intake to the last."""
    first, last = session.execute(select(func.min(col(Intake.month)), func.max(col(Intake.month)))).one()
    return tuple(range(int(first[:4]), int(last[:4]) + 1)) if first else ()


def numbers(session: Session, table: str, wanted: Wanted) -> array[int]:
    """The ids of every row that leaves, shuffled, so that their order tells nothing."""
    base = _BASES[table]
    selected = _selected(wanted)
    if base is not Intake:
        selected = col(base.episode_id).in_(select(col(Intake.episode_id)).where(selected))
    consenting = col(base.patient_id).in_(_consenting(wanted.consent))
    found = array("q", session.execute(select(col(base.id)).where(selected, consenting)).scalars())
    random.SystemRandom().shuffle(found)
    return found


def rows(session: Session, table: str, ids: Sequence[int], sources: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The rows in the order of their ids: source -> value, a part of them at a time."""
    asked, answers = _asked(table, sources)
    for start in range(0, len(ids), AT_A_TIME):
        part = list(ids[start : start + AT_A_TIME])
        found = {row[0]: row for row in session.execute(asked.where(col(_BASES[table].id).in_(part)))}
        for number in part:
            if number in found:
                yield _told(found[number], sources, answers)


def column(table: str, source: str) -> Any:
    """The column a source names; KeyError when the table of the export does not reach it."""
    kind, _, name = source.partition(".")
    if kind not in REACHED[table] or name not in _TABLES[kind].__table__.c:
        raise KeyError(f"{source} is no column that {table} reach")
    return col(getattr(_TABLES[kind], name))


def _asked(table: str, sources: Sequence[str]) -> tuple[Select[Any], bool]:
    """The statement for a table's rows: the id, the sources' columns, and the answers if one of them is asked for."""
    base = _BASES[table]
    answers = any(source.startswith(ANSWER) for source in sources)
    columns = [column(table, source).label(source) for source in sources if not source.startswith(ANSWER)]
    asked = select(col(base.id), *columns, *([col(Intake.answers)] if answers else []))
    asked = asked.join_from(base, Patient, col(Patient.id) == col(base.patient_id))
    asked = asked.join(Episode, col(Episode.id) == col(base.episode_id))
    if base is Intake:
        asked = asked.outerjoin(Decision, col(Decision.id) == _newest_decision())
        asked = asked.outerjoin(ConfirmedDiagnosis, col(ConfirmedDiagnosis.episode_id) == col(Episode.id))
    return asked, answers


def _newest_decision() -> Any:
    other = aliased(Decision)
    newest = select(func.max(col(other.id))).where(col(other.episode_id) == col(Episode.id))
    return newest.correlate(Episode).scalar_subquery()


def _told(row: Any, sources: Sequence[str], answers: bool) -> dict[str, Any]:
    given = row.answers if answers else {}
    values = row._mapping
    return {
        source: given.get(source.removeprefix(ANSWER)) if source.startswith(ANSWER) else values[source]
        for source in sources
    }


def _selected(wanted: Wanted) -> ColumnElement[bool]:
    month = col(Intake.month)
    first, last = f"{wanted.first_year or 0:04d}-01", f"{wanted.last_year or 9999:04d}-12"
    return month.between(first, last)


def _consenting(consent: Sequence[str]) -> Any:
    """The patients whose newest intake says yes to everything; who was not asked has not said yes."""
    said = aliased(Intake)
    newest = select(func.max(col(said.id))).group_by(col(said.patient_id))
    latest = aliased(Intake)
    yes = [col(latest.answers)[item].as_string() == "yes" for item in consent]
    return select(col(latest.patient_id)).where(col(latest.id).in_(newest), *yes)
