"""One episode's file put together: the patient, the answers, what was said, decided, referred and measured."""

from __future__ import annotations

from functools import partial

from sqlmodel import Session

from dashboard.access import Actor
from dashboard.casework.authority import name_of
from dashboard.casework.errors import NotFound, NotReady
from dashboard.casework.opened import at_sites_or_opened, may_see
from dashboard.casework.rows import findable, number, referred
from dashboard.casework.shapes import (
    assessment_view,
    decision_view,
    diagnosis_view,
    episode_view,
    lowering_view,
    move_view,
    outcome_view,
    patient_card,
    referral_row,
)
from dashboard.casework.views import EpisodeFile, ReferralRow
from db import queries
from db.queries import EpisodeRows
from db.tables import Assessment, Episode, Intake


def found_episode(session: Session, actor: Actor, episode_id: int) -> EpisodeRows:
    """An episode's rows; NotFound when there is none at the actor's sites and it was not opened in an emergency."""
    rows = at_sites_or_opened(
        session,
        actor,
        lambda sites: queries.episode(session, findable(episode_id), sites),
        lambda found: found.episode.patient_id,
    )
    if rows is None:
        raise NotFound("There is no such episode at your sites.")
    return rows


def open_episode(session: Session, actor: Actor, episode_id: int) -> Episode:
    """An episode that is not closed; NotReady when it is."""
    episode = found_episode(session, actor, episode_id).episode
    if episode.state == "closed":
        raise NotReady("This episode is closed; the patient's next intake opens a new one.", ("episode",))
    return episode


def found_assessment(session: Session, actor: Actor, assessment_id: int) -> Assessment:
    """An assessment, the latest of its episode or not; NotFound when there is none at the actor's sites."""
    row = queries.assessment(session, findable(assessment_id))
    episode = session.get(Episode, row.episode_id) if row else None
    if row is None or episode is None:
        raise NotFound("There is no such assessment at your sites.")
    may_see(session, actor, episode.site_id, episode.patient_id)
    return row


def episode_file(session: Session, rows: EpisodeRows) -> EpisodeFile:
    """Everything of one episode as the screen gets it."""
    latest = next(row for row in rows.assessments if row.id == rows.episode.latest_assessment_id)
    intake = referred(session, Intake, latest.intake_id)
    named = partial(name_of, session)
    return EpisodeFile(
        episode=episode_view(rows.episode, rows.site, rows.clinician.name if rows.clinician else ""),
        patient=patient_card(rows.patient),
        answers=dict(latest.answers),
        entered=dict(intake.entered),
        document=latest.document,
        assessment_id=number(latest),
        assessments=tuple(assessment_view(row) for row in rows.assessments),
        decisions=tuple(decision_view(row, named, rows.lines) for row in rows.decisions),
        referrals=tuple(_referral(session, rows, place) for place in range(len(rows.referrals))),
        outcomes=tuple(outcome_view(row) for row in rows.outcomes),
        version=rows.episode.version,
        lowerings=tuple(lowering_view(row, named) for row in rows.lowerings),
        diagnosis=diagnosis_view(rows.diagnosis, named) if rows.diagnosis else None,
        notes=dict(intake.notes or {}),
    )


def _referral(session: Session, rows: EpisodeRows, place: int) -> ReferralRow:
    referral, named = rows.referrals[place], partial(name_of, session)
    moves = tuple(move_view(move, named) for move in rows.moves if move.referral_id == referral.id)
    return referral_row(referral, rows.site, named(referral.created_by), rows.patient, moves)
