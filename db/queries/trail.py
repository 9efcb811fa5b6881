"""The audit trail: its events by person, deed, kind, patient and days, each found along an index."""

from collections.abc import Callable
from datetime import datetime
from operator import eq, ge, lt
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select, tuple_
from sqlmodel import Session, col

from db.queries.merges import merged_patients
from db.tables import AuditEvent, AuditPatient, Patient


def audit_events(
    session: Session,
    before_id: int | None = None,
    limit: int = 100,
    person_id: int | None = None,
    deed: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    kind: str | None = None,
    patient_id: int | None = None,
) -> tuple[AuditEvent, ...]:
    """The newest audit events before that of ``before_id``, newest first; from ``since`` on, and before ``until``.

    ``kind`` is one of db.sealing.KINDS, "refused" or "emergency". Those of one patient come in the order they happened,
    with those of everybody who was merged into them.
    """
    wanted = _narrowed(person_id, deed, since, until, kind)
    if patient_id is not None:
        whose = merged_patients(session, patient_id)
        return tuple(session.scalars(_of_patients(wanted, whose, before_id).limit(limit)))
    if last_seen := session.get(AuditEvent, before_id) if before_id is not None else None:
        wanted = wanted.where(tuple_(col(AuditEvent.at), col(AuditEvent.id)) < (last_seen.at, last_seen.id))
    newest = wanted.order_by(col(AuditEvent.at).desc(), col(AuditEvent.id).desc())
    return tuple(session.scalars(newest.limit(limit)))


def _narrowed(
    person_id: int | None, deed: str | None, since: datetime | None, until: datetime | None, kind: str | None
) -> Select[AuditEvent]:
    asked: tuple[tuple[Any, Callable[[Any, Any], Any], Any], ...] = (
        (AuditEvent.person_id, eq, person_id),
        (AuditEvent.deed, eq, deed),
        (AuditEvent.at, ge, since),
        (AuditEvent.at, lt, until),
    )
    wanted = select(AuditEvent).where(*(so(col(it), value) for it, so, value in asked if value is not None))
    return wanted if kind is None else wanted.where(_is(kind))


def _is(kind: str) -> ColumnElement[bool]:
    if kind in ("refused", "emergency"):
        where = col(AuditEvent.outcome) if kind == "refused" else col(AuditEvent.purpose)
        is_so: ColumnElement[bool] = where == _plainly(kind)
        return is_so
    return col(AuditEvent.kind) == kind


def _plainly(word: str) -> Any:
    # Written into the statement: an index of these events alone is only used where the statement says so itself.
    return bindparam(None, word, literal_execute=True)


def _of_patients(wanted: Select[AuditEvent], patients: tuple[int, ...], before_id: int | None) -> Select[AuditEvent]:
    if len(patients) > 1:
        # An event about several of them is one event.
        told = select(col(AuditPatient.event_id)).where(col(AuditPatient.patient_id).in_(patients))
        found = wanted.where(col(AuditEvent.id).in_(told))
        found = found if before_id is None else found.where(col(AuditEvent.id) < before_id)
        return found.order_by(col(AuditEvent.id).desc())
    found = wanted.join(AuditPatient, col(AuditPatient.event_id) == col(AuditEvent.id))
    found = found.where(col(AuditPatient.patient_id) == patients[0])
    if before_id is not None:
        found = found.where(col(AuditPatient.event_id) < before_id)
    return found.order_by(col(AuditPatient.event_id).desc())


def patient_numbered(session: Session, record_number: str) -> int | None:
    """The id of the patient with exactly this record number; nothing else of the patient is read."""
    return session.scalars(select(col(Patient.id)).where(col(Patient.record_number) == record_number)).first()


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
