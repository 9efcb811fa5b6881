"""How often a name may be tried: every attempt is counted before it is looked at, known name or not."""

from __future__ import annotations

import hashlib
import hmac
import math
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from db.keys import subkey
from db.tables import Attempt, Person

FREE = 5
"""Wrong attempts in a row without any wait."""
LONGEST_WAIT = timedelta(minutes=15)
LOCKED_AT = 100
"""Wrong attempts in a row after which only an administrator or the command line lets anybody try again."""
A_DAY = timedelta(hours=24)
A_DAYS_GUESSES = 50
"""Wrong attempts in one day's window, also with right ones in between; any 24 hours touch two windows."""
FORGOTTEN_AFTER = timedelta(days=2)
"""How long a name of nobody is remembered."""


def key_of(person: Person | None, typed: str) -> str:
    """What the attempts at a name are counted under; a name of nobody may be a mistyped password and is not kept."""
    if person is not None:
        return f"person:{person.id}"
    return "name:" + hmac.new(subkey("blind"), f"sign-in {typed}".encode(), hashlib.sha256).hexdigest()[:32]


def confirming(person_id: int) -> str:
    """What attempts to confirm, under a living sign-in, are counted under."""
    return f"confirm:{person_id}"


def counted(session: Session, key: str, now: datetime) -> tuple[Attempt, bool]:
    """The attempts at a name with this one counted as wrong, and True; not counted, and False, while it must wait."""
    row = _row(session, key, now)
    if waits(row, now) or row.locked_at is not None:
        return row, False
    if not timedelta(0) <= now - row.guesses_since < A_DAY:
        row.guesses, row.guesses_since = 0, now
    row.failures, row.guesses, row.last_at = row.failures + 1, row.guesses + 1, now
    row.wait_until = _wait_until(row, now)
    if row.failures >= LOCKED_AT:
        row.locked_at = now
    session.flush()
    return row, True


def taken_back(session: Session, key: str, now: datetime) -> None:
    """The attempt counted last was right: nothing is wrong in a row any more."""
    row = _row(session, key, now)
    row.failures, row.guesses, row.wait_until, row.locked_at = 0, max(0, row.guesses - 1), None, None
    session.flush()


def forgiven(session: Session, person_id: int, now: datetime) -> None:
    """The person proved who they are: nothing counts against their confirming any more."""
    row = session.get(Attempt, confirming(person_id))
    if row is not None and row.failures:
        taken_back(session, row.key, now)


def unlocked(session: Session, key: str, now: datetime) -> bool:
    """Let a name be tried again from the beginning; whether there was anything to undo."""
    row = _row(session, key, now)
    was = row.locked_at is not None or waits(row, now) > 0
    row.failures, row.guesses, row.wait_until, row.locked_at = 0, 0, None, None
    session.flush()
    return was


def written_again(session: Session, key: str) -> None:
    """Write an attempt down once more as it is: a refusal that is not noted must not be quicker than one that is."""
    session.execute(update(Attempt).where(col(Attempt.key) == key).values(last_at=col(Attempt.last_at)))


def seconds_left(session: Session, key: str, now: datetime) -> int:
    """Whole seconds until a name may be tried again."""
    row = session.get(Attempt, key)
    return waits(row, now) if row else 0


def is_locked(session: Session, person_id: int) -> bool:
    """Whether a person's name is locked."""
    row = session.get(Attempt, f"person:{person_id}")
    return row is not None and row.locked_at is not None


def waits(row: Attempt, now: datetime) -> int:
    """Whole seconds until the name may be tried again, 0: at once.

    Longer than a day is no wait there is: the clock ran ahead when it was written, and was set right since.
    """
    if row.wait_until is None or row.wait_until - now > A_DAY:
        return 0
    return max(0, math.ceil((row.wait_until - now).total_seconds()))


def forget_strangers(session: Session, now: datetime) -> None:
    """Drop what was counted for names of nobody, and for browsers, a while ago."""
    of_nobody = or_(col(Attempt.key).like("name:%"), col(Attempt.key).like("browser:%"))
    session.execute(delete(Attempt).where(col(Attempt.last_at) < now - FORGOTTEN_AFTER, of_nobody))


def delay(failures: int) -> timedelta:
    """How long to wait after so many wrong attempts in a row: nothing for the first five, then 2, 4, 8 seconds …"""
    beyond = failures - FREE
    if beyond <= 0:
        return timedelta(0)
    return min(LONGEST_WAIT, timedelta(seconds=2 ** min(beyond, 20)))


def _wait_until(row: Attempt, now: datetime) -> datetime | None:
    if row.guesses >= A_DAYS_GUESSES:
        return row.guesses_since + A_DAY
    return now + delay(row.failures) if delay(row.failures) else None


def _row(session: Session, key: str, now: datetime) -> Attempt:
    """The row of a name, made if need be, and locked against others until the transaction ends."""
    wanted = select(Attempt).where(col(Attempt.key) == key).with_for_update()
    row = session.scalars(wanted).first()
    if row is not None:
        return row
    try:
        with session.begin_nested():
            session.add(Attempt(key=key, guesses_since=now, last_at=now))
            session.flush()
    except IntegrityError:
        pass  # another attempt at the same name was quicker
    return session.scalars(wanted).one()
