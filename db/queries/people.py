"""People, sites and the audit trail."""

from collections.abc import Callable
from datetime import datetime
from operator import eq, ge, lt
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlmodel import Session, col

from db.tables import AuditEvent, Person, Site


def people(session: Session) -> tuple[Person, ...]:
    """Everyone who may sign in, by name."""
    return tuple(session.scalars(select(Person).where(col(Person.active)).order_by(col(Person.name), col(Person.id))))


def everyone(session: Session) -> tuple[Person, ...]:
    """Everyone who works or worked here, by name."""
    return tuple(session.scalars(select(Person).order_by(col(Person.name), col(Person.id))))


def person_by_code(session: Session, code: str) -> Person | None:
    """Who signs in with this code, active or not."""
    return session.scalars(select(Person).where(col(Person.code) == code)).first()


def sites(session: Session) -> tuple[Site, ...]:
    """Every site, by name."""
    return tuple(session.scalars(select(Site).order_by(col(Site.name), col(Site.id))))


def audit_events(
    session: Session,
    before_id: int | None = None,
    limit: int = 100,
    person_id: int | None = None,
    deed: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[AuditEvent, ...]:
    """The newest audit events before that of ``before_id``, newest first; from ``since`` on, and before ``until``."""
    asked: tuple[tuple[Any, Callable[[Any, Any], Any], Any], ...] = (
        (AuditEvent.person_id, eq, person_id),
        (AuditEvent.deed, eq, deed),
        (AuditEvent.at, ge, since),
        (AuditEvent.at, lt, until),
    )
    wanted = select(AuditEvent).where(*(so(col(it), value) for it, so, value in asked if value is not None))
    if last_seen := session.get(AuditEvent, before_id) if before_id is not None else None:
        wanted = wanted.where(tuple_(col(AuditEvent.at), col(AuditEvent.id)) < (last_seen.at, last_seen.id))
    newest = wanted.order_by(col(AuditEvent.at).desc(), col(AuditEvent.id).desc())
    return tuple(session.scalars(newest.limit(limit)))


def audit_deeds(session: Session) -> tuple[str, ...]:
    """Every deed that occurs in the audit trail, in order; one step along the index a deed, however long the trail."""
    deeds: list[str] = []
    first = select(func.min(col(AuditEvent.deed)))
    while (deed := session.scalar(first.where(col(AuditEvent.deed) > deeds[-1]) if deeds else first)) is not None:
        deeds.append(deed)
    return tuple(deeds)


def audit_events_of(session: Session, record: str, record_id: object) -> tuple[AuditEvent, ...]:
    """Everything that was done to one record, oldest first."""
    wanted = select(AuditEvent).where(col(AuditEvent.record) == record, col(AuditEvent.record_id) == str(record_id))
    return tuple(session.scalars(wanted.order_by(col(AuditEvent.id))))


def last_change(session: Session, record: str, record_id: object) -> AuditEvent | None:
    """The newest audit event of one record: who touched it last, and when."""
    wanted = select(AuditEvent).where(col(AuditEvent.record) == record, col(AuditEvent.record_id) == str(record_id))
    return session.scalars(wanted.order_by(col(AuditEvent.id).desc()).limit(1)).first()
