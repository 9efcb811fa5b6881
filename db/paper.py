"""A paper form keyed in: what each of two people typed, before it becomes answers."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from db.base import Record
from db.columns import Code, Document, Moment


class PaperPass(Record, table=True):
    """One keying of one draft's paper form; there are two, the second blind to the first."""

    __table_args__ = (
        Index(
            "paperpass_one_of_each",
            "draft_id",
            "number",
            unique=True,
            sqlite_where=text("state <> 'dropped'"),
            postgresql_where=text("state <> 'dropped'"),
        ),
        CheckConstraint("number IN (1, 2)", name="paperpass_first_or_second"),
        CheckConstraint("state IN ('open', 'finished', 'taken', 'dropped')", name="paperpass_state_known"),
    )

    draft_id: str = Field(foreign_key="draft.id", index=True)
    number: int
    by: int = Field(foreign_key="person.id")
    state: str = Field(default="open", sa_type=Code)
    texts: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    """Item id → what was typed, in the code of the paper form."""
    settled: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    """Of the second pass: item id → what stands on the paper after all, where the two differed."""
    finished_at: datetime | None = Field(default=None, sa_type=Moment)
