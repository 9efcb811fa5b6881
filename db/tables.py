"""Every table."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from db.accounts import Account as Account
from db.accounts import Attempt as Attempt
from db.accounts import Identity as Identity
from db.accounts import Invitation as Invitation
from db.accounts import SignIn as SignIn
from db.base import Entry as Entry
from db.base import Record as Record
from db.base import Row as Row
from db.base import Stored as Stored
from db.base import now as now
from db.columns import Code, Document, Moment, Packed
from db.decisions import ConfirmedDiagnosis as ConfirmedDiagnosis
from db.decisions import DecisionLine as DecisionLine
from db.decisions import DifferentialPlace as DifferentialPlace
from db.decisions import Lowering as Lowering
from db.decisions import Opening as Opening
from db.drafts import Draft as Draft
from db.drafts import DraftLease as DraftLease
from db.drafts import DraftRevision as DraftRevision
from db.emergency import EmergencyAccess as EmergencyAccess
from db.handing_over import Handover as Handover
from db.knowledge import KnowledgeDifference as KnowledgeDifference
from db.knowledge import KnowledgeReport as KnowledgeReport
from db.knowledge import KnowledgeVersion as KnowledgeVersion
from db.merging import PatientMerge as PatientMerge
from db.paper import PaperPass as PaperPass
from db.patients import KeptKey as KeptKey
from db.patients import Patient as Patient
from db.patients import PatientBlock as PatientBlock
from db.patients import PatientIndex as PatientIndex
from db.trail import AuditEvent as AuditEvent
from db.trail import AuditHead as AuditHead
from db.trail import AuditPatient as AuditPatient


class Site(Record, table=True):
    """A place where the clinic sees patients."""

    code: str = Field(unique=True, sa_type=Code)
    name: str
    state: str = Field(default="", sa_type=Code)


class Person(Record, table=True):
    """Someone who works here; ``code`` is what signing in names."""

    code: str = Field(unique=True, sa_type=Code)
    name: str
    role: str = Field(sa_type=Code)
    active: bool = True
    site_id: int | None = Field(default=None, foreign_key="site.id")
    also_role: str | None = Field(default=None, sa_type=Code)
    """A second job, such as that of an administrator who also sees patients; one acts in one at a time."""


class Episode(Record, table=True):
    """The period one problem of one patient is looked after; carries what the worklist sorts by."""

    __table_args__ = (
        Index("episode_worklist", "state", text("urgency DESC"), "submitted_at", "id"),
        Index("episode_reviews_due", "state", "review_due_on"),
        CheckConstraint("urgency BETWEEN 0 AND 3", name="episode_urgency_known"),
        CheckConstraint("state IN ('awaiting-review', 'in-care', 'closed')", name="episode_state_known"),
    )

    patient_id: int = Field(foreign_key="patient.id", index=True)
    site_id: int = Field(foreign_key="site.id")
    clinician_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    opened_on: date
    closed_on: date | None = None
    state: str = Field(default="awaiting-review", sa_type=Code)
    urgency: int = 0
    leading_condition: str | None = Field(default=None, sa_type=Code)
    step: str | None = Field(default=None, sa_type=Code)
    submitted_at: datetime = Field(sa_type=Moment)
    # No foreign key: the assessment already refers to its episode, and a circle could not be loaded in any order.
    latest_assessment_id: int | None = None
    review_due_on: date | None = None


COUNTED = (
    *("site_id", "clinician_id", "leading_condition", "urgency", "step"),
    *("age_band", "sex", "surface", "shoe_type", "nprs_back", "odi_percent", "rmdq_total"),
)
"""The columns of an intake that cohort questions filter by, group by and measure from."""


class Intake(Record, table=True):
    """A submitted history: the answers for the record, and coarse columns for the cohort."""

    __table_args__ = (
        # Every column a cohort question asks for, so that it is answered from an index alone: by month or by episode.
        Index("intake_cohort", "month", *COUNTED, "episode_id", "id"),
        Index("intake_by_episode_id", "episode_id", "id", "month", *COUNTED),
        Index("intake_by_clinician", "clinician_id", "month"),
    )

    episode_id: int = Field(foreign_key="episode.id")
    patient_id: int = Field(foreign_key="patient.id", index=True)
    site_id: int = Field(foreign_key="site.id")
    clinician_id: int | None = Field(default=None, foreign_key="person.id")
    draft_id: str | None = Field(default=None, foreign_key="draft.id", unique=True)
    submitted_by: int = Field(foreign_key="person.id")
    submitted_at: datetime = Field(sa_type=Moment)
    month: str = Field(sa_type=Code)
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    entered: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    age_years: int | None = None
    age_band: str | None = Field(default=None, sa_type=Code)
    sex: str | None = Field(default=None, sa_type=Code)
    surface: str | None = Field(default=None, sa_type=Code)
    shoe_type: str | None = Field(default=None, sa_type=Code)
    urgency: int = 0
    leading_condition: str | None = Field(default=None, sa_type=Code)
    step: str | None = Field(default=None, sa_type=Code)
    nprs_back: float | None = None
    odi_percent: float | None = None
    rmdq_total: float | None = None
    notes: dict[str, Any] | None = Field(default=None, sa_type=Document, nullable=True)
    """As in the draft it was taken from."""


class KnowledgeText(Record, table=True):
    """The knowledge a hash stands for, so that an old assessment can be shown as it was."""

    sha256: str = Field(unique=True, sa_type=Code)
    knowledge_version: str = Field(sa_type=Code)
    texts: dict[str, str] = Field(default_factory=dict, sa_type=Packed)


class Assessment(Record, table=True):
    """What was said of one case under one knowledge."""

    __table_args__ = (
        # With the step, so that the cohort never walks through the documents.
        Index("assessment_by_intake_id", "intake_id", "id", "step"),
        CheckConstraint("basis IN ('intake', 'exam')", name="assessment_basis_known"),
    )

    intake_id: int = Field(foreign_key="intake.id")
    episode_id: int = Field(foreign_key="episode.id", index=True)
    made_at: datetime = Field(default_factory=now, sa_type=Moment)
    made_by: int = Field(foreign_key="person.id")
    knowledge_version: str = Field(sa_type=Code)
    knowledge_sha256: str = Field(foreign_key="knowledgetext.sha256", index=True, sa_type=Code)
    urgency: int = 0
    leading_condition: str | None = Field(default=None, sa_type=Code)
    step: str | None = Field(default=None, sa_type=Code)
    basis: str = Field(default="intake", sa_type=Code)
    # The long documents come last, so that SQLite reads a row's codes without walking through them.
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    document: dict[str, Any] = Field(default_factory=dict, sa_type=Packed)


class Decision(Record, table=True):
    """What a clinician did with an assessment, and why."""

    __table_args__ = (
        Index("decision_by_assessment_id", "assessment_id", "id", "verdict", "step"),
        CheckConstraint("verdict IN ('accepted', 'changed', 'rejected')", name="decision_verdict_known"),
    )

    episode_id: int = Field(foreign_key="episode.id", index=True)
    assessment_id: int = Field(foreign_key="assessment.id")
    verdict: str = Field(sa_type=Code)
    condition: str | None = Field(default=None, sa_type=Code)
    step: str | None = Field(default=None, sa_type=Code)
    urgency: int | None = None
    reason_code: str | None = Field(default=None, sa_type=Code)
    comment: str = ""
    signed_by: int = Field(foreign_key="person.id", index=True)
    signed_at: datetime = Field(default_factory=now, sa_type=Moment)


class Referral(Record, table=True):
    """A request that another service act."""

    __table_args__ = (
        Index("referral_by_state", "state", "due_on", "id"),
        Index("referral_by_episode_id", "episode_id", "id", "kind", "state", "month"),
        CheckConstraint(
            "kind IN ('physical_therapy', 'imaging', 'spine_specialist', 'prp_discussion', 'stem_cell_discussion')",
            name="referral_kind_known",
        ),
        CheckConstraint(
            "state IN ('draft', 'sent', 'received', 'scheduled', 'completed', 'declined', 'withdrawn')",
            name="referral_state_known",
        ),
    )

    episode_id: int = Field(foreign_key="episode.id")
    patient_id: int = Field(foreign_key="patient.id", index=True)
    site_id: int = Field(foreign_key="site.id")
    kind: str = Field(sa_type=Code)
    state: str = Field(default="draft", sa_type=Code)
    priority: int = 0
    """The urgency it is asked with, 0 routine to 3 emergency."""
    reason: str = ""
    created_by: int = Field(foreign_key="person.id")
    due_on: date | None = None
    month: str = Field(sa_type=Code)


class ReferralMove(Entry, table=True):
    """One step of a referral from a state to the next; rows are only ever added."""

    __table_args__ = (Index("referralmove_by_referral_id", "referral_id", "to_state"),)

    referral_id: int = Field(foreign_key="referral.id")
    from_state: str = Field(sa_type=Code)
    to_state: str = Field(sa_type=Code)
    by: int = Field(foreign_key="person.id")
    note: str = ""


class Outcome(Record, table=True):
    """One value of one outcome measure at one time."""

    __table_args__ = (
        Index("outcome_cohort", "instrument", "episode_id", "weeks_since_intake", "value"),
        # What an intake measured stands here once, however often it is handed in.
        Index("outcome_of_an_intake", "intake_id", "instrument", unique=True),
    )

    episode_id: int = Field(foreign_key="episode.id", index=True)
    patient_id: int = Field(foreign_key="patient.id", index=True)
    instrument: str = Field(sa_type=Code)
    value: float
    taken_on: date
    weeks_since_intake: int
    entered_by: int = Field(foreign_key="person.id")
    # No foreign key: one database cannot add it to a table that is there already.
    intake_id: int | None = None
    """The intake it was measured at; None for one recorded on its own."""
    how: str | None = Field(default=None, sa_type=Code)
    """ "items" when scored item by item, "total" when typed from paper, "asked" when it is a question of the intake."""


APPEND_ONLY = (
    *("auditevent", "auditpatient", "draftrevision", "referralmove", "decisionline", "opening", "differentialplace"),
    "knowledgedifference",
)
"""Tables whose rows may never be changed or deleted; triggers refuse it."""
