"""People, sites and the audit trail."""

from sqlalchemy import select
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


def audit_events(session: Session, before_id: int | None = None, limit: int = 100) -> tuple[AuditEvent, ...]:
    """The newest audit events with an id below ``before_id``, newest first."""
    wanted = select(AuditEvent).order_by(col(AuditEvent.id).desc()).limit(limit)
    return tuple(session.scalars(wanted if before_id is None else wanted.where(col(AuditEvent.id) < before_id)))


def audit_events_of(session: Session, record: str, record_id: object) -> tuple[AuditEvent, ...]:
    """Everything that was done to one record, oldest first."""
    wanted = select(AuditEvent).where(col(AuditEvent.record) == record, col(AuditEvent.record_id) == str(record_id))
    return tuple(session.scalars(wanted.order_by(col(AuditEvent.id))))


def last_change(session: Session, record: str, record_id: object) -> AuditEvent | None:
    """The newest audit event of one record: who touched it last, and when."""
    wanted = select(AuditEvent).where(col(AuditEvent.record) == record, col(AuditEvent.record_id) == str(record_id))
    return session.scalars(wanted.order_by(col(AuditEvent.id).desc()).limit(1)).first()
