"""Whom the clinic's own accounts belong to here: linked beforehand by issuer and subject, and by nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, select

from dashboard.accounts import trail
from dashboard.clinic import clinic
from db import engine, queries, records
from db.accounts import Identity
from db.scope import program
from db.tables import Person

LONGEST = 255
"""Letters a subject may have, by the standard."""


class NotLinked(ValueError):  # noqa: N818 - what became of it
    """Nothing was linked; the message says what is in the way, in words for whoever asked."""


@dataclass(frozen=True)
class Met:
    """Who a proven subject is here; ``person_id`` None: nobody who may sign in, and ``why``."""

    person_id: int | None
    why: str = ""
    """"" or "unknown" (nobody was linked) or "refused" (somebody who may not sign in)."""


def met(issuer: str, subject: str) -> Met:
    """The person the subject was linked to, if they may sign in; a refusal is noted."""
    with engine.transaction(scope=program("signing in")) as session:
        identity = _identity(session, issuer, subject)
        if identity is None:
            _note(session, subject, "unknown")
            return Met(None, "unknown")
        person = session.get(Person, identity.person_id)
        # Not the lock of the password: nothing is guessed here, and strangers' guesses must keep nobody out.
        if person is None or not person.active:
            _note(session, subject, "disabled", person)
            return Met(None, "refused")
        return Met(person.id)


def note_refused(why: str) -> None:
    """Note that the issuer's answer proved nobody; ``why`` is one word."""
    with engine.transaction(scope=program("signing in")) as session:
        _note(session, "", why)


def link(code: str, subject: str, issuer: str = "") -> Person:
    """Link a subject to the person who signs in by ``code``, from the machine's own command line; raises NotLinked."""
    with engine.transaction(scope=program("linking a person from the command line")) as session:
        person = queries.person_by_code(session, code)
        if person is None or person.id is None:
            raise NotLinked(f"Nobody here signs in as {code!r}.")
        link_in(session, trail.COMMAND_LINE, person.id, subject, issuer)
        return person


def link_in(session: Session, actor: records.Actor, person_id: int, subject: str, issuer: str = "") -> Identity:
    """Link a subject to a person in the caller's transaction; raises NotLinked, and changes nothing done before.

    Without an issuer, the one in the clinic's settings. The same link again is the link there is.
    """
    issuer = _known_issuer(issuer)
    if not subject or len(subject) > LONGEST or not subject.isprintable():
        raise NotLinked(f"A subject is one line of 1 to {LONGEST} letters, as the sign-in page shows it.")
    known = _identity(session, issuer, subject)
    if known is not None and known.person_id != person_id:
        raise NotLinked("This account is already linked to somebody else here; unlink it there first.")
    if known is not None:
        return known
    identity = Identity(issuer=issuer, subject=subject, person_id=person_id, linked_by=actor.person_id)
    return records.insert(session, actor, identity, "person:link")


def unlink_in(session: Session, actor: records.Actor, identity_id: int) -> int | None:
    """Take a link away in the caller's transaction and return whose it was; None when there is none of that id."""
    identity = session.get(Identity, identity_id)
    if identity is None:
        return None
    session.delete(identity)
    session.flush()
    records.note(session, actor, "person:unlink", "identity", identity_id, before={"person_id": identity.person_id})
    return identity.person_id


def linked_in(session: Session, person_id: int) -> tuple[Identity, ...]:
    """The accounts linked to a person, oldest first."""
    wanted = select(Identity).where(col(Identity.person_id) == person_id).order_by(col(Identity.id))
    return tuple(session.scalars(wanted))


def _known_issuer(issuer: str) -> str:
    here = clinic().open_id.issuer
    if not (issuer or here):
        raise NotLinked("clinic.toml names no issuer yet; fill [open_id] first, or name the issuer.")
    if issuer and here and issuer != here:
        raise NotLinked(f"The issuer in clinic.toml is {here}; a link to another would never be used.")
    return issuer or here


def _identity(session: Session, issuer: str, subject: str) -> Identity | None:
    wanted = select(Identity).where(col(Identity.issuer) == issuer, col(Identity.subject) == subject)
    return session.scalars(wanted).first()


def _note(session: Session, subject: str, why: str, person: Person | None = None) -> None:
    """A refused sign-in in the trail; an administrator finds the subject there that nobody was linked to."""
    who = trail.doer(person) if person else trail.STRANGER
    records.note(session, who, "sign-in:refused", "identity", subject, after={"how": "open-id", "why": why})
