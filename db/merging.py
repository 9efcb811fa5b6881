"""That one patient registered twice was merged: who became whom, which rows moved, and whether it was taken apart."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from db.base import Record, now
from db.columns import Code, Document, Moment
from db.sealed import Sealed

_STANDING = text("undone_at IS NULL")


class PatientMerge(Record, table=True):
    """One patient's rows moved to another, and all that is needed to move exactly these back."""

    __table_args__ = (
        Index(
            "patientmerge_one_standing", "merged_id", unique=True, sqlite_where=_STANDING, postgresql_where=_STANDING
        ),
        Index("patientmerge_by_survivor_id", "survivor_id", "id"),
        Index("patientmerge_by_merged_id", "merged_id", "id"),
        CheckConstraint("survivor_id <> merged_id", name="patientmerge_two_patients"),
        CheckConstraint(
            "(undone_at IS NULL) = (undone_by IS NULL) AND (undone_at IS NULL) = (undone_reason IS NULL)",
            name="patientmerge_undone_by_someone",
        ),
    )

    survivor_id: int = Field(foreign_key="patient.id")
    merged_id: int = Field(foreign_key="patient.id")
    merged_by: int = Field(foreign_key="person.id")
    merged_at: datetime = Field(default_factory=now, sa_type=Moment)
    reason_code: str = Field(sa_type=Code)
    moved: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    """Table → [id, the site it belonged to or None] of every row that was moved."""
    put_aside: list[str] = Field(default_factory=list, sa_type=Document)
    """The open drafts that had to make room for the survivor's own."""
    identifiers: str = Field(default="{}", sa_type=Sealed("patientmerge.identifiers"))
    """JSON: identifier of the survivor → what it was, and what was taken from the other in its place."""
    undone_at: datetime | None = Field(default=None, sa_type=Moment)
    undone_by: int | None = Field(default=None, foreign_key="person.id")
    undone_reason: str | None = Field(default=None, sa_type=Code)
