"""What a patient said at earlier intakes, and how each answer of a draft came to be."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from db.tables import DraftRevision, Intake


def intakes_of(
    session: Session, patient_id: int, limit: int = 1, earlier_than: datetime | None = None
) -> tuple[Intake, ...]:
    """A patient's submitted intakes, newest first; with ``earlier_than`` only those submitted before that moment."""
    wanted = select(Intake).where(col(Intake.patient_id) == patient_id)
    if earlier_than is not None:
        wanted = wanted.where(col(Intake.submitted_at) < earlier_than)
    newest = wanted.order_by(col(Intake.submitted_at).desc(), col(Intake.id).desc()).limit(limit)
    return tuple(session.scalars(newest))


def latest_intake_of_episode(session: Session, episode_id: int) -> Intake | None:
    """The newest intake of an episode, or None."""
    wanted = select(Intake).where(col(Intake.episode_id) == episode_id)
    return session.scalars(wanted.order_by(col(Intake.submitted_at).desc(), col(Intake.id).desc()).limit(1)).first()


def sources_of(session: Session, draft_id: str) -> Mapping[str, str]:
    """Item → where its standing answer came from, by the last revision that was kept."""
    wanted = select(col(DraftRevision.item), col(DraftRevision.source)).where(
        col(DraftRevision.draft_id) == draft_id, col(DraftRevision.standing) == "kept"
    )
    return {row.item: row.source for row in session.execute(wanted.order_by(col(DraftRevision.id)))}
