"""The tables of a clinician's judgement: lines of decisions, what was opened, second readers, later diagnoses."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from db.base import Entry, Record
from db.columns import Code, Moment

LINE_COUNTED = (
    *("kind", "subject", "verdict", "reason_code", "knowledge_version", "month"),
    *("assessment_id", "id"),
)
"""What is counted of a decision's lines."""
DIAGNOSIS_COUNTED = ("id", "condition", "leader", "place", "band", "knowledge_version")
"""What is counted of confirmed diagnoses."""


class DecisionLine(Entry, table=True):
    """What a signed decision says of one suggestion; rows are only ever added."""

    __table_args__ = (
        UniqueConstraint("decision_id", "kind", "subject", name="decisionline_one_each"),
        # The newest line of a suggestion is found along the first, every figure counted along the second.
        Index("decisionline_by_assessment_id", "assessment_id", "kind", "subject", "id"),
        Index("decisionline_counted", "intake_id", *LINE_COUNTED),
        CheckConstraint("kind IN ('red_flag', 'condition', 'step', 'orthobiologic')", name="decisionline_kind_known"),
        CheckConstraint("verdict IN ('accepted', 'changed', 'rejected')", name="decisionline_verdict_known"),
        CheckConstraint("(verdict = 'changed') = (changed_to IS NOT NULL)", name="decisionline_changed_to_something"),
        CheckConstraint("(verdict = 'accepted') = (reason_code IS NULL)", name="decisionline_departure_has_reason"),
    )

    decision_id: int = Field(foreign_key="decision.id")
    assessment_id: int = Field(foreign_key="assessment.id")
    intake_id: int = Field(foreign_key="intake.id")
    kind: str = Field(sa_type=Code)
    subject: str = Field(sa_type=Code)
    verdict: str = Field(sa_type=Code)
    changed_to: str | None = Field(default=None, sa_type=Code)
    reason_code: str | None = Field(default=None, sa_type=Code)
    comment: str = ""
    knowledge_version: str = Field(sa_type=Code)
    month: str = Field(sa_type=Code)
    """When it was signed, "YYYY-MM"."""


class Opening(Entry, table=True):
    """One person opened the basis of one suggestion of an assessment; rows are only ever added."""

    __table_args__ = (UniqueConstraint("assessment_id", "person_id", "kind", "subject", name="opening_once"),)

    assessment_id: int = Field(foreign_key="assessment.id")
    person_id: int = Field(foreign_key="person.id")
    kind: str = Field(sa_type=Code)
    subject: str = Field(sa_type=Code)


class Lowering(Record, table=True):
    """An urgency one clinician would lower and a second one confirms or refuses; until then it stays high."""

    __table_args__ = (
        Index(
            "lowering_one_waiting",
            "episode_id",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("lowering_by_episode_id", "episode_id", "state"),
        CheckConstraint("state IN ('waiting', 'confirmed', 'refused', 'overtaken')", name="lowering_state_known"),
        CheckConstraint("to_urgency >= 0 AND to_urgency < from_urgency AND from_urgency <= 3", name="lowering_lowers"),
        CheckConstraint("second_by IS NULL OR second_by <> asked_by", name="lowering_two_people"),
        CheckConstraint(
            "(state IN ('confirmed', 'refused')) = (second_by IS NOT NULL AND settled_at IS NOT NULL)",
            name="lowering_settled_by_someone",
        ),
        CheckConstraint("state <> 'refused' OR reason_code IS NOT NULL", name="lowering_refused_with_reason"),
    )

    episode_id: int = Field(foreign_key="episode.id")
    decision_id: int = Field(foreign_key="decision.id", unique=True)
    from_urgency: int
    to_urgency: int
    leading_condition: str | None = Field(default=None, sa_type=Code)
    """What the episode carries once it is confirmed; so is the step."""
    step: str | None = Field(default=None, sa_type=Code)
    asked_by: int = Field(foreign_key="person.id")
    state: str = Field(default="waiting", sa_type=Code)
    second_by: int | None = Field(default=None, foreign_key="person.id")
    settled_at: datetime | None = Field(default=None, sa_type=Moment)
    reason_code: str | None = Field(default=None, sa_type=Code)
    comment: str = ""


class ConfirmedDiagnosis(Record, table=True):
    """What an episode turned out to be, beside the place it had in the last assessment that was signed."""

    __table_args__ = (
        Index("confirmeddiagnosis_counted", "intake_id", *DIAGNOSIS_COUNTED),
        CheckConstraint(
            "how IN ('imaging', 'procedure', 'specialist', 'clinical_course')", name="confirmeddiagnosis_how_known"
        ),
        CheckConstraint("condition IS NOT NULL OR words <> ''", name="confirmeddiagnosis_says_something"),
    )

    episode_id: int = Field(foreign_key="episode.id", unique=True)
    intake_id: int = Field(foreign_key="intake.id")
    assessment_id: int = Field(foreign_key="assessment.id")
    condition: str | None = Field(default=None, sa_type=Code)
    """None: none of the conditions the knowledge has; then the words say what."""
    words: str = ""
    how: str = Field(sa_type=Code)
    confirmed_on: date
    recorded_by: int = Field(foreign_key="person.id")
    knowledge_version: str = Field(sa_type=Code)
    leader: str | None = Field(default=None, sa_type=Code)
    """What that assessment put first."""
    place: int | None = None
    band: str | None = Field(default=None, sa_type=Code)
    probability: float | None = None


class DifferentialPlace(Entry, table=True):
    """One condition's place in the assessment a confirmed diagnosis is compared with; rows are only ever added."""

    __table_args__ = (
        UniqueConstraint("diagnosis_id", "condition", name="differentialplace_one_each"),
        Index("differentialplace_counted", "diagnosis_id", "band", "condition", "probability", "place"),
    )

    diagnosis_id: int = Field(foreign_key="confirmeddiagnosis.id")
    condition: str = Field(sa_type=Code)
    place: int
    band: str = Field(sa_type=Code)
    probability: float
