"""Whether the audit trail is whole: every seal, the head, the patients' index and the anchors outside the database."""

import hmac
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from db import anchor, keyring
from db.anchor import Anchor, Head, NoAnchor, hourly_place_of, place_of
from db.audit import ABOUT, EVENTS, HEADS
from db.engine import database_url, reading
from db.scope import program
from db.sealing import SEALED, first_seal
from db.tampering import Event, Fault, Keys, Suspects, sealed_columns

AT_ONCE = 1000
TOLD_EVERY = 5000
NAMED = 20
"""Gaps, and differences of the patients' index, named at most."""

Progress = Callable[[int, int], None]
"""Called with the events looked at so far, and how many there should be."""


@dataclass(frozen=True)
class Verdict:
    """What verifying found: how many events there are, their head, the newest anchor compared, and every fault."""

    events: int
    head: Head | None
    anchor: Anchor | None
    faults: tuple[Fault, ...]
    at: datetime

    @property
    def is_whole(self) -> bool:
        """Whether nothing was done to the trail."""
        return not self.faults


def verify(url: str | None = None, file: Path | None = None, tell: Progress = lambda done, of: None) -> Verdict:
    """Go through the whole trail, an event at a time; ``file`` holds further anchors. OSError, NoAnchor for that file.

    Writers go on meanwhile: it looks at one moment of the database.
    """
    place = url or database_url()
    # Anchors first: whatever is committed after them only makes the trail longer.
    anchors, faults = _anchors(place, file)
    with reading(place, scope=program("verifying the audit trail")) as session:
        walk = Walk(session.connection(), anchors)
        walk.through(tell)
    newest = max(anchors, key=lambda each: each.at, default=None)
    return Verdict(walk.events, walk.head, newest, (*walk.faults(), *faults), datetime.now(UTC))


def _anchors(url: str, file: Path | None) -> tuple[list[Anchor], list[Fault]]:
    """Every anchor there is of a database, and what is wrong with their files."""
    found, faults = [*anchor.anchors_in(file)] if file else [], []
    for place in (place_of(url), hourly_place_of(url)):
        try:
            found += anchor.anchors_in(place)
        except FileNotFoundError:
            continue
        except (OSError, NoAnchor):
            faults.append(Fault(0, f"{place.name}: the anchor cannot be read"))
    if not found:
        faults.append(Fault(0, "there is no anchor outside the database, so that a tail cut off would not be missed"))
    return found, faults


