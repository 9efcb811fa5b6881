"""Rows that must be there: what a foreign key promises, said to the type checker and kept true at run time."""

from __future__ import annotations

from typing import TypeVar

from sqlmodel import Session

from db.tables import Entry, Record

LARGEST_ID = 2**31 - 1
"""Of an integer column on PostgreSQL."""

RecordT = TypeVar("RecordT", bound=Record)


def number(row: Record | Entry) -> int:
    """The id of a stored row; RuntimeError for one that was never stored."""
    if row.id is None:
        raise RuntimeError(f"a {type(row).__name__} was used before it was stored")
    return row.id


def findable(record_id: int) -> int:
    """An id as a database may be asked for it: 0, which no row has, in place of one beyond what it can count to."""
    return record_id if 0 < record_id <= LARGEST_ID else 0


def referred(session: Session, kind: type[RecordT], record_id: int | None) -> RecordT:
    """The row another row refers to; RuntimeError when it is not there, which a foreign key forbids."""
    row = session.get(kind, record_id) if record_id is not None else None
    if row is None:
        raise RuntimeError(f"a row refers to a {kind.__name__} that is not there")
    return row
