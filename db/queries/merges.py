"""Patients registered twice: who became whom, what was merged, and what was put aside and taken up again since."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db.tables import AuditEvent, Draft, Patient, PatientMerge, Person


@dataclass(frozen=True)
class MergeEntry:
    """A merge with whom it concerns."""

    merge: PatientMerge
    survivor: Patient
    merged: Patient
    by: Person
    undone_by: Person | None


def merge(session: Session, merge_id: int) -> MergeEntry | None:
    """One merge, None when there is none where both patients are seen."""
    row = session.execute(_merges().where(col(PatientMerge.id) == merge_id)).first()
    return None if row is None else MergeEntry(*row)


def merges(session: Session, patient_id: int | None = None, limit: int = 50) -> tuple[MergeEntry, ...]:
    """Merges (of one patient, on either side), the newest first."""
    wanted = _merges()
    if patient_id is not None:
        wanted = wanted.where(
            or_(col(PatientMerge.survivor_id) == patient_id, col(PatientMerge.merged_id) == patient_id)
        )
    rows = session.execute(wanted.order_by(col(PatientMerge.id).desc()).limit(limit))
    return tuple(MergeEntry(*row) for row in rows)


def _merges() -> Any:
    survivor, merged, undoer = aliased(Patient), aliased(Patient), aliased(Person)
    wanted: Any = (
        select(PatientMerge, survivor, merged, Person, undoer)
        .join(survivor, col(survivor.id) == col(PatientMerge.survivor_id))
        .join(merged, col(merged.id) == col(PatientMerge.merged_id))
        .join(Person, col(Person.id) == col(PatientMerge.merged_by))
        .outerjoin(undoer, col(undoer.id) == col(PatientMerge.undone_by))
    )
    return wanted


def standing_merges_into(session: Session, patient_id: int, after: int = 0) -> tuple[PatientMerge, ...]:
    """What was merged into a patient and not taken apart, of the merges after one, oldest first."""
    wanted = select(PatientMerge).where(
        col(PatientMerge.survivor_id) == patient_id,
        col(PatientMerge.undone_at).is_(None),
        col(PatientMerge.id) > after,
    )
    return tuple(session.scalars(wanted.order_by(col(PatientMerge.id))))


def merged_patients(session: Session, patient_id: int) -> tuple[int, ...]:
    """This patient and everybody who was merged into them, whether at once or by way of another."""
    found, waiting = [patient_id], [patient_id]
    while waiting:
        asked = select(col(Patient.id)).where(col(Patient.merged_into_id).in_(waiting)).order_by(col(Patient.id))
        waiting = [each for each in session.scalars(asked) if each is not None and each not in found]
        found += waiting
    return tuple(found)


def sites_of(session: Session, *patients: int) -> dict[int, int]:
    """The sites of patients, by their ids; nothing else of them is read."""
    asked = select(col(Patient.id), col(Patient.site_id)).where(col(Patient.id).in_(patients))
    return {number: site for number, site in session.execute(asked) if number is not None}


def open_forms(session: Session, patient_id: int) -> dict[str, str]:
    """Form → id of the open draft of it."""
    asked = select(col(Draft.form), col(Draft.id)).where(
        col(Draft.patient_id) == patient_id, col(Draft.state) == "open"
    )
    return {row[0]: row[1] for row in session.execute(asked)}


def drafts_waiting(session: Session, ids: list[str], since: datetime) -> list[Draft]:
    """Of these drafts those that are put aside, and were not taken up again since."""
    taken_up = select(col(AuditEvent.record_id)).where(
        col(AuditEvent.record) == "draft",
        col(AuditEvent.record_id).in_(ids),
        col(AuditEvent.at) > since,
        col(AuditEvent.deed) == "draft:restore",
    )
    again = set(session.scalars(taken_up))
    wanted = select(Draft).where(col(Draft.id).in_(ids), col(Draft.state) == "discarded").order_by(col(Draft.id))
    return [draft for draft in session.scalars(wanted) if draft.id not in again]


def merged_in(session: Session, merge_id: int) -> tuple[int, int] | None:
    """The ids of survivor and merged patient of a merge; nothing else of them is read."""
    asked = select(col(PatientMerge.survivor_id), col(PatientMerge.merged_id)).where(col(PatientMerge.id) == merge_id)
    row = session.execute(asked).first()
    return None if row is None else (row[0], row[1])