class Walk:
    """One way through the trail, from the first event to the last."""

    def __init__(self, connection: Connection, anchors: Sequence[Anchor]) -> None:
        self.connection, self.anchors = connection, anchors
        self.keys = Keys(keyring.every(connection, "audit"))
        self.suspects = Suspects(self.keys)
        row = connection.execute(select(HEADS.c.database, HEADS.c.sequence, HEADS.c.mac)).first()
        self.head = Head(*row) if row else None
        self.events, self.last, self.mac = 0, 0, self._start()
        self._gaps: list[Fault] = []
        self._index: list[Fault] = []
        self._restores: list[tuple[int, datetime]] = []
        self._seals = {each.sequence: "" for each in anchors}

    def through(self, tell: Progress) -> None:
        """Look at every event and remember what does not fit."""
        total = self.head.sequence if self.head else 0
        about = _Index(
            self._streamed(select(ABOUT.c.event_id, ABOUT.c.patient_id).order_by(ABOUT.c.event_id, ABOUT.c.patient_id))
        )
        columns = [EVENTS.c[name] for name in (*SEALED, "mac")]
        for row in self._streamed(select(*columns).order_by(EVENTS.c.id)):
            event = row._mapping
            self._look(event)
            if about.of(event["id"]) != sorted(set(event["patients"] or ())):
                self._index.append(Fault(event["id"], f"auditpatient differs from event {event['id']}"))
            if self.events % TOLD_EVERY == 0:
                tell(self.events, max(total, self.events))
        if about.is_left():
            self._index.append(Fault(self.last, "auditpatient names events that are not there"))
        tell(self.events, max(total, self.events))

    def faults(self) -> Iterator[Fault]:
        """Everything that was found, in the order in which it is worth reading."""
        if self.head is None:
            yield Fault(0, "the trail's head is missing")
        yield from self._gaps[:NAMED]
        yield from self._other_database()
        yield from self.suspects.faults()
        if self.head is not None:
            yield from self._of_head(self.head)
        for each in sorted(self.anchors, key=lambda each: each.at):
            yield from self._of_anchor(each)
        yield from self._index[:NAMED]

    def _streamed(self, asked: Any) -> Any:
        return self.connection.execute(asked, execution_options={"yield_per": AT_ONCE})

    def _start(self) -> str:
        """The seal in front of the first event."""
        return first_seal(self.keys.keys[0], self.head.database) if self.head else ""

    def _look(self, event: Event) -> None:
        number, next_one = event["id"], self.last + 1
        if number != next_one:
            self._gap(next_one, number)
        if number != next_one or (self.head is None and number == 1) or self.keys.fits(self.mac, event):
            self.suspects.passed()
        else:
            self.suspects.add(self.mac, sealed_columns(event))
        if event["deed"] == "database:restore":
            self._restores.append((number, event["at"]))
        if number in self._seals:
            self._seals[number] = event["mac"]
        self.events, self.last, self.mac = self.events + 1, number, event["mac"]

    def _gap(self, wanted: int, found: int) -> None:
        if found < wanted:
            self._gaps.append(Fault(found, f"event {found} was inserted before the first"))
            return
        which = f"event {wanted} is" if found == wanted + 1 else f"events {wanted} to {found - 1} are"
        self._gaps.append(Fault(wanted, f"{which} missing: deleted"))

    def _other_database(self) -> Iterator[Fault]:
        """The first seal is bound to the database's id: whoever changes that in the head breaks it."""
        first = next((run.rows[0] for run in self.suspects.runs if run.start == 1), None)
        if first is None or self.head is None:
            return
        for database in {each.database for each in self.anchors} - {self.head.database}:
            if self.keys.fits(first_seal(self.keys.keys[0], database), first, id=1):
                yield Fault(0, "the trail's head was given another database's id")

    def _of_head(self, head: Head) -> Iterator[Fault]:
        if head.sequence > self.last:
            yield Fault(self.last, f"events {self.last + 1} to {head.sequence} are missing: the tail was cut off")
        elif head.sequence < self.last:
            yield Fault(head.sequence + 1, f"events {head.sequence + 1} to {self.last} were inserted after the head")
        elif not hmac.compare_digest(head.mac, self.mac):
            yield Fault(self.last, f"the head's seal is not that of event {self.last}, the last")

    def _of_anchor(self, each: Anchor) -> Iterator[Fault]:
        told = f"the anchor of {each.at} at event {each.sequence}"
        if not any(each.is_under(key) for key in self.keys.keys):
            yield Fault(each.sequence, f"{told} is not sealed with this clinic's key")
        elif self._is_of_before_a_restore(each) or self.head is None:
            return
        elif each.database != self.head.database:
            yield Fault(each.sequence, f"{told} is another database's: this one was put in its place")
        elif each.sequence > self.last:
            missing = f"events {self.last + 1} to {each.sequence} are missing"
            yield Fault(self.last, f"{missing}: the tail was cut off ({told} names them)")
        elif each.sequence and not hmac.compare_digest(self._seals[each.sequence], each.mac):
            yield Fault(
                each.sequence, f"{told} is not in the trail any more: it was cut off and continued, or rewritten"
            )

    def _is_of_before_a_restore(self, each: Anchor) -> bool:
        """Whether a backup that had not come so far was put back since: the trail itself says so, under its seals."""
        same = self.head is not None and each.database == self.head.database
        return any((number <= each.sequence or not same) and at > each.moment for number, at in self._restores)


class _Index:
    """Walks along which events are about whom, beside the events."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._rows = iter(rows)
        self._next: Any = next(self._rows, None)

    def of(self, event: int) -> list[int]:
        """The patients of an event, once every event before it was asked for."""
        found: list[int] = []
        while self._next is not None and self._next.event_id <= event:
            # What stands under the number of an event that is gone makes the next one differ.
            found.append(self._next.patient_id)
            self._next = next(self._rows, None)
        return found

    def is_left(self) -> bool:
        """Whether something is left after the last event."""
        return self._next is not None
