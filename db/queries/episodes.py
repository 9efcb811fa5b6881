"""One episode with everything that belongs to it, and a patient's episodes."""

from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import select
from sqlmodel import Session, col

from db.queries import decisions
from db.queries.scope import SiteIds, at_sites
from db.tables import (
    Assessment,
    ConfirmedDiagnosis,
    Decision,
    DecisionLine,
    Episode,
    Intake,
    KnowledgeText,
    Lowering,
    Outcome,
    Patient,
    Person,
    Record,
    Referral,
    ReferralMove,
    Site,
)

RecordT = TypeVar("RecordT", bound=Record)


@dataclass(frozen=True)
class EpisodeRows:
    """One episode with everything that belongs to it; lists run from oldest to newest."""

    episode: Episode
    patient: Patient
    site: Site
    clinician: Person | None
    intake: Intake
    assessments: tuple[Assessment, ...]
    decisions: tuple[Decision, ...]
    lines: tuple[DecisionLine, ...]
    lowerings: tuple[Lowering, ...]
    diagnosis: ConfirmedDiagnosis | None
    referrals: tuple[Referral, ...]
    moves: tuple[ReferralMove, ...]
    outcomes: tuple[Outcome, ...]


def episode(session: Session, episode_id: int, sites: SiteIds) -> EpisodeRows | None:
    """One episode with everything, or None when there is none at these sites."""
    head = (
        select(Episode, Patient, Site, Intake, Person)
        .join(Patient, col(Patient.id) == col(Episode.patient_id))
        .join(Site, col(Site.id) == col(Episode.site_id))
        .join(Intake, col(Intake.episode_id) == col(Episode.id))
        .outerjoin(Person, col(Person.id) == col(Episode.clinician_id))
        .where(col(Episode.id) == episode_id, at_sites(Episode.site_id, sites))
        .order_by(col(Intake.id))
    )
    first = session.execute(head).first()
    if first is None:
        return None
    found, patient, site, intake, clinician = first
    return EpisodeRows(
        episode=found,
        patient=patient,
        site=site,
        clinician=clinician,
        intake=intake,
        assessments=_of(session, Assessment, Assessment.episode_id, episode_id),
        decisions=_of(session, Decision, Decision.episode_id, episode_id),
        lines=decisions.lines(session, episode_id),
        lowerings=decisions.lowerings(session, episode_id),
        diagnosis=decisions.diagnosis(session, episode_id),
        referrals=_of(session, Referral, Referral.episode_id, episode_id),
        moves=_moves_of(session, episode_id),
        outcomes=_outcomes_of(session, episode_id),
    )


def history(session: Session, patient_id: int) -> tuple[Episode, ...]:
    """A patient's episodes, newest first."""
    wanted = select(Episode).where(col(Episode.patient_id) == patient_id)
    return tuple(session.scalars(wanted.order_by(col(Episode.submitted_at).desc(), col(Episode.id).desc())))


def assessment(session: Session, assessment_id: int) -> Assessment | None:
    """One assessment."""
    return session.get(Assessment, assessment_id)


def knowledge_text(session: Session, sha256: str) -> KnowledgeText | None:
    """The knowledge a hash stands for, if it is kept."""
    return session.scalars(select(KnowledgeText).where(col(KnowledgeText.sha256) == sha256)).first()


def _of(session: Session, kind: type[RecordT], column: Any, episode_id: int) -> tuple[RecordT, ...]:
    return tuple(session.scalars(select(kind).where(col(column) == episode_id).order_by(col(kind.id))))


def _moves_of(session: Session, episode_id: int) -> tuple[ReferralMove, ...]:
    moved = select(ReferralMove).join(Referral, col(Referral.id) == col(ReferralMove.referral_id))
    return tuple(session.scalars(moved.where(col(Referral.episode_id) == episode_id).order_by(col(ReferralMove.id))))


def _outcomes_of(session: Session, episode_id: int) -> tuple[Outcome, ...]:
    taken = select(Outcome).where(col(Outcome.episode_id) == episode_id)
    return tuple(session.scalars(taken.order_by(col(Outcome.taken_on), col(Outcome.id))))
