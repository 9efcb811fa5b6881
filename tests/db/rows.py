"""Invented rows for the tests of storage."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from sqlmodel import Session, select

from db.records import insert
from db.tables import (
    Assessment,
    ConfirmedDiagnosis,
    Decision,
    DecisionLine,
    DifferentialPlace,
    Episode,
    Intake,
    KnowledgeDifference,
    KnowledgeReport,
    KnowledgeText,
    KnowledgeVersion,
    Opening,
    Patient,
    Row,
)
from tests.cast import Clinic, a_runner

RowT = TypeVar("RowT", bound=Row)

NINE_O_CLOCK = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_numbers = count(1)


def put(session: Session, row: RowT) -> RowT:
    """Store a row without an audit event, and give it back with its id."""
    session.add(row)
    session.flush()
    return row


def a_patient(session: Session, clinic: Clinic, site: str = "north", **columns: Any) -> Patient:
    """A registered runner."""
    runner = a_runner(clinic.sites[site], next(_numbers), **columns)
    return insert(session, clinic.doer("noor"), runner, "patient:register")


def an_episode(
    session: Session,
    clinic: Clinic,
    site: str = "north",
    urgency: int = 0,
    minutes: int = 0,
    patient: Patient | None = None,
    **columns: Any,
) -> Episode:
    """An episode with its intake, handed in ``minutes`` after nine o'clock."""
    runner = patient or a_patient(session, clinic, site)
    at = NINE_O_CLOCK + timedelta(minutes=minutes)
    shared: dict[str, Any] = {
        "patient_id": runner.id,
        "site_id": clinic.sites[site].id,
        "urgency": urgency,
        "submitted_at": at,
    }
    episode = put(session, Episode(**(shared | {"opened_on": date(2026, 3, 2)} | columns)))
    put(session, Intake(**shared, episode_id=episode.id, submitted_by=clinic.people["noor"].id, month="2026-03"))
    return episode


def an_assessment(session: Session, clinic: Clinic, episode: Episode) -> Assessment:
    """An assessment of an episode's intake, under a knowledge that is kept."""
    if session.exec(select(KnowledgeText)).first() is None:
        put(session, KnowledgeText(sha256="0" * 64, knowledge_version="test", texts={}))
    intake = session.exec(select(Intake).where(Intake.episode_id == episode.id)).one()
    said = {"intake_id": intake.id, "episode_id": episode.id, "knowledge_version": "test", "knowledge_sha256": "0" * 64}
    return put(session, Assessment(**said, made_by=clinic.people["noor"].id))


def a_decision(session: Session, clinic: Clinic, episode: Episode, **columns: Any) -> Decision:
    """A decision Amina signed on an assessment of an episode."""
    assessment = an_assessment(session, clinic, episode)
    signed = {"episode_id": episode.id, "assessment_id": assessment.id, "signed_by": clinic.people["amina"].id}
    return put(session, Decision(**({**signed, "verdict": "accepted"} | columns)))


def a_decision_line(session: Session, clinic: Clinic, episode: Episode, **columns: Any) -> DecisionLine:
    """One line of a decision: the suggested step was accepted."""
    decision = a_decision(session, clinic, episode)
    assessment = session.get(Assessment, decision.assessment_id)
    assert assessment is not None
    told = {"decision_id": decision.id, "assessment_id": decision.assessment_id, "intake_id": assessment.intake_id}
    told |= {"kind": "step", "subject": "self_care", "verdict": "accepted"}
    return put(session, DecisionLine(**(told | columns), knowledge_version="test", month="2026-03"))


def an_opening(session: Session, clinic: Clinic, episode: Episode) -> Opening:
    """Amina opened the rule of the suggested step."""
    assessment = an_assessment(session, clinic, episode)
    opened = {"assessment_id": assessment.id, "person_id": clinic.people["amina"].id}
    return put(session, Opening(**opened, kind="step", subject="self_care"))


def a_confirmed_place(session: Session, clinic: Clinic, episode: Episode) -> DifferentialPlace:
    """The place a confirmed diagnosis had in what was suggested."""
    assessment = an_assessment(session, clinic, episode)
    whose = {"episode_id": episode.id, "intake_id": assessment.intake_id, "assessment_id": assessment.id}
    told = {"condition": "facet_joint_pain", "how": "imaging", "confirmed_on": date(2026, 3, 9)}
    said = {"recorded_by": clinic.people["amina"].id, "knowledge_version": "test"}
    diagnosis = put(session, ConfirmedDiagnosis(**whose, **told, **said))
    at = {"condition": "facet_joint_pain", "place": 1, "band": "likely", "probability": 0.5}
    return put(session, DifferentialPlace(diagnosis_id=diagnosis.id, **at))


def a_difference(session: Session, clinic: Clinic, episode: Episode) -> KnowledgeDifference:
    """What a candidate would have said differently of an episode."""
    assessment = an_assessment(session, clinic, episode)
    sha256, amina = assessment.knowledge_sha256, clinic.people["amina"].id
    told = {"sha256": sha256, "knowledge_version": "test", "origin": "edit", "proposed_by": amina}
    candidate = put(session, KnowledgeVersion(**told))
    between = {"from_sha256": sha256, "to_sha256": sha256, "begun_by": amina}
    report = put(session, KnowledgeReport(candidate_id=candidate.id, **between))
    whose = {"report_id": report.id, "episode_id": episode.id, "assessment_id": assessment.id}
    return put(session, KnowledgeDifference(**whose, before={"step": "self_care"}, after={"step": "supervised_care"}))
