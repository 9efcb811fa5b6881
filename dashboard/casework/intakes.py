"""Submitting an intake: history, assessment, knowledge and episode in one transaction, once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from dashboard import intake as history
from dashboard.access import Actor, Permission
from dashboard.casework import assessing, following, outcomes
from dashboard.casework.assessing import Said
from dashboard.casework.authority import changed, looking, must_be_fresh, stale, today, writing
from dashboard.casework.columns import cohort_columns
from dashboard.casework.deeds import deed
from dashboard.casework.draft_rows import asides
from dashboard.casework.errors import NotFound, NotReady, StaleRecord
from dashboard.casework.files import found_episode
from dashboard.casework.handing_over import must_be_looked_over
from dashboard.casework.lowerings import overtake
from dashboard.casework.rows import number, referred
from dashboard.casework.views import Submitted
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.vocabulary import Urgency
from dashboard.letters import one_line
from db import queries, records
from db.tables import Assessment, Draft, Episode, Intake, Patient


@deed(Permission.INTAKE_WRITE, writes=True, of_a_site=True)
def submit_intake(actor: Actor, draft_id: str, seen_version: int) -> Submitted:
    """Hand an intake over to the clinicians; a second call (a double click) returns what the first one made.

    NotReady lists required questions without an answer; when an emergency red flag has fired the rest is optional.
    StaleRecord when an answer was changed elsewhere since the draft was seen.
    """
    try:
        with writing(actor, Permission.INTAKE_WRITE) as session:
            draft, patient = _found(session, actor, draft_id)
            if draft.state == "submitted":
                return _already(session, actor, draft)
            return _submit(session, actor, draft, patient, seen_version)
    except StaleRecord:
        # Two clicks at once: the slower one finds the draft changed, by the submission it also asked for.
        with looking(actor, Permission.INTAKE_WRITE) as session:
            draft, _ = _found(session, actor, draft_id)
            if draft.state == "submitted":
                return _already(session, actor, draft)
        raise


def _submit(session: Session, actor: Actor, draft: Draft, patient: Patient, seen_version: int) -> Submitted:
    if draft.state != "open":
        raise stale(session, "draft", draft.id)
    must_be_fresh(session, draft, seen_version)  # before what is missing: that may be a colleague's new answer's doing
    must_be_looked_over(session, draft)
    known = following.current(session)
    said = assessing.say(draft.answers, known)
    _must_be_settled(session, draft, said)
    _must_be_ready(draft.answers, said, known)
    draft = changed(session, actor, draft, seen_version, "draft:submit", state="submitted")
    now = datetime.now(UTC)
    episode = _episode(session, actor, patient, said, now)
    overtake(session, actor, episode)
    intake = records.insert(session, actor, _intake(actor, draft, episode, said, known, now), "intake:submit")
    outcomes.record_at_intake(session, actor, episode, intake, known)
    made = assessing.store(session, actor, said, draft.answers, number(intake), number(episode), "intake", known)
    changed(session, actor, episode, episode.version, "episode:await-review", **_awaiting(episode, made, said, now))
    changed(session, actor, draft, draft.version, "draft:link-intake", submitted_intake_id=intake.id)
    return _submitted(made)


def _must_be_settled(session: Session, draft: Draft, said: Said) -> None:
    """Return quietly when no question has two answers to choose from, else raise NotReady; an emergency goes first."""
    waiting = asides(session, draft) if draft.asides and said.urgency != Urgency.EMERGENCY else ()
    if waiting:
        items = tuple(dict.fromkeys(aside.item for aside in waiting))
        raise NotReady("Two people answered the same question: say which answer is right.", items)


def _must_be_ready(answers: Mapping[str, Any], said: Said, known: Knowledge) -> None:
    if answers.get("consent_record") == "no":
        raise NotReady("The patient has not agreed that answers are recorded: discard this draft.", ("consent_record",))
    if said.urgency == Urgency.EMERGENCY:
        return
    if answers.get("consent_record") == "unknown":
        raise NotReady("Ask whether these answers may be kept: unknown is not consent.", ("consent_record",))
    missing = tuple(item for items in history.progress(answers, known).missing.values() for item in items)
    if missing:
        raise NotReady(f"{len(missing)} required questions have no answer yet.", missing)


def _episode(session: Session, actor: Actor, patient: Patient, said: Said, now: datetime) -> Episode:
    """The patient's open episode, which this intake then follows up, or a new one."""
    current = next((row for row in queries.history(session, number(patient)) if row.state != "closed"), None)
    if current is not None:
        # Locked, so that a colleague signing at this moment comes before or after and not in between.
        session.refresh(current, with_for_update=True)
        return current
    episode = Episode(
        patient_id=number(patient),
        site_id=patient.site_id,
        opened_on=today(),
        urgency=said.urgency,
        leading_condition=said.leading_condition,
        step=said.step,
        submitted_at=now,
    )
    return records.insert(session, actor, episode, "episode:open")


def _awaiting(episode: Episode, made: Assessment, said: Said, now: datetime) -> dict[str, Any]:
    """What a new assessment does to its episode: it waits for review, and only a signature lowers its urgency."""
    unread = episode.state == "awaiting-review"
    return {
        "state": "awaiting-review",
        "urgency": max(said.urgency, episode.urgency),
        "leading_condition": said.leading_condition,
        "step": said.step,
        "submitted_at": min(now, episode.submitted_at) if unread else now,
        "latest_assessment_id": made.id,
        "review_due_on": None,
    }


def _intake(actor: Actor, draft: Draft, episode: Episode, said: Said, known: Knowledge, now: datetime) -> Intake:
    asked = history.visible(draft.answers, known)
    used = {item: answer for item, answer in draft.answers.items() if item in asked}
    return Intake(
        episode_id=number(episode),
        patient_id=draft.patient_id,
        site_id=episode.site_id,
        clinician_id=episode.clinician_id,
        draft_id=draft.id,
        submitted_by=actor.person_id,
        submitted_at=now,
        month=f"{now:%Y-%m}",
        answers=draft.answers,
        entered=draft.entered,
        notes=draft.notes,
        urgency=said.urgency,
        leading_condition=said.leading_condition,
        step=said.step,
        **cohort_columns(used, known),
    )


def _already(session: Session, actor: Actor, draft: Draft) -> Submitted:
    intake = referred(session, Intake, draft.submitted_intake_id)
    rows = found_episode(session, actor, intake.episode_id)
    first = next(row for row in rows.assessments if row.intake_id == intake.id)
    return _submitted(first)


def _submitted(made: Assessment) -> Submitted:
    urgency = Urgency(made.urgency).code
    return Submitted(made.episode_id, made.intake_id, number(made), urgency, made.knowledge_version)


def _found(session: Session, actor: Actor, draft_id: str) -> tuple[Draft, Patient]:
    row = queries.draft(session, one_line(draft_id), sorted(actor.site_ids))
    if row is None:
        raise NotFound("There is no such draft at your sites.")
    return row.draft, row.patient
