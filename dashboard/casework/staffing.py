"""People: who works here in which role and where, who may sign in, and what somebody who goes leaves behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from dashboard.access import Actor, Forbidden, Permission, Role
from dashboard.accounts import clock, identities, invitations, sign_ins
from dashboard.accounts.shapes import Standing
from dashboard.accounts.standings import standing, unlock_in
from dashboard.casework import storage
from dashboard.casework.authority import changed, looking, must_be_fresh, writing
from dashboard.casework.deeds import deed
from dashboard.casework.errors import BadAnswer, NotFound, NotReady
from dashboard.casework.rows import findable, number
from dashboard.clinic import is_code
from dashboard.letters import one_line
from db import queries, records
from db.queries import staffing as asked
from db.tables import Person, Site

LONGEST_NAME = 80
LAST_ADMINISTRATOR = "Nobody else who can sign in would be an administrator: invite another one first."


@dataclass(frozen=True)
class Link:
    """An account of the clinic's OpenID provider that belongs to a person here."""

    id: int
    issuer: str
    subject: str


@dataclass(frozen=True)
class StaffCard:
    """One person with everything an administrator sees of them."""

    id: int
    code: str
    name: str
    role: Role
    also_role: Role | None
    site_id: int | None
    site: str | None
    """None: every site."""
    active: bool
    standing: Standing
    links: tuple[Link, ...]
    last_sign_in: datetime | None
    version: int


@dataclass(frozen=True)
class PersonTyped:
    """What an administrator types of a person; ``site_id`` None: every site."""

    name: str
    role: str
    also_role: str | None = None
    site_id: int | None = None


@dataclass(frozen=True)
class LeftBehind:
    """What waits for somebody who went: a draft, an episode in their care, or a lowering they asked for."""

    what: str
    """draft, episode or lowering."""
    site: str
    number: int


@dataclass(frozen=True)
class Invited:
    """An invitation, told once: whoever opens its link gives themselves a password."""

    token: str
    until: datetime


@deed(Permission.PERSON_READ)
def staff(actor: Actor) -> tuple[StaffCard, ...]:
    """Everyone who works or worked here, by name, with how their signing in stands."""
    with looking(actor, Permission.PERSON_READ) as session:
        return tuple(_card(session, person) for person in queries.everyone(session))


@deed(Permission.PERSON_READ)
def left_behind(actor: Actor, person_id: int) -> tuple[LeftBehind, ...]:
    """What waits for a person at each site, in numbers: nobody's name and no record."""
    with looking(actor, Permission.PERSON_READ) as session:
        return tuple(LeftBehind(*row) for row in asked.left_behind(session, findable(person_id)))


@deed(Permission.PERSON_WRITE, writes=True)
def add_person(actor: Actor, code: str, typed: PersonTyped) -> StaffCard:
    """Add somebody who works here from now on; they sign in once they were invited or linked."""
    with writing(actor, Permission.PERSON_WRITE) as session:
        code = one_line(code).casefold()
        if not is_code(code):
            raise BadAnswer("code", "is made of small letters and digits, with hyphens between them.")
        person = Person(code=code, **_checked(session, typed))
        try:
            return _card(session, records.insert(session, actor, person, "person:add"))
        except IntegrityError:
            raise BadAnswer("code", "is already somebody else's, perhaps of someone who left.") from None


@deed(Permission.PERSON_WRITE, writes=True)
def change_person(actor: Actor, person_id: int, seen_version: int, typed: PersonTyped) -> StaffCard:
    """Change a person's name, roles or site; nobody changes their own role or site.

    Whoever gets another role or site is signed out everywhere and signs in anew. NotReady when no administrator who
    can sign in would be left.
    """
    with writing(actor, Permission.PERSON_WRITE) as session:
        person = _found(session, person_id, seen_version)
        told = {name: new for name, new in _checked(session, typed).items() if getattr(person, name) != new}
        rights = sorted({"role", "also_role", "site_id"} & set(told))
        if rights and person.id == actor.person_id:
            raise Forbidden("Nobody changes their own role or site: ask another administrator.")
        if not told:
            return _card(session, person)
        with _leaving_an_administrator(session):
            person = changed(session, actor, person, seen_version, "person:change", **told)
        if rights:
            sign_ins.end_all_in(session, actor, number(person), "rights-changed")
        return _card(session, person)


@deed(Permission.PERSON_WRITE, writes=True)
def disable_person(actor: Actor, person_id: int, seen_version: int) -> tuple[LeftBehind, ...]:
    """End somebody's work here: signed out everywhere at once, invited no more; what waits for them comes back.

    Forbidden for oneself; NotReady when no administrator who can sign in would be left.
    """
    with writing(actor, Permission.PERSON_WRITE) as session:
        person = _found(session, person_id, seen_version)
        if person.id == actor.person_id:
            raise Forbidden("Nobody ends their own work here: ask another administrator.")
        if person.active:
            with _leaving_an_administrator(session):
                changed(session, actor, person, seen_version, "person:disable", active=False)
            sign_ins.end_all_in(session, actor, number(person), "disabled")
            invitations.withdraw(session, person.id)
        return tuple(LeftBehind(*row) for row in asked.left_behind(session, number(person)))


