"""Who an audit event about signing in names: a person, nobody, or the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from db import records
from db.records import Actor
from db.tables import Person, SignIn
from db.trail import sign_in_reference


@dataclass(frozen=True)
class Doer:
    """Who acts, as far as an audit event says."""

    person_id: int | None
    name: str
    role: str


STRANGER = Doer(None, "unknown", "")
SET_UP = Doer(None, "set-up", "administrator")
COMMAND_LINE = Doer(None, "command line", "administrator")
PROGRAM = Doer(None, "Backstride", "")


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
