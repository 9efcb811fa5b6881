"""What every table stands on: one base with its own registry, versions, moments, opaque ids."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from db.columns import Moment


def now() -> datetime:
    """This moment, aware and in UTC."""
    return datetime.now(UTC)


def opaque_id() -> str:
    """An id of 22 characters that cannot be guessed: 128 random bits."""
    return secrets.token_urlsafe(16)


PRIVATE = {"private": True}
"""Marks a column whose value never leaves its row, although its type could be copied into an audit event."""

NAMES = {
    "ix": "%(table_name)s_by_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
}
"""Every constraint has a name, so that a later step can change it on both databases."""


class Row(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMES))):
    """The base of every table."""

    @classmethod
    def follow(cls, columns: Mapping[str, Any]) -> dict[str, Any]:
        """The columns whose value follows from the given ones, such as a search key from a name."""
        return {}


class Stored(Row):
    """A row that may change: its version counts the changes, and it knows when it was made and changed."""

    version: int = 1
    created_at: datetime = Field(default_factory=now, sa_type=Moment)
    updated_at: datetime = Field(default_factory=now, sa_type=Moment)


class Record(Stored):
    """A row that may change, with a numbered id; None until it is stored."""

    id: int | None = Field(default=None, primary_key=True)


class Entry(Row):
    """A row that is only ever added, and when that was."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(default_factory=now, sa_type=Moment)
