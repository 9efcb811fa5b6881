"""Every write: the version check, the change and its audit event, in the caller's one transaction."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import Boolean, Column, CursorResult, Date, Float, Integer, Table, inspect, update
from sqlalchemy import insert as insert_into
from sqlmodel import Session

from db import audit
from db.columns import Code, Moment
from db.sealing import kind_of, outcome_of
from db.standing import fault
from db.tables import AuditEvent, Row, Stored, now
from db.trail import sign_in_reference
from db.whose import patients_of

RowT = TypeVar("RowT", bound=Row)
StoredT = TypeVar("StoredT", bound=Stored)


AS_IT_IS = {"synchronize_session": False}
"""An UPDATE does not look through what the session holds: whoever asks for the row reads it again."""


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
    """Store a new row; it comes back with its id, and the audit event says ``deed``.

    StaleRecord when the patient it is about was merged, or taken apart, since what it hangs on was read.
    """
    if wrong := fault(session, record):
        raise StaleRecord(f"a {_name(record)} was not stored: {wrong}")
    for column, value in record.follow(_columns_of(record)).items():
        setattr(record, column, value)
    session.add(record)
    session.flush()
    note(
        session,
        actor,
        deed,
        _name(record),
        _id(record),
        after=traceable(type(record), _columns_of(record)),
        reason=reason,
    )
    return record


def change(
    session: Session, actor: Actor, record: StoredT, seen_version: int, deed: str, reason: str = "", **fields: Any
) -> StoredT:
    """Set ``fields`` on a stored row if it still has ``seen_version``, else raise StaleRecord.

    The row comes back fresh, its version one higher. The audit event keeps codes, numbers and ids only:
    names, dates of birth, answers and free text are noted as changed, not with their values.
    """
    if session.is_modified(record):
        raise ValueError(f"this {_name(record)} was changed outside change(); name the fields there instead")
    before = traceable(type(record), {column: getattr(record, column) for column in fields})
    _update_if_unchanged(session, record, seen_version, fields)
    session.refresh(record)
    after = traceable(type(record), fields)
    if withheld := sorted(set(fields) - set(after)):
        after["changed"] = withheld
    note(session, actor, deed, _name(record), _id(record), before=before, after=after, reason=reason)
    return record


def _update_if_unchanged(session: Session, record: Stored, seen_version: int, fields: Mapping[str, Any]) -> None:
    kind: Any = type(record)
    changed = {
        **fields,
        **record.follow({**_columns_of(record), **fields}),
        "version": seen_version + 1,
        "updated_at": now(),
    }
    still = (kind.id == _id(record), kind.version == seen_version)
    # Through the class, so that the walls stand before it.
    result = session.execute(update(kind).where(*still).values(**changed), execution_options=AS_IT_IS)
    assert isinstance(result, CursorResult)
    if result.rowcount != 1:
        raise StaleRecord(f"{_name(record)} {_id(record)} was changed since version {seen_version} was seen")


def note(
    session: Session,
    actor: Actor,
    deed: str,
    record: str,
    record_id: object = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
    patients: Iterable[int] = (),
) -> AuditEvent:
    """Note an audit event of its own, for a deed that changes no row (a refusal, an export) or several.

    It is linked to the trail, and gets its number, when the transaction ends; undone with it otherwise. ``patients``
    are those it is about, where the record does not say so itself.
    """
    about = sorted(set(patients)) or patients_of(session, record, record_id)
    opened_in_emergency = not frozenset(about or ()).isdisjoint(getattr(actor, "patients", ()))
    event = AuditEvent(
        person_id=actor.person_id,
        person_name=actor.name,
        role=str(actor.role),
        sign_in=sign_in_reference(getattr(actor, "sign_in", "")),
        deed=deed,
        kind=kind_of(deed),
        outcome=outcome_of(deed),
        purpose=session.info.get("purpose") or ("emergency" if opened_in_emergency else ""),
        record=record,
        record_id=str(record_id),
        patients=about,
        before=before,
        after=after,
        reason=reason,
    )
    audit.wait(session, event)
    return event


def insert_many(session: Session, table: type[Row], rows: Iterable[Mapping[str, Any]]) -> int:
    """Add many rows at once, each a mapping with every column it needs, and return how many there were.

    It writes no audit events: whoever fills a database (the invented clinic, an import) adds its own.
    """
    complete = [{**row, **table.follow(row)} for row in rows]
    if complete:
        session.execute(insert_into(_table(table)), complete)
    return len(complete)


def traceable(kind: type[Row], columns: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the columns an audit event may hold: codes, numbers, moments and ids, as JSON values."""
    kept = _table(kind).c
    return {name: _as_json(value) for name, value in columns.items() if name in kept and _may_be_traced(kept[name])}


_TRACEABLE = (Code, Integer, Float, Boolean, Date, Moment)
_HOUSEKEEPING = {"version", "created_at", "updated_at", "id", "at"}


def _may_be_traced(column: Column[Any]) -> bool:
    if column.name in _HOUSEKEEPING or column.info.get("private"):
        return False
    return isinstance(column.type, _TRACEABLE)


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _table(kind: type[Row]) -> Table:
    table = inspect(kind).local_table
    assert isinstance(table, Table)
    return table


def _name(record: Row) -> str:
    return _table(type(record)).name


def _id(record: Row) -> Any:
    return record.id  # type: ignore[attr-defined]


def _columns_of(record: Row) -> dict[str, Any]:
    return {column.name: getattr(record, column.name) for column in _table(type(record)).c}
