"""Taking an intake: a draft on the server that keeps every answer the moment it is given."""

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from dashboard import entry
from dashboard.access import Actor, Permission
from dashboard.casework.authority import changed, looking, name_of, stale, today, writing
from dashboard.casework.deeds import deed
from dashboard.casework.errors import BadAnswer, NotFound
from dashboard.casework.rows import findable, number, referred
from dashboard.casework.shapes import age_on, draft_view
from dashboard.casework.views import DraftView
from dashboard.in_force import knowledge
from dashboard.letters import one_line
from db import queries, records
from db.tables import Draft, DraftRevision, Intake, Patient

SOURCES = ("desk", "unchanged", "patient", "paper", "undo")
"""Where an answer comes from: typed, confirmed from the last intake, the patient, paper, one taken back."""
UNSEEN = object()
"""What a writer had before them is not known."""
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
            draft = queries.open_draft_of(session, patient_id) or _new_draft(session, actor, patient)
            return draft_view(draft, patient, name_of(session, draft.owner_id))
    except IntegrityError:
        # A colleague opened one at the same moment: the database allows one a patient, and theirs is it.
        with looking(actor, Permission.INTAKE_WRITE) as session:
            return _view(session, _found(session, actor, str(_open_draft_id(session, patient_id))))


@deed(Permission.INTAKE_WRITE, of_a_site=True)
def read_draft(actor: Actor, draft_id: str) -> DraftView:
    """A draft in whatever state; NotFound when there is none at the actor's sites."""
    with looking(actor, Permission.INTAKE_WRITE) as session:
        return _view(session, _found(session, actor, draft_id))


@deed(Permission.INTAKE_WRITE, of_a_site=True)
def open_drafts(actor: Actor, mine: bool = False) -> tuple[DraftView, ...]:
    """Open drafts of the actor's sites (or only the actor's own), the one last worked on first."""
    with looking(actor, Permission.INTAKE_WRITE) as session:
        found = queries.open_drafts(session, sorted(actor.site_ids))
        kept = [row for row in found if not mine or row.draft.owner_id == actor.person_id]
        return tuple(draft_view(row.draft, row.patient, row.owner.name) for row in kept)


@deed(Permission.INTAKE_WRITE, writes=True, of_a_site=True)
def save_answer(
    actor: Actor,
    draft_id: str,
    item_id: str,
    raw: object,
    unit: str | None = None,
    *,
    seen: object = UNSEEN,
    source: str = "desk",
) -> DraftView:
    """Keep one answer; None or "" clears it, and nothing is written when nothing changed.

    ``seen`` is the stored answer the writer had before them, ``source`` (of SOURCES) where the answer comes from.

    BadAnswer (what is wrong and the cure) leaves everything saved before as it was. An answer is only ever
    added to the draft's revisions, so what was said first stays on record. Two tabs may answer different
    questions of one draft: each save touches its own question only.
    """
    with writing(actor, Permission.INTAKE_WRITE) as session:
        draft = _locked(session, actor, draft_id)
        accepted = entry.accept(item_id, raw, unit)
        answer, entered = entry.plain(accepted.answer), accepted.entered
        if draft.answers.get(item_id) != answer or draft.entered.get(item_id) != entered:
            said = {"item": item_id, "value": answer, "entered": entered, "source": source}
            session.add(DraftRevision(draft_id=draft.id, by=actor.person_id, draft_version=draft.version + 1, **said))
            answers, as_typed = _with(draft.answers, item_id, answer), _with(draft.entered, item_id, entered)
            kept = {"answers": answers, "entered": as_typed}
            draft = changed(session, actor, draft, draft.version, "answer:save", reason=item_id, **kept)
        return _view(session, draft)


