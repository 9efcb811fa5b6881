"""The person of a sign-in as an actor: in the job acted in, at their sites, with what an emergency opened."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from dashboard.access import Actor, Role
from dashboard.accounts import clock, sign_ins, tokens
from db import engine, queries
from db.scope import program
from db.tables import Person, SignIn


def actor(sign_in: object) -> Actor | None:
    """Who acts under a sign-in; None when it does not last (any more), while a patient has the tablet, or when a
    second factor has to be set up first.
    """
    if not isinstance(sign_in, str) or not tokens.is_plausible(sign_in):
        return None
    now = clock.now()
    with engine.reading(scope=program("signing in")) as session:
        found = queries.acting(session, sign_in, now)
        if found is None or sign_ins.must(session, found[0]):
            return None
        row, person = found
        return as_actor(session, person, Role(row.role), now, sign_in)


def holder(sign_in: object) -> tuple[Actor, int] | None:
    """Whose tablet is in a patient's hands under this sign-in, as somebody who may do nothing, and the handover.

    None when the sign-in does not last, or is its person's own.
    """
    if not isinstance(sign_in, str) or not tokens.is_plausible(sign_in):
        return None
    now = clock.now()
    with engine.reading(scope=program("signing in")) as session:
        row = session.get(SignIn, sign_in)
        person = session.get(Person, row.person_id) if row else None
        if row is None or person is None or row.handed_over is None or sign_ins.over(row, person, now):
            return None
        actor = as_actor(session, person, Role(row.role), now, sign_in)
        return replace(actor, only=frozenset(), patients=frozenset()), row.handed_over


def as_actor(session: Session, person: Person, role: Role, now: datetime, sign_in: str = "") -> Actor:
    """A person in one of their jobs."""
    single = person.site_id if role in (Role.STAFF, Role.CLINICIAN) else None
    sites = frozenset(site.id for site in queries.sites(session) if site.id and single in (None, site.id))
    opened = queries.patients_opened(session, person.id or 0, now) if role is Role.CLINICIAN else frozenset()
    return Actor(person.id or 0, person.name, role, sites, sign_in, opened, everywhere=single is None)
