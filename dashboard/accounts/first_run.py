"""The first administrator of a clinic: let in by a token printed where the server was started, and by nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from dashboard.access import Role
from dashboard.accounts import clock, invitations, passwords, tokens, trail
from dashboard.accounts.shapes import Face
from db import engine, queries, records
from db.engine import file_of, file_url
from db.schema import upgrade
from db.scope import program
from db.tables import Invitation, Person

LASTS = timedelta(minutes=60)
A_WHILE = timedelta(minutes=1)
OVER = "This set-up token was used before, or its time is over. Whoever runs the server can print a new one."
ALSO = ("", Role.STAFF.value, Role.CLINICIAN.value)
"""What an administrator may work as besides."""


def first_run_needed() -> bool:
    """Whether no clinic is open yet, or one in which no administrator could sign in; never in the demo."""
    choice = engine.active_database()
    if choice in (None, "demo"):
        return choice is None
    upgrade(engine.database_url())
    return not _is_set_up(engine.database_url())


def first_token(again: bool = False) -> str:
    """A new token to set the clinic up with, for an hour and one use; empty when an administrator can sign in there.

    It is told once, to whoever started the server. Tokens told before go on working, so that nobody can make the one
    being typed worthless; ``again``, which a stranger may ask for, gives an empty one within a minute of the last.
    Makes the clinic's tables if need be.
    """
    address, now = clinic_address(), clock.now()
    upgrade(address)
    if _is_set_up(address):
        return ""
    with engine.transaction(address, scope=program("setting up a clinic")) as session:
        ends = [row.expires_at for row in _still_good(session, now)]
        if again and any(end > now + LASTS - A_WHILE for end in ends):
            return ""
        return invitations.put_down(session, None, LASTS)


def _still_good(session: Session, now: datetime) -> list[Invitation]:
    """The set-up tokens that still work; those whose time is over are dropped."""
    waiting = queries.invitations_waiting(session, None)
    for row in waiting:
        if row.expires_at <= now:
            session.delete(row)
    session.flush()
    return [row for row in waiting if row.expires_at > now]


def set_up_people(token: str) -> tuple[Face, ...]:
    """Whom one may be in a clinic that people work in already: its administrators; () for a wrong token."""
    upgrade(clinic_address())
    with engine.reading(clinic_address(), scope=program("setting up a clinic")) as session:
        if may_set_up(session, token) is None:
            return ()
        places = {site.id: site.name for site in queries.sites(session)}
        who = [person for person in queries.people(session) if _is_administrator(person)]
        return tuple(Face(p.id or 0, p.code, p.name, p.role, places.get(p.site_id)) for p in who)


def clinic_address() -> str:
    """The database of the real clinic, whichever is open."""
    return engine.database_url() if engine.active_database() == "external" else file_url(file_of("clinic"))


def may_set_up(session: Session, token: str, to_use: bool = False) -> Invitation | None:
    """What stands for a set-up token that still works."""
    if not tokens.is_plausible(token) or queries.can_an_administrator_sign_in(session):
        return None
    row = queries.invitation_of(session, tokens.kept(token), clock.now(), to_use)
    return row if row is not None and row.person_id is None else None


def why_not(session: Session, code: str) -> str:
    """Why whoever has this code cannot be the first administrator of a clinic people work in; empty when they can."""
    person = queries.person_by_code(session, code)
    if person is None and any(map(_is_administrator, queries.people(session))):
        return "Nobody of this code is an administrator here. Choose one of those who are."
    if person is not None and not (person.active and _is_administrator(person)):
        return "This code belongs to somebody else."
    return ""


def first_administrator(session: Session, name: str, code: str, password_hash: str, also: str) -> int:
    """Give the first administrator their account: the one of that code, or a new person."""
    person = queries.person_by_code(session, code)
    if person is None:
        person = Person(code=code, name=name, role=Role.ADMINISTRATOR.value, also_role=also or None)
        records.insert(session, trail.SET_UP, person, "person:add")
    elif also and person.role == Role.ADMINISTRATOR.value and also != person.also_role:
        records.change(session, trail.SET_UP, person, person.version, "person:change", also_role=also)
    invitations.give_account(session, person, password_hash)
    trail.about(session, trail.doer(person), "account:make", person)
    return person.id or 0


def password_problem(session: Session, password: str, name: str, code: str) -> str:
    """Why the first administrator cannot have this password; empty when they can."""
    return passwords.problem(password, invitations.own_words(session, name, code))


def _is_set_up(address: str) -> bool:
    with engine.reading(address, scope=program("setting up a clinic")) as session:
        return queries.can_an_administrator_sign_in(session)


def _is_administrator(person: Person) -> bool:
    return Role.ADMINISTRATOR.value in (person.role, person.also_role)
