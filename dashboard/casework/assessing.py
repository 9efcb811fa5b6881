"""Where meaning meets storage: an assessment made of answers, stored with the knowledge that made it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from dashboard import intake
from dashboard.access import Actor
from dashboard.casework.shapes import leading
from dashboard.clinical import assessment
from dashboard.clinical import knowledge as library
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.vocabulary import Urgency
from dashboard.in_force import knowledge
from db import queries, records
from db.tables import Assessment, KnowledgeText


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


def say(answers: Mapping[str, Any], known: Knowledge | None = None) -> Said:
    """What is said of these answers under one knowledge (default: the one in force)."""
    known = known or knowledge()
    return Said.of(assessment.assess(intake.case_of(answers, known), known).document())


def store(
    session: Session, actor: Actor, said: Said, answers: Mapping[str, Any], intake_id: int, episode_id: int, basis: str
) -> Assessment:
    """Store an assessment with the answers it was made of, and its knowledge if that is not kept yet."""
    known = knowledge()
    _keep(session, actor, known)
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


@lru_cache(maxsize=4)
def _loaded(sha256: str, texts: tuple[tuple[str, str], ...]) -> Knowledge:
    return library.load_texts(dict(texts))


def knowledge_of(session: Session, sha256: str) -> Knowledge | None:
    """The knowledge of that hash, from the texts kept for it; None if they are not kept."""
    if sha256 == knowledge().sha256:
        return knowledge()
    kept = queries.knowledge_text(session, sha256)
    return _loaded(sha256, tuple(sorted(kept.texts.items()))) if kept else None


def _keep(session: Session, actor: Actor, known: Knowledge) -> None:
    if queries.knowledge_text(session, known.sha256) is not None:
        return
    row = KnowledgeText(sha256=known.sha256, knowledge_version=known.version, texts=dict(known.texts))
    try:
        with session.begin_nested():
            records.insert(session, actor, row, "knowledge:keep")
    except IntegrityError:
        # A colleague submitting at the same moment kept it first: the text of a hash is the same whoever keeps it.
        return
