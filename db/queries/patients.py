"""One patient, and the drafts being written for them."""

from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlmodel import Session, col

from db.queries.scope import SiteIds, at_sites
from db.tables import Draft, Patient, Person


@dataclass(frozen=True)
class DraftEntry:
    """A draft with whose it is."""

    draft: Draft
    patient: Patient
    owner: Person


def patient(session: Session, patient_id: int, sites: SiteIds) -> Patient | None:
    """One patient, or None when there is none at these sites."""
    wanted = select(Patient).where(col(Patient.id) == patient_id, at_sites(Patient.site_id, sites))
    return session.scalars(wanted).first()


def draft(session: Session, draft_id: str, sites: SiteIds) -> DraftEntry | None:
    """One draft in whatever state, or None when there is none at these sites."""
    wanted = _drafts(sites).where(col(Draft.id) == draft_id)
    row = session.execute(wanted).first()
    return None if row is None else DraftEntry(*row)


def open_draft_of(session: Session, patient_id: int, form: str = "intake") -> Draft | None:
    """The one open draft of a patient and form, if there is one."""
    wanted = select(Draft).where(
        col(Draft.patient_id) == patient_id, col(Draft.form) == form, col(Draft.state) == "open"
    )
    return session.scalars(wanted).first()


def open_drafts(session: Session, sites: SiteIds, limit: int = 100) -> tuple[DraftEntry, ...]:
    """Open drafts, the one last worked on first."""
    wanted = _drafts(sites).where(col(Draft.state) == "open")
    newest = wanted.order_by(col(Draft.updated_at).desc(), col(Draft.id)).limit(limit)
    return tuple(DraftEntry(*row) for row in session.execute(newest))


def _drafts(sites: SiteIds) -> Select[Draft, Patient, Person]:
    return (
        select(Draft, Patient, Person)
        .join(Patient, col(Patient.id) == col(Draft.patient_id))
        .join(Person, col(Person.id) == col(Draft.owner_id))
        .where(at_sites(Patient.site_id, sites))
    )
