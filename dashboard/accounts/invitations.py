"""Invitations: a link, used once and for a day or so, with which a person gives themselves a password."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import Session

from dashboard.access import Forbidden
from dashboard.accounts import clock, passwords, sign_ins, throttle, tokens, trail
from dashboard.accounts.shapes import Refused
from dashboard.clinic import clinic
from db import engine, queries
from db.records import Actor
from db.scope import program
from db.tables import Account, Invitation, Person

SHORTEST_HOURS, HOURS, LONGEST_HOURS = 1, 24, 72
OFF = "Passwords are switched off in this clinic: sign in with the clinic's own accounts. An administrator links yours."
OVER = "This invitation was used before, or its time is over. Ask an administrator for a new one."


def make(session: Session, doer: Actor, person_id: int, hours: int = HOURS) -> str:
    """A new invitation for someone who works here, told once; earlier ones stop working.

    Inside somebody's transaction and in their name, without asking whether they may: a deed or the command line does.
    Raises Forbidden for someone who left.
    """
    person = session.get(Person, person_id)
    if person is None or not person.active:
        raise Forbidden("This person no longer works here.")
    withdraw(session, person_id)
    token = put_down(session, person_id, timedelta(hours=min(LONGEST_HOURS, max(SHORTEST_HOURS, hours))))
    trail.about(session, doer, "invitation:make", person, hours=hours)
    return token


def withdraw(session: Session, person_id: int | None) -> None:
    """Let no earlier invitation of this person (None: of whoever sets up) be used any more."""
    for waiting in queries.invitations_waiting(session, person_id):
        session.delete(waiting)
    session.flush()


def put_down(session: Session, person_id: int | None, lasting: timedelta) -> str:
    """A new token; what is kept of it is its hash."""
    token = tokens.new()
    row = Invitation(person_id=person_id, token_sha256=tokens.kept(token), expires_at=clock.now() + lasting)
    session.add(row)
    session.flush()
    return token


def invited(token: str) -> str | None:
    """The name of whom a token invites, to greet them; None when it invites nobody (any more)."""
    if not tokens.is_plausible(token):
        return None
    with engine.reading(scope=program("inviting")) as session:
        row = queries.invitation_of(session, tokens.kept(token), clock.now())
        person = session.get(Person, row.person_id) if row and row.person_id else None
        return person.name if person and person.active else None


def accept(token: str, password: str) -> int | Refused:
    """Give the invited person this password, and return who they are; the invitation is used up.

    Whatever they signed in with before, a second factor included, is replaced; they are signed out everywhere.
    """
    if not clinic().open_id.local_passwords:
        return Refused(OFF)
    with engine.reading(scope=program("inviting")) as session:
        person = _invited_person(session, token)
        if person is None:
            return Refused(OVER)
        known_here = own_words(session, person.name, person.code)
    if why := passwords.problem(password, known_here):
        return Refused(why)
    kept = passwords.hashed(password)
    with engine.transaction(scope=program("inviting")) as session:
        person = _invited_person(session, token, to_use=True)
        if person is None:
            return Refused(OVER)
        give_account(session, person, kept)
        sign_ins.end_all_in(session, trail.doer(person), person.id or 0, "new-password")
        trail.about(session, trail.doer(person), "invitation:accept", person)
        return person.id or 0


def give_account(session: Session, person: Person, password_hash: str) -> None:
    """Put a new account in the place of whatever the person had, with nothing counted against it."""
    now = clock.now()
    account = queries.account_of(session, person.id or 0)
    if account is None:
        account = Account(person_id=person.id or 0, password_hash=password_hash)
        session.add(account)
    account.password_hash, account.changed_at = password_hash, now
    account.second_factor = account.offered_factor = None
    account.recovery_hashes = []
    throttle.unlocked(session, f"person:{person.id}", now)
    throttle.forgiven(session, person.id or 0, now)


def own_words(session: Session, *words: str) -> tuple[str, ...]:
    """What a password of this person must not consist of: their own names, and those of the clinic and its sites."""
    here = clinic()
    return (*words, here.name, *(site.name for site in here.sites), *(site.name for site in queries.sites(session)))


def _invited_person(session: Session, token: str, to_use: bool = False) -> Person | None:
    if not tokens.is_plausible(token):
        return None
    now = clock.now()
    row = queries.invitation_of(session, tokens.kept(token), now, to_use)
    person = session.get(Person, row.person_id) if row and row.person_id else None
    if row is None or person is None or not person.active:
        return None
    if to_use:
        row.used_at = now
    return person
