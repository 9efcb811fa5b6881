"""How people's signing in stands, and letting a locked one try again: what an administrator sees and does."""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import Session

from dashboard.accounts import clock, throttle, trail
from dashboard.accounts.shapes import Standing
from db import engine, queries
from db.records import Actor
from db.scope import program
from db.tables import Person


def locked(person_id: int) -> bool:
    """Whether too many wrong attempts locked this person's name."""
    with engine.reading(scope=program("signing in")) as session:
        return throttle.is_locked(session, person_id)


def standing(session: Session, person_ids: Iterable[int]) -> dict[int, Standing]:
    """Of each person: account, second factor, lock, waiting invitation, open sign-ins."""
    return {each: _of(session, each) for each in person_ids}


def unlock_in(session: Session, doer: Actor, person_id: int) -> bool:
    """Let a person's name be tried again, in somebody's name; whether anything stood against it."""
    person = session.get(Person, person_id)
    if person is None or not throttle.unlocked(session, f"person:{person_id}", clock.now()):
        return False
    throttle.forgiven(session, person_id, clock.now())
    trail.about(session, doer, "account:unlock", person)
    return True


def _of(session: Session, person_id: int) -> Standing:
    now, account = clock.now(), queries.account_of(session, person_id)
    waiting = [row for row in queries.invitations_waiting(session, person_id) if row.expires_at > now]
    signed_in = [row.id for row in queries.open_sign_ins(session, person_id)]
    return Standing(
        has_account=account is not None,
        has_second_factor=account is not None and account.second_factor is not None,
        locked=throttle.is_locked(session, person_id),
        invited=bool(waiting),
        signed_in=len(queries.sign_ins_alive(session, signed_in, now)),
    )
