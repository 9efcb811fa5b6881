"""The only way to a session for a deed: the permission is asked, the person still works here, refusals are noted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from typing import Any, TypeVar

from sqlmodel import Session

from dashboard.access import IN_EMERGENCY, Actor, Forbidden, Permission
from dashboard.accounts import clock
from dashboard.casework import reading
from dashboard.casework.errors import NotFound, StaleRecord
from db import engine, queries, reads, records
from db.doers import STRANGER
from db.records import StaleRecord as StaleRow
from db.scope import Scope, program
from db.tables import Person, Stored

StoredT = TypeVar("StoredT", bound=Stored)


@contextmanager
def writing(actor: Actor, permission: Permission, beyond: str = "") -> Iterator[Session]:
    """One transaction of an actor who has the permission; committed at the end, undone when anything is raised.

    What it reads of patients is noted with it (casework/reading.py).
    """
    with _noting_refusals(actor, permission):
        actor.must(permission)
        scope = program(beyond) if beyond else scope_of(actor, permission)
        with engine.transaction(scope=scope) as session:
            _begin(session, actor, permission)
            yield session
            read, search = reads.noticed(session), reading.search_of(session)
            noted = reading.note_reads_in(session, actor, permission, read, search)
        reading.remember(noted)


@contextmanager
def looking(actor: Actor, permission: Permission, beyond: str = "") -> Iterator[Session]:
    """A read-only session of an actor who has the permission; nothing leaves it before its reads are noted."""
    with _noting_refusals(actor, permission):
        actor.must(permission)
        scope = program(beyond) if beyond else scope_of(actor, permission)
        with engine.reading(scope=scope) as session:
            _begin(session, actor, permission)
            yield session
            read, search = reads.noticed(session), reading.search_of(session)
        reading.note_reads(actor, permission, read, search)


def writing_beyond(actor: Actor, permission: Permission, why: str) -> AbstractContextManager[Session]:
    """As ``writing``, but seeing every site: for the few deeds whose own rules say what beyond them may be touched."""
    return writing(actor, permission, beyond=why)


def looking_beyond(actor: Actor, permission: Permission, why: str) -> AbstractContextManager[Session]:
    """As ``looking``, but seeing every site: as ``writing_beyond`` for reading."""
    return looking(actor, permission, beyond=why)


def _begin(session: Session, actor: Actor, permission: Permission) -> None:
    session.info["permission"] = permission
    _must_work_here(session, actor)
    reads.notice(session)


def scope_of(actor: Actor, permission: Permission | None = None) -> Scope:
    """What the actor's sessions may see: their sites, and for some permissions the patients opened in an emergency."""
    sites = None if actor.everywhere else tuple(sorted(actor.site_ids))
    opened = tuple(sorted(actor.patients)) if permission in IN_EMERGENCY else ()
    return Scope(actor.person_id, sites, opened)


def holds_in_emergency(session: Session) -> bool:
    """Whether what this session was opened for may reach a patient opened in an emergency."""
    return session.info.get("permission") in IN_EMERGENCY


def changed(
    session: Session, actor: Actor, record: StoredT, seen_version: int, deed: str, reason: str = "", **fields: Any
) -> StoredT:
    """Change a record that still has the version seen; StaleRecord says who changed it since, and when."""
    key = getattr(record, "id", "")
    try:
        return records.change(session, actor, record, seen_version, deed, reason, **fields)
    except StaleRow:
        raise stale(session, str(type(record).__tablename__), key) from None


def must_be_fresh(session: Session, record: Stored, seen_version: int) -> None:
    """Return quietly if the record still has the version seen, else raise StaleRecord."""
    if record.version != seen_version:
        raise stale(session, str(type(record).__tablename__), getattr(record, "id", ""))


def stale(session: Session, record: str, record_id: object) -> StaleRecord:
    """The error for a record changed since it was seen, with who did it and when if that is known."""
    last = queries.last_change(session, record, record_id)
    if last is None:
        return StaleRecord(f"This {record} was changed since you opened it; open it again.")
    return StaleRecord(f"{last.person_name} changed this {record} since you opened it.", last.person_name, last.at)


def name_of(session: Session, person_id: int | None) -> str:
    """A colleague's name, or an empty string for none."""
    person = session.get(Person, person_id) if person_id is not None else None
    return person.name if person else ""


def today() -> date:
    """The day where the clinic is: that of the machine it runs on."""
    return datetime.now().astimezone().date()


def _must_work_here(session: Session, actor: Actor) -> None:
    mine = (actor.person_id, actor.role.value)
    if actor.sign_in and queries.sign_in_alive(session, actor.sign_in, clock.now(), mine):
        return
    person = session.get(Person, actor.person_id)
    if person is None or not person.active:
        raise Forbidden("This person no longer works here.")
    if actor.role not in (person.role, person.also_role):
        raise Forbidden("Your role has changed; sign in again.")
    if actor.sign_in:
        raise Forbidden("This sign-in is over; sign in again.")


@contextmanager
def _noting_refusals(actor: Actor, permission: Permission) -> Iterator[None]:
    try:
        yield
    except StaleRow as why:
        if isinstance(why, StaleRecord):
            raise
        # Storage refused a row about a patient who was merged, or taken apart, at this moment.
        raise StaleRecord(
            "This patient's record was merged or taken apart since you opened it; open it again."
        ) from None
    except (Forbidden, NotFound) as why:
        reason = "" if isinstance(why, Forbidden) else "not-found"
        with engine.transaction(scope=scope_of(actor)) as session:
            known = session.get(Person, actor.person_id) is not None
            who = actor if known else STRANGER
            records.note(session, who, "refused", "permission", permission.value, reason=reason)
        raise
