"""Finding patients by the start of a name, and the drafts being written for them."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlmodel import Session, col

from db.columns import folded
from db.queries.scope import SiteIds, at_sites
from db.tables import Draft, Patient, Person

BEYOND_EVERY_LETTER = "\U0010ffff"


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


def patients_starting(session: Session, text: str, sites: SiteIds, limit: int = 20) -> tuple[Patient, ...]:
    """Patients whose names or record number start with the words of ``text``, by family name.

    Capitals and accents do not matter, nor the order of the words; nothing is found for no words.
    """
    words = folded(text).split()
    if not words:
        return ()
    wanted = or_(_some_key_starts(" ".join(words)), and_(*(_some_key_starts(word) for word in words)))
    named = select(Patient).where(wanted, at_sites(Patient.site_id, sites))
    by_name = named.order_by(col(Patient.family_key), col(Patient.given_key), col(Patient.id))
    return tuple(session.scalars(by_name.limit(limit)))


def _some_key_starts(word: str) -> ColumnElement[bool]:
    # A range, not LIKE: both databases answer it from an index, and it needs no escaping.
    keys = (col(Patient.family_key), col(Patient.given_key), col(Patient.record_key))
    return or_(*(and_(key >= word, key < word + BEYOND_EVERY_LETTER) for key in keys))


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
