"""Who works here, and how one of them becomes an actor."""

from __future__ import annotations

from dashboard.access import Actor, Forbidden, Permission, Role
from dashboard.accounts import clock
from dashboard.accounts.actors import as_actor
from dashboard.casework.authority import looking, scope_of
from dashboard.casework.deeds import deed
from dashboard.casework.errors import NotFound
from dashboard.casework.rows import number
from dashboard.casework.views import PersonCard, SiteCard
from dashboard.letters import one_line
from db import engine, queries
from db.scope import program
from db.tables import Person


def actor_for(person_code: str) -> Actor:
    """The person of that code as an actor, for a program at this machine; a browser's person comes from a sign-in.

    Raises NotFound for an unknown code, Forbidden for someone inactive.
    """
    with engine.reading(scope=program("signing in")) as session:
        person = queries.person_by_code(session, one_line(person_code))
        if person is None:
            raise NotFound("Nobody signs in with this code.")
        if not person.active:
            raise Forbidden("This person no longer works here.")
        return as_actor(session, person, Role(person.role), clock.now())


@deed(Permission.PERSON_READ)
def people(actor: Actor) -> tuple[PersonCard, ...]:
    """Everyone who works or worked here, by name."""
    with looking(actor, Permission.PERSON_READ) as session:
        sites = {site.id: site.name for site in queries.sites(session)}
        return tuple(_card(person, sites) for person in queries.everyone(session))


def sites(actor: Actor) -> tuple[SiteCard, ...]:
    """The sites the actor works at, by name."""
    with engine.reading(scope=scope_of(actor)) as session:
        every = queries.sites(session)
        return tuple(SiteCard(number(site), site.code, site.name) for site in every if site.id in actor.site_ids)


def _card(person: Person, sites: dict[int | None, str]) -> PersonCard:
    site = sites.get(person.site_id)
    return PersonCard(number(person), person.code, person.name, person.role, site, person.active, person.version)
