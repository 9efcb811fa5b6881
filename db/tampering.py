"""Naming what was done to a trail whose seals do not fit: edited, swapped, inserted, deleted, rewritten, and where."""

import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from db.sealing import SEALED, seal

Event = Mapping[str, Any]
KEPT = 4
"""Events remembered of each place: two that were swapped make at most so many in a row not fit."""
RUNS = 100
"""Places remembered at most; a trail rewritten everywhere is one place."""


@dataclass(frozen=True)
class Fault:
    """Something that was done to the trail: in words, and at which event."""

    event: int
    says: str


@dataclass
class Run:
    """Events one after another whose seals do not fit, with the first KEPT of them."""

    start: int
    before: str
    """The seal of the event before the first."""
    rows: list[Event] = field(default_factory=list)
    end: int = 0
    moved_back: int = 0
    """How many events of the run fit when they are numbered one less: one was put in before them."""
    moved_on: int = 0
    """How many events of the run fit when they are numbered one more: one was taken out before them."""

    @property
    def length(self) -> int:
        """How many events do not fit."""
        return self.end - self.start + 1

    @property
    def was_inserted(self) -> bool:
        """Whether the first event was put in, and those after it numbered anew."""
        return self.length > 1 and self.moved_back >= self.length - 1

    @property
    def had_deleted(self) -> bool:
        """Whether one was taken out before the first event, and those after it numbered anew."""
        return self.length > 1 and self.moved_on >= self.length - 1


@dataclass
class Keys:
    """The keys of the trail's seals, oldest first; once an event needs a newer one, none after it needs an older."""

    keys: Sequence[bytes]
    place: int = 0

    def fits(self, before: str, event: Event, **instead: Any) -> bool:
        """Whether an event's seal follows one, with some columns read otherwise."""
        told = {**event, **instead} if instead else event
        for place in range(self.place, len(self.keys)):
            if hmac.compare_digest(seal(self.keys[place], before, told), str(told["mac"])):
                if not instead:
                    self.place = place
                return True
        return False


class Suspects:
    """Where the seals do not fit, remembered in little space while a trail goes by."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self.runs: list[Run] = []
        self.many = False
        self._open: Run | None = None

    def add(self, before: str, event: Event) -> None:
        """An event whose seal does not follow ``before``, the seal stored with the one in front of it."""
        run = self._open
        if run is None:
            run = self._open = Run(event["id"], before)
            if len(self.runs) < RUNS:
                self.runs.append(run)
            else:
                self.many = True
        elif self.keys.fits(run.before if len(run.rows) == 1 else before, event, id=event["id"] - 1):
            run.moved_back += 1
        elif self.keys.fits(before, event, id=event["id"] + 1):
            run.moved_on += 1
        if len(run.rows) < KEPT:
            run.rows.append(event)
        run.end = event["id"]

    def passed(self) -> None:
        """An event whose seal fits again."""
        self._open = None

    def faults(self) -> Iterator[Fault]:
        """What was done, place by place."""
        swapped = dict(self._swaps())
        explained = {place for pair in swapped.items() for one in pair for place in (one, one + 1)}
        for one, other in swapped.items():
            yield Fault(one, f"events {one} and {other} were swapped")
        for run in self.runs:
            if run.start not in explained or run.length > KEPT:
                yield _named(run)
        if self.many:
            yield Fault(self.runs[-1].end, f"and more after event {self.runs[-1].end}")

    def _swaps(self) -> Iterator[tuple[int, int]]:
        rows: dict[int, tuple[str, Event]] = {}
        for run in self.runs:
            before = run.before
            if run.was_inserted or run.had_deleted:
                continue
            for row in run.rows:
                rows[row["id"]] = (before, row)
                before = row["mac"]
        for a, (before_a, at_a) in rows.items():
            for b, (before_b, at_b) in rows.items():
                if a < b and self._is_swapped(before_a, at_a, before_b, at_b):
                    yield a, b

    def _is_swapped(self, before_a: str, at_a: Event, before_b: str, at_b: Event) -> bool:
        """Whether two events stand in each other's place, with their seals or without."""
        a, b = at_a["id"], at_b["id"]
        if self.keys.fits(before_a, at_b, id=a):
            return self.keys.fits(at_b["mac"] if b == a + 1 else before_b, at_a, id=b)
        if not self.keys.fits(before_a, {**at_b, "mac": at_a["mac"]}, id=a):
            return False
        return self.keys.fits(at_a["mac"] if b == a + 1 else before_b, {**at_a, "mac": at_b["mac"]}, id=b)


def _named(run: Run) -> Fault:
    at = run.start
    if run.was_inserted:
        return Fault(at, f"event {at} was inserted; those after it were numbered anew")
    if run.had_deleted:
        return Fault(at, f"an event before event {at} was deleted; those after it were numbered anew")
    if run.length > 2:
        return Fault(at, f"events {at} to {run.end} were rewritten: their seals are not made with this clinic's key")
    return Fault(at, f"event {at} was edited")


def sealed_columns(row: Mapping[str, Any]) -> dict[str, Any]:
    """An event with the columns its seal covers, and its seal."""
    return {name: row[name] for name in (*SEALED, "mac")}
