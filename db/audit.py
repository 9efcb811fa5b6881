"""The audit trail as a chain: events wait in their session and are linked as its transaction is about to end."""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from sqlalchemy import Connection, event, insert, select
from sqlalchemy.orm import Session as AnySession
from sqlalchemy.orm import SessionTransaction

from db import anchor, engine
from db.anchor import Anchor, Head
from db.base import now
from db.columns import compact
from db.scope import program
from db.sealing import seal, sealing_key
from db.trail import AuditEvent, AuditHead, AuditPatient

EVENTS: Any = AuditEvent.__table__  # type: ignore[attr-defined]
HEADS: Any = AuditHead.__table__  # type: ignore[attr-defined]
ABOUT: Any = AuditPatient.__table__  # type: ignore[attr-defined]

COLUMNS = tuple(column.name for column in EVENTS.columns)
AT_ONCE = 500
"""Events sent to the database in one go."""

_WAITING, _MARKS, _LINKED = "audit waiting", "audit marks", "audit linked"


class HeadMissing(RuntimeError):  # noqa: N818 - what happened
    """The trail's head is gone, so that nothing may be added; nothing was written. Run verify-audit."""


def wait(session: AnySession, waiting: AuditEvent) -> None:
    """Let an event be linked when the session's transaction ends well."""
    if session.info.get("reads only"):
        raise RuntimeError("an audit event in a session that only reads would be lost")
    session.info.setdefault(_WAITING, []).append(waiting)


def link(connection: Connection, events: Iterable[Mapping[str, Any]], held: Head | None = None) -> Head:
    """Seal events in this order and add them after the newest; the head stays locked until the transaction ends.

    Each event has every column but ``id`` and ``mac``. ``held`` is the head, if it is locked already. HeadMissing.
    """
    key, head = sealing_key(), held or locked_head(connection)
    waiting = iter(events)
    while rows := list(sealed(key, head, islice(waiting, AT_ONCE))):
        connection.execute(insert(EVENTS), rows)
        about = [
            {"event_id": row["id"], "patient_id": one} for row in rows for one in sorted(set(row["patients"] or ()))
        ]
        if about:
            connection.execute(insert(ABOUT), about)
        head = Head(head.database, rows[-1]["id"], rows[-1]["mac"])
    return head


def sealed(key: bytes, head: Head, events: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The events numbered and sealed one to the other, the first to the head."""
    number, mac = head.sequence, head.mac
    for each in events:
        number += 1
        row = {**each, "id": number, "before": _as_stored(each["before"]), "after": _as_stored(each["after"])}
        mac = row["mac"] = seal(key, mac, row)
        yield row


def locked_head(connection: Connection) -> Head:
    """The head, held against every other writer until the transaction ends; HeadMissing."""
    row = connection.execute(select(HEADS.c.database, HEADS.c.sequence, HEADS.c.mac).with_for_update()).first()
    if row is None:
        raise HeadMissing("the audit trail has lost its head; nothing can be written. Run: python -m db verify-audit")
    return Head(*row)


def begin(url: str) -> None:
    """Anchor a database that has no anchor yet."""
    if not anchor.place_of(url).exists():
        begin_anew(url)


def begin_anew(url: str) -> None:
    """Anchor a database that was put whole in another's place: the former one's anchor says nothing of it."""
    with engine.reading(url, scope=program("anchoring the audit trail")) as session:
        anchor.write(url, head_of(session.connection()), anew=True)


def head_of(connection: Connection) -> Head:
    """The head as it is, held by nobody; HeadMissing."""
    row = connection.execute(select(HEADS.c.database, HEADS.c.sequence, HEADS.c.mac)).first()
    if row is None:
        raise HeadMissing("the audit trail has lost its head")
    return Head(*row)


def _as_stored(document: Any) -> Any:
    """A document as it will be read again: a tuple is a list, a number as a key is a word."""
    return None if document is None else json.loads(compact(document))


@event.listens_for(AnySession, "before_commit")
def _link_what_waits(session: AnySession) -> None:
    if session.in_nested_transaction() or not session.info.get(_WAITING):
        return
    session.flush()
    waiting: list[AuditEvent] = session.info[_WAITING]
    # The engine's own connection: the trail belongs to no site, and takes events of everybody.
    connection = AnySession.connection(session)
    # The anchor is read before the head is: what others commit in between only makes the trail longer.
    last, held = anchor.read(connection.engine.url), locked_head(connection)
    anew = any(each.deed == "database:restore" for each in waiting)
    if not anew and last is not None and not _holds(connection, held, last):
        anchor.keep(connection.engine.url, last)
        waiting.insert(0, _broken(last))
        anew = True
    head = link(connection, ({name: getattr(each, name) for name in COLUMNS} for each in waiting), held)
    session.info[_LINKED] = (connection.engine.url, head, anew)
    for number, each in enumerate(waiting, head.sequence - len(waiting) + 1):
        each.id = number
    waiting.clear()


def _holds(connection: Connection, head: Head, last: Anchor) -> bool:
    """Whether the trail still has the event an anchor names."""
    if last.database != head.database or last.sequence > head.sequence:
        return False
    if last.sequence == head.sequence:
        return last.mac == head.mac
    found = connection.execute(select(EVENTS.c.mac).where(EVENTS.c.id == last.sequence)).scalar()
    return last.sequence == 0 or found == last.mac


def _broken(lost: Anchor) -> AuditEvent:
    """What the trail itself says of an anchor it does not hold."""
    told = {"sequence": lost.sequence, "database": lost.database}
    return AuditEvent(
        at=now(), person_name="Backstride", deed="audit:anchor-lost", record="audithead", record_id="1", before=told
    )


@event.listens_for(AnySession, "after_commit")
def _move_the_anchor(session: AnySession) -> None:
    if linked := session.info.pop(_LINKED, None):
        url, head, anew = linked
        anchor.write(url, head, anew)


@event.listens_for(AnySession, "after_transaction_create")
def _mark(session: AnySession, transaction: SessionTransaction) -> None:
    if transaction.nested:
        session.info.setdefault(_MARKS, {})[transaction] = len(session.info.get(_WAITING, ()))


@event.listens_for(AnySession, "after_soft_rollback")
def _forget_what_was_undone(session: AnySession, undone: SessionTransaction) -> None:
    mark = session.info.get(_MARKS, {}).pop(undone, 0)
    del session.info.get(_WAITING, [])[mark:]
    session.info.pop(_LINKED, None)
