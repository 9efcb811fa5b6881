"""Finding patients by the start of a name, and the drafts being written for them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

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
    """Patients whose names or record number start with the words of ``text``: first those found by the family name.

    Capitals and accents do not matter, nor the order of the words; nothing is found for no words. Each way of being
    found is a walk along one index that ends with the limit, so that one letter typed costs no more than a name.
    """
    found: dict[int | None, Patient] = {}
    for walk in walks(text, sites):
        if len(found) < limit:
            found |= {patient.id: patient for patient in session.scalars(walk.limit(limit))}
    return tuple(found.values())[:limit]


def walks(text: str, sites: SiteIds) -> Iterator[Select[Patient]]:
    """What to read, one after the other: the whole text as the start of a key, then each of several words of any."""
    words = folded(text).split()
    longest_first = sorted(words, key=len, reverse=True)
    for wanted in [[" ".join(words)], longest_first][: min(len(words), 2)]:
        for key, *then in KEYS:
            named = select(Patient).where(_starts(key, wanted[0]), *map(_some_key_starts, wanted[1:]))
            yield named.where(at_sites(Patient.site_id, sites)).order_by(col(key), *map(col, then))


KEYS: tuple[tuple[Any, ...], ...] = (
    (Patient.family_key, Patient.given_key),
    (Patient.given_key, Patient.family_key),
    (Patient.record_key,),
)
"""What a search walks along, each in the order of its index."""


def _starts(key: Any, word: str) -> ColumnElement[bool]:
    # A range, not LIKE: both databases answer it from an index, and it needs no escaping.
    return and_(col(key) >= word, col(key) < word + BEYOND_EVERY_LETTER)


def _some_key_starts(word: str) -> ColumnElement[bool]:
    return or_(*(_starts(key, word) for key, *_ in KEYS))


def namesakes(
    session: Session, given_name: str, family_name: str, born: date, sites: SiteIds, limit: int = 200
) -> tuple[Patient, ...]:
    """Patients of the same whole name, then those born on the same day."""
    same_name = and_(col(Patient.family_key) == folded(family_name), col(Patient.given_key) == folded(given_name))
    found: dict[int | None, Patient] = {}
    for same in (same_name, col(Patient.date_of_birth) == born):
        wanted = select(Patient).where(same, at_sites(Patient.site_id, sites)).order_by(col(Patient.id)).limit(limit)
        found |= {patient.id: patient for patient in session.scalars(wanted)}
    return tuple(found.values())


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
