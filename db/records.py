"""Every write: the version check, the change and its audit event, in the caller's one transaction."""

from typing import Any, Protocol, TypeVar

from sqlmodel import Session

from db.tables import AuditEvent, Row, Stored

RowT = TypeVar("RowT", bound=Row)
StoredT = TypeVar("StoredT", bound=Stored)


class Actor(Protocol):
    """Who acts, as far as storage needs to know."""

    @property
    def person_id(self) -> int | None: ...
    @property
    def name(self) -> str: ...
    @property
    def role(self) -> str: ...


class StaleRecord(Exception):  # noqa: N818 - the word the clinic uses
    """The record was changed by someone else since it was seen; nothing was written."""


def insert(session: Session, actor: Actor, record: RowT, deed: str, reason: str = "") -> RowT:
    """Store a new row; it comes back with its id, and the audit event says ``deed``."""
    raise NotImplementedError


def change(
    session: Session, actor: Actor, record: StoredT, seen_version: int, deed: str, reason: str = "", **fields: Any
) -> StoredT:
    """Set ``fields`` on a stored row if it still has ``seen_version``, else raise StaleRecord.

    The row comes back fresh, its version one higher. The audit event keeps codes, numbers and ids only:
    names, dates of birth, answers and free text are noted as changed, not with their values.
    """
    raise NotImplementedError


def note(
    session: Session,
    actor: Actor,
    deed: str,
    record: str,
    record_id: object = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> AuditEvent:
    """Add an audit event of its own, for a deed that changes no row (a refusal, an export) or several."""
    raise NotImplementedError