@deed(Permission.INTAKE_WRITE, writes=True, of_a_site=True)
def keep_section(actor: Actor, draft_id: str, section: str) -> DraftView:
    """Remember which section (or "review") is open, so that the intake resumes there; no matter once submitted."""
    if section not in {REVIEW, *(each.id for each in knowledge().sections)}:
        raise BadAnswer("section", "is not a section of this intake.")
    with writing(actor, Permission.INTAKE_WRITE) as session:
        draft = _found(session, actor, draft_id)
        session.refresh(draft, with_for_update=True)
        if draft.state == "open" and draft.section != section:
            draft = changed(session, actor, draft, draft.version, "draft:turn-to-section", section=section)
        return _view(session, draft)


@deed(Permission.INTAKE_WRITE, writes=True, of_a_site=True)
def discard_draft(actor: Actor, draft_id: str, seen_version: int) -> DraftView:
    """Put an open draft aside; restore_draft brings it back."""
    return _move(actor, draft_id, seen_version, "open", "discarded", "draft:discard")


@deed(Permission.INTAKE_WRITE, writes=True, of_a_site=True)
def restore_draft(actor: Actor, draft_id: str, seen_version: int) -> DraftView:
    """Take up a discarded draft again; StaleRecord if a newer one was begun meanwhile."""
    try:
        return _move(actor, draft_id, seen_version, "discarded", "open", "draft:restore")
    except IntegrityError:
        with looking(actor, Permission.INTAKE_WRITE) as session:
            newer = _open_draft_id(session, _found(session, actor, draft_id).patient_id)
            raise stale(session, "draft", newer) from None


def _new_draft(session: Session, actor: Actor, patient: Patient) -> Draft:
    known = {"age_years": age_on(patient.date_of_birth, today()), "sex_at_birth": patient.sex_at_birth}
    answers = {item: value for item, value in known.items() if _fits(item, value)}
    draft = Draft(patient_id=number(patient), owner_id=actor.person_id, answers=answers)
    return records.insert(session, actor, draft, "draft:open")


def _fits(item: str, value: Any) -> bool:
    """Whether the record's value is one the question takes: an age out of range is left for the desk to sort out."""
    try:
        return entry.accept(item, value).answer is not None
    except BadAnswer:
        return False


def _move(actor: Actor, draft_id: str, seen_version: int, at: str, to: str, deed: str) -> DraftView:
    with writing(actor, Permission.INTAKE_WRITE) as session:
        draft = _found(session, actor, draft_id)
        if draft.state != at:
            raise stale(session, "draft", draft_id)
        return _view(session, changed(session, actor, draft, seen_version, deed, state=to))


def _found(session: Session, actor: Actor, draft_id: str) -> Draft:
    row = queries.draft(session, one_line(draft_id), sorted(actor.site_ids))
    if row is None:
        raise NotFound("There is no such draft at your sites.")
    return row.draft


def _locked(session: Session, actor: Actor, draft_id: str) -> Draft:
    """The open draft, its row locked until the transaction ends so that two tabs' saves follow one another."""
    draft = _found(session, actor, draft_id)
    session.refresh(draft, with_for_update=True)
    if draft.state != "open":
        raise stale(session, "draft", draft_id)
    return draft


def _open_draft_id(session: Session, patient_id: int) -> str | None:
    draft = queries.open_draft_of(session, patient_id)
    return draft.id if draft else None


def _with(answers: dict[str, Any], item: str, value: Any) -> dict[str, Any]:
    """The answers with one put in its place, or taken out for None; the order they were given in is kept."""
    kept = {**answers, item: value}
    return {key: kept[key] for key in kept if kept[key] is not None}


def _view(session: Session, draft: Draft) -> DraftView:
    patient = referred(session, Patient, draft.patient_id)
    intake = session.get(Intake, draft.submitted_intake_id) if draft.submitted_intake_id else None
    return draft_view(draft, patient, name_of(session, draft.owner_id), intake.episode_id if intake else None)


__all__ = [
    "discard_draft", "keep_section", "open_draft", "open_drafts", "read_draft", "restore_draft", "save_answer",
]  # fmt: skip
