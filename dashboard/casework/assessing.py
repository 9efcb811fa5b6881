"""Where meaning meets storage: an assessment made of answers, stored with the knowledge that made it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from dashboard import intake
from dashboard.access import Actor
from dashboard.casework import following
from dashboard.casework.shapes import leading
from dashboard.clinical import assessment
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.vocabulary import Urgency
from db import records
from db.tables import Assessment


@dataclass(frozen=True)
class Said:
    """An assessment's document and the three codes that storage sorts and counts by."""

    document: dict[str, Any]
    urgency: int
    leading_condition: str | None
    step: str | None

    @classmethod
    def of(cls, document: dict[str, Any]) -> Said:
        """What an assessment's document says."""
        urgency = int(Urgency.of(document["urgency"]))
        return cls(document, urgency, leading(document), document["pathway"].get("step"))


def say(answers: Mapping[str, Any], known: Knowledge) -> Said:
    """What is said of these answers under one knowledge."""
    return Said.of(assessment.assess(intake.case_of(answers, known), known).document())


def store(
    session: Session,
    actor: Actor,
    said: Said,
    answers: Mapping[str, Any],
    intake_id: int,
    episode_id: int,
    basis: str,
    known: Knowledge,
) -> Assessment:
    """Store an assessment with the answers and under the knowledge it was made of, keeping that if it is new here."""
    following.keep(session, actor, known)
    row = Assessment(
        intake_id=intake_id,
        episode_id=episode_id,
        knowledge_version=known.version,
        knowledge_sha256=known.sha256,
        urgency=said.urgency,
        leading_condition=said.leading_condition,
        step=said.step,
        answers=dict(answers),
        document=said.document,
        basis=basis,
        made_by=actor.person_id,
    )
    return records.insert(session, actor, row, "assessment:make")
