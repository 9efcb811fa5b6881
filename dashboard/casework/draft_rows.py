"""A draft's rows as a deed finds them, and the view it gives back of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session

from dashboard import entry
from dashboard.access import Actor
from dashboard.casework.authority import name_of, stale, today
from dashboard.casework.errors import BadAnswer, NotFound
from dashboard.casework.shapes import age_on, aside_view, draft_view
from dashboard.casework.views import AsideView, DraftView
from dashboard.clinic import clinic
from dashboard.letters import one_line
from db import queries
from db.queries import DraftEntry
from db.tables import Draft, DraftRevision, Intake, Patient


def found_draft(session: Session, actor: Actor, draft_id: str) -> DraftEntry:
    """A draft in whatever state; NotFound when there is none at the actor's sites."""
    return _there(queries.draft(session, one_line(draft_id), sorted(actor.site_ids)))


def locked_draft(session: Session, actor: Actor, draft_id: str) -> DraftEntry:
    """As ``found_draft``, its row locked until the transaction ends, so that two tabs' saves follow one another."""
    return _there(queries.draft_locked(session, one_line(draft_id), sorted(actor.site_ids)))


def open_to_answers(session: Session, actor: Actor, draft_id: str) -> DraftEntry:
    """A draft that is still being taken, locked; StaleRecord when it was submitted or put aside."""
    found = locked_draft(session, actor, draft_id)
    if found.draft.state != "open":
        raise stale(session, "draft", draft_id)
    return found


def view_of(session: Session, found: DraftEntry) -> DraftView:
    """The draft with whose it is, who writes it, and what waits to be settled."""
    draft = found.draft
    intake = session.get(Intake, draft.submitted_intake_id) if draft.submitted_intake_id else None
    waiting = asides(session, draft) if draft.asides else ()
    before = name_of(session, found.lease.before_id) if found.lease is not None and found.lease.before_id else ""
    return draft_view(found, kept_for(), intake.episode_id if intake else None, waiting, before)


def asides(session: Session, draft: Draft) -> tuple[AsideView, ...]:
    """Answers set aside that still say something else than the draft does."""
    found = queries.set_aside(session, draft.id)
    return tuple(aside_view(row, person) for row, person in found if not stands(draft, row))


def stands(draft: Draft, row: DraftRevision) -> bool:
    """Whether the draft says what a revision says."""
    return bool(draft.answers.get(row.item) == row.value)


def draft_beginning(patient: Patient) -> dict[str, Any]:
    """The answers a new draft begins with: what the record knows and the questions take."""
    known = {"age_years": age_on(patient.date_of_birth, today()), "sex_at_birth": patient.sex_at_birth}
    return {item: value for item, value in known.items() if _fits(item, value)}


def _fits(item: str, value: Any) -> bool:
    """Whether the record's value is one the question takes: an age out of range is left for the desk to sort out."""
    try:
        return entry.accept(item, value).answer is not None
    except BadAnswer:
        return False


def kept_for() -> timedelta:
    """How long a draft that nobody works on is kept open."""
    return timedelta(days=clinic().draft_days)


def has_expired(draft: Draft) -> bool:
    """Whether nobody worked on an open draft for longer than drafts are kept open."""
    return draft.state == "open" and datetime.now(UTC) - draft.updated_at > kept_for()


def _there(found: DraftEntry | None) -> DraftEntry:
    if found is None:
        raise NotFound("There is no such draft at your sites.")
    return found
