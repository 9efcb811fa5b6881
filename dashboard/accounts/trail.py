"""Who an audit event about signing in names: a person, nobody, or the command line."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from db import records
from db.doers import COMMAND_LINE as COMMAND_LINE
from db.doers import PROGRAM as PROGRAM
from db.doers import SET_UP as SET_UP
from db.doers import STRANGER as STRANGER
from db.doers import Doer
from db.records import Actor
from db.tables import Person, SignIn
from db.trail import sign_in_reference


def doer(person: Person, role: str | None = None) -> Doer:
    """A person, in the job they act in."""
    return Doer(person.id, person.name, role or person.role)


def about(session: Session, who: Actor, deed: str, person: Person, **told: Any) -> None:
    """One event about a person's account."""
    records.note(session, who, deed, "person", person.id, after=told or None)


def about_sign_in(session: Session, who: Actor, deed: str, row: SignIn, **told: Any) -> None:
    """One event about a sign-in."""
    records.note(session, who, deed, "signin", reference(row.id), after=told or None)


def reference(sign_in: str) -> str:
    """What the trail calls a sign-in: enough to tell it from others, of no use to act under it."""
    return sign_in_reference(sign_in)
