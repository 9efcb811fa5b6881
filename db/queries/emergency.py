"""Emergency access: what is open to whom now, what was opened, and the one patient named by record number."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db.emergency import EmergencyAccess
from db.queries.merges import merged_patients
from db.tables import AuditEvent, AuditPatient, Episode, Patient, Person, Site


@dataclass(frozen=True)
class EmergencyEntry:
    """One emergency access with whom it concerns."""

    access: EmergencyAccess
    person: Person
    patient: Patient
    site: Site
    reviewer: Person | None


@dataclass(frozen=True)
class OpenedEntry:
    """What is open to somebody now: codes only, so that looking at the banner reads no patient's record."""

    access: EmergencyAccess
    record_number: str
    episode_id: int | None


def emergencies_open(session: Session, person_id: int, now: datetime) -> tuple[EmergencyAccess, ...]:
    """What is open to a person at this moment, the last opened first."""
    wanted = select(EmergencyAccess).where(
        col(EmergencyAccess.person_id) == person_id,
        col(EmergencyAccess.until) > now,
        col(EmergencyAccess.opened_at) <= now,
        col(EmergencyAccess.ended_at).is_(None),
    )
    return tuple(session.scalars(wanted.order_by(col(EmergencyAccess.id).desc())))


def opened_records(session: Session, person_id: int, now: datetime) -> tuple[OpenedEntry, ...]:
    """What is open to a person with the record number and the patient's latest episode, the last opened first."""
    opened = emergencies_open(session, person_id, now)
    numbers = select(col(Patient.id), col(Patient.record_number)).where(
        col(Patient.id).in_([access.patient_id for access in opened])
    )
    named = {row.id: row.record_number for row in session.execute(numbers)}
    return tuple(OpenedEntry(each, named[each.patient_id], _latest(session, each.patient_id)) for each in opened)


def _latest(session: Session, patient_id: int) -> int | None:
    latest = select(col(Episode.id)).where(col(Episode.patient_id) == patient_id)
    return session.scalar(latest.order_by(col(Episode.submitted_at).desc(), col(Episode.id).desc()).limit(1))


def patients_opened(session: Session, person_id: int, now: datetime) -> frozenset[int]:
    """The patients open to a person in an emergency at this moment."""
    return frozenset(access.patient_id for access in emergencies_open(session, person_id, now))


def emergencies(
    session: Session, unreviewed: bool = False, limit: int = 100, only: int | None = None
) -> tuple[EmergencyEntry, ...]:
    """Every emergency access (or those nobody looked at yet, or one), the newest first."""
    reviewer = aliased(Person)
    wanted = (
        select(EmergencyAccess, Person, Patient, Site, reviewer)
        .join(Person, col(Person.id) == col(EmergencyAccess.person_id))
        .join(Patient, col(Patient.id) == col(EmergencyAccess.patient_id))
        .join(Site, col(Site.id) == col(Patient.site_id))
        .outerjoin(reviewer, col(reviewer.id) == col(EmergencyAccess.reviewed_by))
    )
    if unreviewed:
        wanted = wanted.where(col(EmergencyAccess.reviewed_at).is_(None))
    if only is not None:
        wanted = wanted.where(col(EmergencyAccess.id) == only)
    newest = wanted.order_by(col(EmergencyAccess.opened_at).desc(), col(EmergencyAccess.id).desc()).limit(limit)
    return tuple(EmergencyEntry(*row) for row in session.execute(newest))


def emergency(session: Session, access_id: int) -> EmergencyAccess | None:
    """One emergency access."""
    return session.get(EmergencyAccess, access_id)


def emergency_sizes(session: Session, since: datetime) -> tuple[int, int]:
    """How many were opened since then, and how many of all nobody looked at yet."""
    counted = select(func.count()).select_from(EmergencyAccess)
    lately = session.scalar(counted.where(col(EmergencyAccess.opened_at) >= since)) or 0
    unread = session.scalar(counted.where(col(EmergencyAccess.reviewed_at).is_(None))) or 0
    return lately, unread


def patient_of_record_number(session: Session, record_number: str) -> Patient | None:
    """The patient of exactly this record number, at whatever site the session's scope lets through."""
    # Sealed steadily where it is sealed: both databases find it by the index that keeps the number unique.
    return session.scalars(select(Patient).where(col(Patient.record_number) == record_number)).first()


def deeds_under(session: Session, access: EmergencyAccess) -> tuple[tuple[str, int], ...]:
    """What was done to the patient under an emergency access, deed → how often; opening and reviewing left out."""
    ends = access.ended_at or access.until
    # What was done before a merge is told of the record that was open then.
    whose = merged_patients(session, access.patient_id)
    about = select(col(AuditPatient.event_id)).where(col(AuditPatient.patient_id).in_(whose))
    done = (
        select(col(AuditEvent.deed), func.count())
        .where(
            col(AuditEvent.id).in_(about),
            col(AuditEvent.person_id) == access.person_id,
            col(AuditEvent.purpose) == "emergency",
            col(AuditEvent.record) != "emergencyaccess",
            col(AuditEvent.at).between(access.opened_at, ends),
        )
        .group_by(col(AuditEvent.deed))
    )
    return tuple((deed, number) for deed, number in session.execute(done.order_by(col(AuditEvent.deed))))
