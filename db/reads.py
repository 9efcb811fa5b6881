"""Whose rows a session has loaded: noticed as they come from the database, whatever asked for them."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import QueryContext
from sqlmodel import Session, col

from db.tables import Episode, Row
from db.whose import is_about_someone, patient_of

_NOTICED = "rows noticed"

Read = Mapping[int, frozenset[str]]
"""Patients by id, each with the tables that rows about them were loaded from."""


def notice(session: Session) -> None:
    """From now on notice every row about a patient that this session loads."""
    session.info[_NOTICED] = []


def noticed(session: Session) -> Read:
    """The patients of the rows loaded since; LookupError for a row whose patient cannot be told."""
    rows: list[Row] = session.info.pop(_NOTICED, [])
    _held = _episodes_of(session, rows)
    found: dict[int, set[str]] = {}
    for row in rows:
        if (patient_id := patient_of(session, row)) is None:
            raise LookupError(f"a {_table(row)} was read and nobody can say whose it is")
        found.setdefault(patient_id, set()).add(_table(row))
    return {patient_id: frozenset(tables) for patient_id, tables in found.items()}


@event.listens_for(Row, "load", propagate=True)
def _loaded(row: Row, context: QueryContext) -> None:
    rows = context.session.info.get(_NOTICED)
    if rows is not None and is_about_someone(type(row)):
        rows.append(row)


def _episodes_of(session: Session, rows: Iterable[Row]) -> list[Episode]:
    """The episodes that rows without a patient of their own belong to, brought into the session in one question."""
    wanted: set[int] = {
        episode_id
        for row in rows
        if not hasattr(row, "patient_id") and (episode_id := getattr(row, "episode_id", None)) is not None
    }
    missing = {each for each in wanted if _identity(each) not in session.identity_map}
    if not missing:
        return []
    return list(session.scalars(select(Episode).where(col(Episode.id).in_(missing))))


def _identity(episode_id: int) -> Any:
    return inspect(Episode).identity_key_from_primary_key((episode_id,))


def _table(row: Row) -> str:
    return str(row.__tablename__)
