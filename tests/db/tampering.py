"""An attacker who has the database and its owner's rights, but not the clinic's key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text, update

from db import anchor
from db.anchor import Anchor
from db.audit import EVENTS, HEADS
from db.engine import database_url, engine
from db.verifying import Walk

GUARDED = ("auditevent", "auditpatient", "audithead")


def drop_guards(connection: Connection) -> None:
    """What an owner of the tables can do: no trigger is left, and every right is back."""
    if connection.dialect.name == "sqlite":
        named = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'audit%'")
        for trigger in connection.execute(named).scalars().all():
            connection.execute(text(f"DROP TRIGGER {trigger}"))
        return
    for table in GUARDED:
        connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        connection.execute(text(f"GRANT ALL ON {table} TO CURRENT_USER"))


@contextmanager
def struck() -> Iterator[Connection]:
    """As ``attacked``, but what is done stays done, and every guard is put back so that nobody notices."""
    with engine(database_url()).begin() as connection:
        on_sqlite = connection.dialect.name == "sqlite"
        saved = text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'audit%'")
        guards = list(connection.execute(saved).scalars()) if on_sqlite else []
        drop_guards(connection)
        yield connection
        for table in GUARDED if not on_sqlite else ():
            guards.append(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        for guard in guards:
            connection.execute(text(guard))


@contextmanager
def attacked() -> Iterator[Connection]:
    """The database without its guards; whatever is done to it is undone at the end."""
    with engine(database_url()).connect() as connection:
        doing = connection.begin()
        drop_guards(connection)
        yield connection
        doing.rollback()


def found(connection: Connection, anchors: list[Anchor] | None = None) -> list[str]:
    """What verifying says of the trail as this connection sees it; by the anchor in the clinic's folder."""
    last = anchor.read(database_url())
    walk = Walk(connection, anchors if anchors is not None else [last] if last else [])
    walk.through(lambda done, total: None)
    return [fault.says for fault in walk.faults()]


def event(connection: Connection, number: int) -> dict[str, Any]:
    """One event as it is stored."""
    return dict(connection.execute(select(EVENTS).where(EVENTS.c.id == number)).one()._mapping)


def edit(connection: Connection, number: int, **columns: Any) -> None:
    connection.execute(update(EVENTS).where(EVENTS.c.id == number).values(**columns))


def remove(connection: Connection, first: int, last: int | None = None) -> None:
    """Delete events and every note of which patients they are about."""
    connection.execute(delete(EVENTS).where(EVENTS.c.id.between(first, last or first)))
    connection.execute(
        text("DELETE FROM auditpatient WHERE event_id BETWEEN :first AND :last"),
        {"first": first, "last": last or first},
    )


def number_anew(connection: Connection, first: int, by: int) -> None:
    """Move every event from ``first`` on by one, up or down, without touching anything else."""
    ids = connection.execute(select(EVENTS.c.id).where(EVENTS.c.id >= first).order_by(EVENTS.c.id)).scalars().all()
    for each in reversed(ids) if by > 0 else ids:
        edit(connection, each, id=each + by)
        moved = "UPDATE auditpatient SET event_id = :to WHERE event_id = :at"
        connection.execute(text(moved), {"at": each, "to": each + by})


def put(connection: Connection, row: Mapping[str, Any]) -> None:
    connection.execute(insert(EVENTS).values(**row))


def swap(connection: Connection, one: int, other: int, keep: tuple[str, ...] = ("id",)) -> None:
    """Exchange all of two events but the columns to keep."""
    first, second = event(connection, one), event(connection, other)
    for number, content in ((one, second), (other, first)):
        edit(connection, number, **{name: value for name, value in content.items() if name not in keep})


def set_head(connection: Connection, **columns: Any) -> None:
    connection.execute(update(HEADS).values(**columns))


Attack = Callable[[Connection], None]
