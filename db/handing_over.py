"""The tablet in the patient's hands: who handed it over, what may be answered on it, and what was answered."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from db.base import PRIVATE, Record, now
from db.columns import Code, Document, Moment


class Handover(Record, table=True):
    """One time that staff handed the tablet to a patient, from then until the answers were looked over.

    What the patient answers stays here, apart from the draft, until somebody of the clinic has looked at it.
    """

    __table_args__ = (
        Index("handover_by_state", "state", "urgency"),
        CheckConstraint("state IN ('begun', 'wiped', 'returned', 'reviewed')", name="handover_state_known"),
        CheckConstraint("language IN ('en', 'es')", name="handover_language_known"),
        CheckConstraint("urgency BETWEEN 0 AND 3", name="handover_urgency_known"),
    )

    draft_id: str = Field(foreign_key="draft.id", index=True)
    # No foreign key: the rows of old sign-ins are dropped, and what patients answered is not.
    sign_in: str = Field(sa_column_kwargs={"info": PRIVATE})
    begun_by: int = Field(foreign_key="person.id")
    begun_at: datetime = Field(default_factory=now, sa_type=Moment)
    language: str = Field(default="en", sa_type=Code)
    section: str | None = Field(default=None, sa_type=Code)
    """Where the intake stood, and is gone on with."""
    items: list[str] = Field(default_factory=list, sa_type=Document)
    """The questions that may be asked on it, asked where they are shown at all."""
    pin: str = Field(sa_column_kwargs={"info": PRIVATE})
    """A keyed hash of the number that takes the tablet back."""
    wrong_pins: int = 0
    """In a row."""
    seen_at: datetime = Field(default_factory=now, sa_type=Moment)
    """When somebody last touched it."""
    state: str = Field(default="begun", sa_type=Code)
    asked_back: bool = False
    """Whether the patient was asked to hand it back at once."""
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    entered: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    declined: list[str] = Field(default_factory=list, sa_type=Document)
    """Questions the patient did not know or would rather not answer, where no option says so."""
    typed: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    """What was typed and is no answer to its question, so that somebody can still read it."""
    given: list[Any] = Field(default_factory=list, sa_type=Document)
    """Every answer in the order it was given, [item, answer, moment]: a yes taken back stays to be seen."""
    alarms: list[Any] = Field(default_factory=list, sa_type=Document)
    """Red flags the patient's answers fired, [id, urgency, moment]; one that is taken back stays here."""
    urgency: int = 0
    """The highest of them."""
    reviews: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    """What became of each answer: {item: {"verdict", "by", "at", "reason"}}."""
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    ended_why: str = Field(default="", sa_type=Code)
    """ "pin", "desk" (taken back from elsewhere), "guessing" or "sign-in-over"."""
    reviewed_by: int | None = Field(default=None, foreign_key="person.id")
    reviewed_at: datetime | None = Field(default=None, sa_type=Moment)
