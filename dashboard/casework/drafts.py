"""Taking an intake: a draft on the server that keeps every answer the moment it is given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from dashboard.access import Actor, Permission
from dashboard.casework.authority import changed, looking, must_be_fresh, stale, writing
from dashboard.casework.deeds import deed
from dashboard.casework.draft_rows import (
    draft_beginning,
    found_draft,
    has_expired,
    kept_for,
    locked_draft,
    open_to_answers,
    view_of,
)
from dashboard.casework.errors import BadAnswer, NotFound
from dashboard.casework.handing_over import must_be_settled
from dashboard.casework.rows import findable, number
from dashboard.casework.views import DraftView
from dashboard.in_force import knowledge
from db import queries, records
from db.queries import DraftEntry
from db.tables import Draft, Patient

REVIEW = "review"
"""The last page of an intake, after its sections."""


@deed(Permission.INTAKE_WRITE, writes=True, of_a_site=True)
def open_draft(actor: Actor, patient_id: int) -> DraftView:
    """The patient's open draft, or a new one that already knows age and sex from the record."""
    try:
        with writing(actor, Permission.INTAKE_WRITE) as session:
            patient = queries.patient(session, findable(patient_id), sorted(actor.site_ids))
            if patient is None:
                raise NotFound("There is no such patient at your sites.")
            draft = queries.open_draft_of(session, number(patient)) or _new_draft(session, actor, patient)
            return view_of(session, found_draft(session, actor, draft.id))
    except IntegrityError:
        # A colleague opened one at the same moment: the database allows one a patient, and theirs is it.
        with looking(actor, Permission.INTAKE_WRITE) as session:
            there = queries.patient(session, findable(patient_id), sorted(actor.site_ids))
            newer = _open_draft_id(session, number(there) if there else patient_id)
            return view_of(session, found_draft(session, actor, str(newer)))


@deed(Permission.INTAKE_WRITE, of_a_site=True)
def read_draft(actor: Actor, draft_id: str) -> DraftView:
    """A draft in whatever state; NotFound when there is none at the actor's sites. Reading takes it from nobody."""
    with looking(actor, Permission.INTAKE_WRITE) as session:
        return view_of(session, found_draft(session, actor, draft_id))


@deed(Permission.INTAKE_WRITE, of_a_site=True)
def open_drafts(actor: Actor, mine: bool = False, expired: bool = False) -> tuple[DraftView, ...]:
    """Open drafts of the actor's sites (or only the actor's own), the one last worked on first.

    Those nobody worked on for longer than drafts are kept open are ``expired``, and listed only when asked for.
    """
    last = datetime.now(UTC) - kept_for()
    when: dict[str, Any] = {"before": last} if expired else {"since": last}
    with looking(actor, Permission.INTAKE_WRITE) as session:
        found = queries.open_drafts(session, sorted(actor.site_ids), **when)
        return _views(session, (row for row in found if not mine or row.draft.owner_id == actor.person_id))


@deed(Permission.INTAKE_WRITE, of_a_site=True)
def drafts_of(actor: Actor, patient_ids: Iterable[int]) -> Mapping[int, DraftView]:
    """The open drafts of these patients, by the patient's id: what a list of patients found says beside each."""
    wanted = [findable(each) for each in patient_ids]
    with looking(actor, Permission.INTAKE_WRITE) as session:
        found = queries.open_drafts_of(session, wanted, sorted(actor.site_ids)) if wanted else ()
        return {view.patient.id: view for view in _views(session, found)}


@deed(Permission.INTAKE_WRITE, writes=True, of_a_site=True)
def renew_draft(actor: Actor, draft_id: str, seen_version: int) -> DraftView:
    """Keep an open draft as long again from now, whether it has expired or is about to."""
    with writing(actor, Permission.INTAKE_WRITE) as session:
        found = open_to_answers(session, actor, draft_id)
        changed(session, actor, found.draft, seen_version, "draft:renew")
        return view_of(session, found)


@deed(Permission.INTAKE_WRITE, writes=True, of_a_site=True)
def keep_section(actor: Actor, draft_id: str, section: str) -> DraftView:
    """Remember which section (or "review") is open, so that the intake resumes there; no matter once submitted."""
    if section not in {REVIEW, *(each.id for each in knowledge().sections)}:
        raise BadAnswer("section", "is not a section of this intake.")
    with writing(actor, Permission.INTAKE_WRITE) as session:
        found = locked_draft(session, actor, draft_id)
        draft = found.draft
        if draft.state == "open" and draft.section != section and not has_expired(draft):
            changed(session, actor, draft, draft.version, "draft:turn-to-section", section=section)
        return view_of(session, found)


@deed(Permission.INTAKE_WRITE, writes=True, of_a_site=True)
def discard_draft(actor: Actor, draft_id: str, seen_version: int) -> DraftView:
    """Put an open draft aside; restore_draft brings it back.

    NotReady while the patient has the tablet, or answers given on it wait to be looked over: once the intake is aside
    nobody would see a red flag among them.
    """
    with writing(actor, Permission.INTAKE_WRITE) as session:
        found = open_to_answers(session, actor, draft_id)
        must_be_fresh(session, found.draft, seen_version)  # before what waits: looking at that may be what changed it
        must_be_settled(session, found.draft)
        changed(session, actor, found.draft, seen_version, "draft:discard", state="discarded")
        return view_of(session, found)


@deed(Permission.INTAKE_WRITE, writes=True, of_a_site=True)
def restore_draft(actor: Actor, draft_id: str, seen_version: int) -> DraftView:
    """Take up a discarded draft again; StaleRecord if a newer one was begun meanwhile."""
    try:
        with writing(actor, Permission.INTAKE_WRITE) as session:
            found = found_draft(session, actor, draft_id)
            if found.draft.state != "discarded":
                raise stale(session, "draft", draft_id)
            changed(session, actor, found.draft, seen_version, "draft:restore", state="open")
            return view_of(session, found)
    except IntegrityError:
        with looking(actor, Permission.INTAKE_WRITE) as session:
            newer = _open_draft_id(session, found_draft(session, actor, draft_id).draft.patient_id)
            raise stale(session, "draft", newer) from None


def _new_draft(session: Session, actor: Actor, patient: Patient) -> Draft:
    draft = Draft(patient_id=number(patient), owner_id=actor.person_id, answers=draft_beginning(patient))
    return records.insert(session, actor, draft, "draft:open")


def _open_draft_id(session: Session, patient_id: int) -> str | None:
    draft = queries.open_draft_of(session, patient_id)
    return draft.id if draft else None


def _views(session: Session, found: Iterable[DraftEntry]) -> tuple[DraftView, ...]:
    return tuple(view_of(session, each) for each in found)


__all__ = [
    "discard_draft", "drafts_of", "keep_section", "open_draft", "open_drafts", "read_draft", "renew_draft",
    "restore_draft",
]  # fmt: skip
