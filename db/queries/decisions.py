"""What was opened before signing, what waits for a second clinician, and what an episode turned out to be."""

from sqlalchemy import select
from sqlmodel import Session, col

from db.tables import ConfirmedDiagnosis, Decision, DecisionLine, DifferentialPlace, Lowering, Opening


def openings(session: Session, assessment_id: int, person_id: int) -> list[tuple[str, str]]:
    """Kind and subject of the suggestions of an assessment whose basis a person opened."""
    wanted = select(col(Opening.kind), col(Opening.subject)).where(
        col(Opening.assessment_id) == assessment_id, col(Opening.person_id) == person_id
    )
    return [(kind, subject) for kind, subject in session.execute(wanted)]


def lowering_waiting(session: Session, episode_id: int) -> Lowering | None:
    """The lowering of an episode's urgency that waits for a second clinician, if one does."""
    wanted = select(Lowering).where(col(Lowering.episode_id) == episode_id, col(Lowering.state) == "waiting")
    return session.scalars(wanted).first()


def lowerings(session: Session, episode_id: int) -> tuple[Lowering, ...]:
    """Every lowering that was asked for in an episode, oldest first."""
    wanted = select(Lowering).where(col(Lowering.episode_id) == episode_id)
    return tuple(session.scalars(wanted.order_by(col(Lowering.id))))


def lines(session: Session, episode_id: int) -> tuple[DecisionLine, ...]:
    """Every line of an episode's decisions, oldest first."""
    wanted = select(DecisionLine).join(Decision, col(Decision.id) == col(DecisionLine.decision_id))
    return tuple(session.scalars(wanted.where(col(Decision.episode_id) == episode_id).order_by(col(DecisionLine.id))))


def diagnosis(session: Session, episode_id: int) -> ConfirmedDiagnosis | None:
    """What an episode turned out to be, if that was recorded."""
    wanted = select(ConfirmedDiagnosis).where(col(ConfirmedDiagnosis.episode_id) == episode_id)
    return session.scalars(wanted).first()


def place_of(session: Session, diagnosis_id: int, condition: str) -> DifferentialPlace | None:
    """The place a condition had in the assessment a confirmed diagnosis is compared with."""
    wanted = select(DifferentialPlace).where(
        col(DifferentialPlace.diagnosis_id) == diagnosis_id, col(DifferentialPlace.condition) == condition
    )
    return session.scalars(wanted).first()
