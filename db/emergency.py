"""Emergency access: that somebody opened one patient of another site, why, until when, and who looked at it after."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from db.base import Record, now
from db.columns import Code, Moment


class EmergencyAccess(Record, table=True):
    """One patient opened to one person for an hour."""

    __table_args__ = (
        Index("emergencyaccess_by_person", "person_id", "until"),
        Index("emergencyaccess_by_review", "reviewed_at", "opened_at"),
        CheckConstraint("until > opened_at", name="emergencyaccess_has_a_length"),
        CheckConstraint("confirmed IN ('password', 'open-id', 'demo')", name="emergencyaccess_confirmed_known"),
    )

    person_id: int = Field(foreign_key="person.id")
    patient_id: int = Field(foreign_key="patient.id", index=True)
    reason: str
    """In the words of who opened it; free text, so it never leaves this row for the audit trail."""
    confirmed: str = Field(sa_type=Code)
    """How the person showed again who they are."""
    opened_at: datetime = Field(default_factory=now, sa_type=Moment)
    until: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    """When it was given back before its time."""
    reviewed_by: int | None = Field(default=None, foreign_key="person.id")
    reviewed_at: datetime | None = Field(default=None, sa_type=Moment)
    review_words: str = ""
