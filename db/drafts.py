"""Intakes being taken: the draft, every answer as it was given, and who is writing it now."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from db.base import Entry, Row, Stored, now, opaque_id
from db.columns import Code, Document, Moment


class Draft(Stored, table=True):
    """Answers being taken, kept as they are given; one open draft a patient and form."""

    __table_args__ = (
        Index(
            "draft_one_open",
            "patient_id",
            "form",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("draft_by_state", "state", "updated_at"),
        CheckConstraint("state IN ('open', 'submitted', 'discarded')", name="draft_state_known"),
    )

    id: str = Field(default_factory=opaque_id, primary_key=True)
    patient_id: int = Field(foreign_key="patient.id")
    form: str = Field(default="intake", sa_type=Code)
    owner_id: int = Field(foreign_key="person.id", index=True)
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    entered: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    section: str | None = Field(default=None, sa_type=Code)
    state: str = Field(default="open", sa_type=Code)
    # No foreign key: the intake already refers to its draft.
    submitted_intake_id: int | None = None
    unfinished: dict[str, Any] = Field(
        default_factory=dict, sa_type=Document, sa_column_kwargs={"server_default": "{}"}
    )
    """Item → what was entered of an answer of several parts that is not one yet, such as shares short of 100 %."""
    asides: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """How many answers set aside wait for somebody to say which is right."""
    answered_at: datetime | None = Field(default=None, sa_type=Moment)
    """When the last answer was given."""
    notes: dict[str, Any] | None = Field(default=None, sa_type=Document, nullable=True)
    """What the desk said of answers that look odd: doubt → every note on it, the newest last. Free words."""


class DraftRevision(Entry, table=True):
    """One answer as it was given, by whom and when; rows are only ever added."""

    draft_id: str = Field(foreign_key="draft.id", index=True)
    item: str = Field(sa_type=Code)
    value: Any = Field(default=None, sa_type=Document, nullable=True)
    by: int = Field(foreign_key="person.id")
    source: str = Field(default="desk", sa_type=Code, sa_column_kwargs={"server_default": "desk"})
    """How it came here: desk, unchanged (confirmed from the last intake), patient, paper, undo."""
    standing: str = Field(default="kept", sa_type=Code, sa_column_kwargs={"server_default": "kept"})
    """ "kept"; "aside" when it was not put into the draft and waits to be settled; "unfinished"; "settled"."""
    entered: Any = Field(default=None, sa_type=Document, nullable=True)
    """The answer as it was typed, where that differs."""
    draft_version: int | None = None
    """The draft's version with this answer in it, so that it can be told what a screen had seen."""
    # No foreign key: SQLite adds none to a table that is there.
    settles: int | None = None
    """The answer set aside that this one settles, or the one that it takes back."""


class DraftLease(Row, table=True):
    """Who is writing a draft now: one person in one browser tab, as long as that is heard of."""

    id: int | None = Field(default=None, primary_key=True)
    draft_id: str = Field(foreign_key="draft.id", unique=True)
    person_id: int = Field(foreign_key="person.id")
    sign_in: str = Field(default="", sa_type=Code)
    """What the trail calls the sign-in it is written under."""
    tab: str = Field(sa_type=Code)
    """One browser tab, by a name it gave itself."""
    since: datetime = Field(default_factory=now, sa_type=Moment)
    beat_at: datetime = Field(default_factory=now, sa_type=Moment)
    """When it was last heard of."""
    before_id: int | None = Field(default=None, foreign_key="person.id")
    """Whom it was taken over from, while they were writing."""
