"""The tables of the knowledge's life: its versions, and what each would have changed of the stored histories."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from db.base import Entry, Record, now
from db.columns import Code, Document, Moment


class KnowledgeVersion(Record, table=True):
    """One knowledge as this clinic met it: proposed by one person, approved by another, in force from a day on.

    Which one is in force is not stored: it is the approved one with the latest day that has come.
    """

    __table_args__ = (
        Index("knowledgeversion_in_force", "state", "effective_on", "approved_at"),
        Index(
            "knowledgeversion_one_adopted",
            "origin",
            unique=True,
            sqlite_where=text("origin = 'adopted'"),
            postgresql_where=text("origin = 'adopted'"),
        ),
        CheckConstraint("origin IN ('adopted', 'edit', 'files', 'rollback')", name="knowledgeversion_origin_known"),
        CheckConstraint(
            "state IN ('candidate', 'approved', 'refused', 'withdrawn')", name="knowledgeversion_state_known"
        ),
        CheckConstraint("approved_by <> proposed_by", name="knowledgeversion_second_person"),
        CheckConstraint(
            "state <> 'approved' OR (effective_on IS NOT NULL AND approved_at IS NOT NULL AND (origin = 'adopted' OR "
            "(proposed_by IS NOT NULL AND approved_by IS NOT NULL AND report_id IS NOT NULL)))",
            name="knowledgeversion_approved_whole",
        ),
    )

    sha256: str = Field(foreign_key="knowledgetext.sha256", index=True, sa_type=Code)
    knowledge_version: str = Field(sa_type=Code)
    origin: str = Field(sa_type=Code)
    """adopted (found in force when the clinic was set up), edit, files (those on disk) or rollback."""
    based_on_sha256: str | None = Field(default=None, sa_type=Code)
    """What was in force when it was proposed."""
    state: str = Field(default="candidate", sa_type=Code)
    sentence: str = ""
    """What changed and why, in the proposer's words."""
    proposed_by: int | None = Field(default=None, foreign_key="person.id")
    proposed_at: datetime = Field(default_factory=now, sa_type=Moment)
    approved_by: int | None = Field(default=None, foreign_key="person.id")
    approved_at: datetime | None = Field(default=None, sa_type=Moment)
    effective_on: date | None = None
    # No foreign key: the report already refers to its version, and a circle could not be loaded in any order.
    report_id: int | None = None
    """The difference report the approval rests on."""
    ended_by: int | None = Field(default=None, foreign_key="person.id")
    """Who refused or withdrew it."""
    ending_words: str = ""


class KnowledgeReport(Record, table=True):
    """What a candidate would have said of every stored history, beside what the version in force says."""

    __table_args__ = (
        Index("knowledgereport_by_candidate_id", "candidate_id", "id"),
        CheckConstraint("state IN ('running', 'done', 'stopped')", name="knowledgereport_state_known"),
    )

    candidate_id: int = Field(foreign_key="knowledgeversion.id")
    from_sha256: str = Field(foreign_key="knowledgetext.sha256", sa_type=Code)
    to_sha256: str = Field(foreign_key="knowledgetext.sha256", sa_type=Code)
    state: str = Field(default="running", sa_type=Code)
    begun_by: int = Field(foreign_key="person.id")
    begun_at: datetime = Field(default_factory=now, sa_type=Moment)
    finished_at: datetime | None = Field(default=None, sa_type=Moment)
    last_assessment_id: int = 0
    """Assessments made later are not part of it."""
    total: int = 0
    done: int = 0
    reached_intake_id: int = 0
    """Where to go on after an interruption."""
    counts: dict[str, Any] = Field(default_factory=dict, sa_type=Document)


class KnowledgeDifference(Entry, table=True):
    """One history of which a candidate would say something else; rows are only ever added."""

    __table_args__ = (Index("knowledgedifference_by_report_id", "report_id", "weight", "id"),)

    report_id: int = Field(foreign_key="knowledgereport.id")
    episode_id: int = Field(foreign_key="episode.id", index=True)
    assessment_id: int = Field(foreign_key="assessment.id")
    weight: int = 0
    """What to read first has the greatest: urgency lowered, raised, gates, condition, step."""
    before: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    after: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
