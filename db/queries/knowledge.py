"""Row reads of the knowledge's life: which version is in force, its versions, and what a candidate would change."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from db.knowledge import KnowledgeDifference, KnowledgeReport, KnowledgeVersion
from db.queries.scope import SiteIds, at_sites
from db.tables import Assessment, Episode, Patient


@dataclass(frozen=True)
class Told:
    """The latest assessment of one intake: where it stands, and the answers it was made of."""

    intake_id: int
    assessment_id: int
    episode_id: int
    answers: dict[str, Any]


@dataclass(frozen=True)
class DifferenceEntry:
    """A history a candidate would change, with whose it is."""

    difference: KnowledgeDifference
    patient: Patient


def knowledge_in_force(session: Session, day: date) -> KnowledgeVersion | None:
    """The approved version whose day came last; None where nothing was ever written down."""
    return session.scalars(_approved().where(col(KnowledgeVersion.effective_on) <= day).limit(1)).first()


def knowledge_waiting(session: Session, day: date) -> KnowledgeVersion | None:
    """The approved version whose day is still to come, if there is one."""
    return session.scalars(_approved().where(col(KnowledgeVersion.effective_on) > day).limit(1)).first()


def _approved() -> Select[KnowledgeVersion]:
    """Approved versions, the one that takes effect last first."""
    order = (KnowledgeVersion.effective_on, KnowledgeVersion.approved_at, KnowledgeVersion.id)
    approved = select(KnowledgeVersion).where(col(KnowledgeVersion.state) == "approved")
    return approved.order_by(*(col(each).desc() for each in order))


def knowledge_version(session: Session, version_id: int) -> KnowledgeVersion | None:
    """One version."""
    return session.get(KnowledgeVersion, version_id)


def knowledge_versions(session: Session) -> tuple[KnowledgeVersion, ...]:
    """Every version this clinic met, newest first."""
    return tuple(session.scalars(select(KnowledgeVersion).order_by(col(KnowledgeVersion.id).desc())))


def knowledge_last_used(session: Session) -> str | None:
    """The hash under which the newest assessment was made."""
    newest = select(col(Assessment.knowledge_sha256)).order_by(col(Assessment.id).desc())
    return session.scalars(newest.limit(1)).first()


def knowledge_report(session: Session, report_id: int) -> KnowledgeReport | None:
    """One difference report."""
    return session.get(KnowledgeReport, report_id)


def knowledge_reports(session: Session, candidate_id: int) -> tuple[KnowledgeReport, ...]:
    """The difference reports of a candidate, newest first."""
    of_it = select(KnowledgeReport).where(col(KnowledgeReport.candidate_id) == candidate_id)
    return tuple(session.scalars(of_it.order_by(col(KnowledgeReport.id).desc())))


def histories_told(session: Session) -> tuple[int, int]:
    """How many intakes have an assessment, and the newest assessment's id (0 for none)."""
    counted = select(func.count(func.distinct(Assessment.intake_id)), func.max(Assessment.id))
    total, newest = session.execute(counted).one()
    return total, newest or 0


def histories_after(session: Session, intake_id: int, last_assessment_id: int, limit: int) -> tuple[Told, ...]:
    """The next intakes after one, each with its latest assessment up to ``last_assessment_id``, by intake."""
    latest = (
        select(func.max(Assessment.id))
        .where(col(Assessment.intake_id) > intake_id, col(Assessment.id) <= last_assessment_id)
        .group_by(col(Assessment.intake_id))
        .order_by(col(Assessment.intake_id))
        .limit(limit)
    )
    return _told(session, list(session.scalars(latest)))


def histories_since(session: Session, last_assessment_id: int, limit: int) -> tuple[Told, ...]:
    """Intakes assessed after an assessment, each with its latest one, by intake."""
    latest = (
        select(func.max(Assessment.id))
        .where(col(Assessment.id) > last_assessment_id)
        .group_by(col(Assessment.intake_id))
        .limit(limit)
    )
    return _told(session, list(session.scalars(latest)))


def _told(session: Session, ids: list[int | None]) -> tuple[Told, ...]:
    if not ids:
        return ()
    wanted = select(col(Assessment.intake_id), col(Assessment.id), col(Assessment.episode_id), col(Assessment.answers))
    rows = session.execute(wanted.where(col(Assessment.id).in_(ids)).order_by(col(Assessment.intake_id)))
    return tuple(Told(*row) for row in rows)


def differences(
    session: Session, report_id: int, sites: SiteIds, limit: int, after: tuple[int, int] | None = None
) -> tuple[DifferenceEntry, ...]:
    """A report's histories at these sites, what matters most first; ``after`` is (weight, id) of the last one seen."""
    wanted = (
        select(KnowledgeDifference, Patient)
        .join(Episode, col(Episode.id) == col(KnowledgeDifference.episode_id))
        .join(Patient, col(Patient.id) == col(Episode.patient_id))
        .where(col(KnowledgeDifference.report_id) == report_id, at_sites(Episode.site_id, sites))
        .order_by(col(KnowledgeDifference.weight).desc(), col(KnowledgeDifference.id))
        .limit(limit)
    )
    if after is not None:
        weight, last = after
        lighter = col(KnowledgeDifference.weight) < weight
        beside = (col(KnowledgeDifference.weight) == weight) & (col(KnowledgeDifference.id) > last)
        wanted = wanted.where(lighter | beside)
    return tuple(DifferenceEntry(difference, patient) for difference, patient in session.execute(wanted))