@deed(Permission.PERSON_WRITE, writes=True)
def enable_person(actor: Actor, person_id: int, seen_version: int) -> StaffCard:
    """Let somebody who left work here again, with the password they had."""
    with writing(actor, Permission.PERSON_WRITE) as session:
        person = _found(session, person_id, seen_version)
        if not person.active:
            person = changed(session, actor, person, seen_version, "person:enable", active=True)
        return _card(session, person)


@deed(Permission.PERSON_INVITE, writes=True)
def invite_person(actor: Actor, person_id: int) -> Invited:
    """A new invitation for someone who works here, told this once; earlier ones stop working.

    Whoever accepts it chooses a password in place of any they had. Forbidden for someone who left.
    """
    with writing(actor, Permission.PERSON_INVITE) as session:
        person = _found(session, person_id)
        token = invitations.make(session, actor, number(person))
        return Invited(token, clock.now() + timedelta(hours=invitations.HOURS))


@deed(Permission.PERSON_WRITE, writes=True)
def unlock_person(actor: Actor, person_id: int) -> bool:
    """Let a name locked after too many wrong tries be tried again; whether anything stood against it."""
    with writing(actor, Permission.PERSON_WRITE) as session:
        return unlock_in(session, actor, number(_found(session, person_id)))


@deed(Permission.PERSON_WRITE, writes=True)
def end_sign_ins(actor: Actor, person_id: int) -> int:
    """Sign somebody out everywhere, and say of how many places; they may sign in again."""
    with writing(actor, Permission.PERSON_WRITE) as session:
        return sign_ins.end_all_in(session, actor, number(_found(session, person_id)), "administrator")


@deed(Permission.PERSON_WRITE, writes=True)
def link_person(actor: Actor, person_id: int, subject: str, issuer: str = "") -> StaffCard:
    """Let the account of that subject at the clinic's OpenID provider sign in as this person; NotReady says why not."""
    with writing(actor, Permission.PERSON_WRITE) as session:
        person = _found(session, person_id)
        try:
            identities.link_in(session, actor, number(person), one_line(subject), one_line(issuer))
        except identities.NotLinked as why:
            raise NotReady(str(why), ("subject",)) from None
        return _card(session, person)


@deed(Permission.PERSON_WRITE, writes=True)
def unlink_person(actor: Actor, person_id: int, link_id: int) -> StaffCard:
    """Take a link to an account of the clinic's OpenID provider away, and sign the person out everywhere."""
    with writing(actor, Permission.PERSON_WRITE) as session:
        person = _found(session, person_id)
        if link_id not in [link.id for link in identities.linked_in(session, number(person))]:
            raise NotFound("This person has no such link.")
        with _leaving_an_administrator(session):
            identities.unlink_in(session, actor, link_id)
            session.flush()
        sign_ins.end_all_in(session, actor, number(person), "unlinked")
        return _card(session, person)


@contextmanager
def _leaving_an_administrator(session: Session) -> Iterator[None]:
    """What is done inside must leave an active administrator who can sign in, if there was one; else NotReady."""
    was_there = _can_administer(session)
    yield
    if was_there and not _can_administer(session):
        raise NotReady(LAST_ADMINISTRATOR, ("person",))


def _can_administer(session: Session) -> bool:
    there = asked.administrators_held(session)
    # In the demo a press is enough to sign in, so that whoever is active can.
    return bool(there) if storage.is_demo() else queries.can_an_administrator_sign_in(session)


def _found(session: Session, person_id: int, seen_version: int | None = None) -> Person:
    person = session.get(Person, findable(person_id))
    if person is None:
        raise NotFound("There is no such person.")
    if seen_version is not None:
        must_be_fresh(session, person, seen_version)
    return person


def _checked(session: Session, typed: PersonTyped) -> dict[str, Any]:
    name = one_line(typed.name)
    if not 1 <= len(name) <= LONGEST_NAME:
        raise BadAnswer("name", f"must be 1 to {LONGEST_NAME} characters long.")
    roles = [role.value for role in Role]
    if typed.role not in roles:
        raise BadAnswer("role", f"must be one of {', '.join(roles)}.")
    if typed.also_role is not None and (typed.also_role not in roles or typed.also_role == typed.role):
        raise BadAnswer("also_role", "must be another role than the first one.")
    if typed.site_id is not None and session.get(Site, findable(typed.site_id)) is None:
        raise BadAnswer("site_id", "is no site of this clinic.")
    also = str(typed.also_role) if typed.also_role else None
    return {"name": name, "role": str(typed.role), "also_role": also, "site_id": typed.site_id}


def _card(session: Session, person: Person) -> StaffCard:
    person_id = number(person)
    site = session.get(Site, person.site_id) if person.site_id is not None else None
    return StaffCard(
        id=person_id,
        code=person.code,
        name=person.name,
        role=Role(person.role),
        also_role=Role(person.also_role) if person.also_role else None,
        site_id=person.site_id,
        site=site.name if site else None,
        active=person.active,
        standing=standing(session, [person_id])[person_id],
        links=tuple(Link(number(row), row.issuer, row.subject) for row in identities.linked_in(session, person_id)),
        last_sign_in=asked.last_sign_in(session, person_id),
        version=person.version,
    )
