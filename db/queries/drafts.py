"""Intakes being taken: one with who owns and who writes it, the open ones, and what was said in one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db.queries.scope import SiteIds, at_sites
from db.tables import Draft, DraftLease, DraftRevision, Handover, Patient, Person
from db.walls import writes_beside_others

APPLIED = ("kept", "unfinished")
"""Standings of what was put into its draft."""


@dataclass(frozen=True)
class DraftEntry:
    """A draft with whose it is, and who was last heard writing it."""

    draft: Draft
    patient: Patient
    owner: Person
    lease: DraftLease | None = None
    writer: Person | None = None
    handed_over: bool = False
    """Whether the tablet was ever handed over for it."""


def draft(session: Session, draft_id: str, sites: SiteIds) -> DraftEntry | None:
    """One draft in whatever state, or None when there is none at these sites."""
    row = session.execute(_drafts(sites).where(col(Draft.id) == draft_id)).first()
    return None if row is None else DraftEntry(*row)


def draft_locked(session: Session, draft_id: str, sites: SiteIds) -> DraftEntry | None:
    """One draft, its row locked until the transaction ends, and all that is told of it read after that."""
    locking = select(Draft).where(col(Draft.id) == draft_id).with_for_update()
    if writes_beside_others(session):  # on SQLite nobody else writes while this transaction does
        # A draft that a merge gave to another patient while we waited for it is not found as it was: so we ask again.
        held = session.scalars(locking).first() or session.scalars(locking).first()
        if held is None:
            return None
    return draft(session, draft_id, sites)


def open_draft_of(session: Session, patient_id: int, form: str = "intake") -> Draft | None:
    """The one open draft of a patient and form, if there is one."""
    wanted = select(Draft).where(
        col(Draft.patient_id) == patient_id, col(Draft.form) == form, col(Draft.state) == "open"
    )
    return session.scalars(wanted).first()


def open_drafts_of(session: Session, patient_ids: list[int], sites: SiteIds) -> tuple[DraftEntry, ...]:
    """The open drafts of these patients."""
    wanted = _drafts(sites).where(col(Draft.patient_id).in_(patient_ids), col(Draft.state) == "open")
    return tuple(DraftEntry(*row) for row in session.execute(wanted))


def open_drafts(
    session: Session, sites: SiteIds, limit: int = 100, since: datetime | None = None, before: datetime | None = None
) -> tuple[DraftEntry, ...]:
    """Open drafts, the one last worked on first; those worked on since a moment, or not since one."""
    wanted = _drafts(sites).where(col(Draft.state) == "open")
    if since is not None:
        wanted = wanted.where(col(Draft.updated_at) >= since)
    if before is not None:
        wanted = wanted.where(col(Draft.updated_at) < before)
    newest = wanted.order_by(col(Draft.updated_at).desc(), col(Draft.id)).limit(limit)
    return tuple(DraftEntry(*row) for row in session.execute(newest))


def said_in(session: Session, draft_id: str) -> tuple[DraftRevision, ...]:
    """Everything ever said in a draft, the oldest first."""
    wanted = select(DraftRevision).where(col(DraftRevision.draft_id) == draft_id)
    return tuple(session.scalars(wanted.order_by(col(DraftRevision.id))))


def set_aside(session: Session, draft_id: str) -> tuple[tuple[DraftRevision, Person], ...]:
    """Answers set aside that nobody has settled, with who gave them, the oldest first."""
    settling = aliased(DraftRevision)
    settled = select(col(settling.id)).where(
        col(settling.draft_id) == draft_id, col(settling.settles) == DraftRevision.id
    )
    wanted = (
        select(DraftRevision, Person)
        .join(Person, col(Person.id) == col(DraftRevision.by))
        .where(col(DraftRevision.draft_id) == draft_id, col(DraftRevision.standing) == "aside", ~settled.exists())
        .order_by(col(DraftRevision.id))
    )
    return tuple((row[0], row[1]) for row in session.execute(wanted))


def _drafts(sites: SiteIds) -> Select[*tuple[Any, ...]]:
    writer = aliased(Person)
    handed_over = select(col(Handover.id)).where(col(Handover.draft_id) == col(Draft.id)).exists()
    return (
        select(Draft, Patient, Person, DraftLease, writer, handed_over)
        .join(Patient, col(Patient.id) == col(Draft.patient_id))
        .join(Person, col(Person.id) == col(Draft.owner_id))
        .outerjoin(DraftLease, col(DraftLease.draft_id) == col(Draft.id))
        .outerjoin(writer, col(writer.id) == col(DraftLease.person_id))
        .where(at_sites(Patient.site_id, sites))
    )
