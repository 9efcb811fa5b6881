"""The audit trail's tables: its events, which patients each is about, and the head of the chain they form."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from db.base import Row, now
from db.columns import Code, Document, Moment

_REFUSED, _EMERGENCY = text("outcome = 'refused'"), text("purpose = 'emergency'")


class AuditEvent(Row, table=True):
    """Who did what to which record, when: codes and ids only; each is sealed to the one before (db/sealing.py)."""

    __table_args__ = (
        Index("auditevent_by_record", "record", "record_id", "at"),
        # One for every way the trail is narrowed, each in the order it is shown.
        Index("auditevent_by_time", "at", "id"),
        Index("auditevent_by_deed", "deed", "at", "id"),
        Index("auditevent_by_kind", "kind", "at", "id"),
        Index("auditevent_by_person", "person_id", "at", "id"),
        Index("auditevent_by_person_and_deed", "person_id", "deed", "at", "id"),
        Index("auditevent_by_person_and_kind", "person_id", "kind", "at", "id"),
        Index("auditevent_refused", "at", "id", sqlite_where=_REFUSED, postgresql_where=_REFUSED),
        Index("auditevent_in_emergency", "at", "id", sqlite_where=_EMERGENCY, postgresql_where=_EMERGENCY),
    )

    # Given out by the chain's head, without gaps, when the event is linked: never by the database.
    id: int | None = Field(default=None, primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(default_factory=now, sa_type=Moment)
    person_id: int | None = Field(default=None, foreign_key="person.id")
    person_name: str = ""
    role: str = Field(default="", sa_type=Code)
    sign_in: str = Field(default="", sa_type=Code)
    """What the trail calls the sign-in it was done under; empty where Backstride itself or a command line acts."""
    deed: str = Field(sa_type=Code)
    kind: str = Field(default="change", sa_type=Code)
    """read, change, sign-in or export."""
    outcome: str = Field(default="done", sa_type=Code)
    """done or refused."""
    purpose: str = Field(default="", sa_type=Code)
    """ "emergency" when a patient of another site was opened in an emergency, else nothing."""
    record: str = Field(sa_type=Code)
    record_id: str = Field(default="", sa_type=Code)
    patients: list[int] | None = Field(default=None, sa_type=Document)
    """The ids of the patients it is about, in order; None for none."""
    before: dict[str, Any] | None = Field(default=None, sa_type=Document)
    after: dict[str, Any] | None = Field(default=None, sa_type=Document)
    reason: str = ""
    mac: str = Field(default="", sa_type=Code)
    """What seals this event and every one before it."""


class AuditPatient(Row, table=True):
    """Which events are about a patient: what ``AuditEvent.patients`` says, turned so that it can be looked up."""

    patient_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    event_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})


class AuditHead(Row, table=True):
    """The one row that knows the newest event; whoever adds events holds it until they are stored."""

    __table_args__ = (CheckConstraint("id = 1", name="audithead_one"),)

    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    database: str = Field(sa_type=Code)
    """An opaque id made with the chain, which its first seal is bound to."""
    sequence: int = 0
    mac: str = Field(sa_type=Code)


def sign_in_reference(sign_in: str) -> str:
    """What the trail calls a sign-in: enough to tell it from others, of no use to act under it; nothing for none."""
    return hashlib.sha256(f"sign-in {sign_in}".encode()).hexdigest()[:16] if sign_in else ""
