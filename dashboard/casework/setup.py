"""Setting up an empty clinic: its sites and people from the clinic's settings, once."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from dashboard.casework import following
from dashboard.clinic import Clinic, PersonSetting, clinic
from db import engine, queries, records
from db.scope import program
from db.tables import Person, Site


@dataclass(frozen=True)
class SetUp:
    """What setting up made, a sentence each; ``made`` is False when the clinic was set up before."""

    lines: tuple[str, ...]
    made: bool = True


ALREADY = SetUp(("This clinic was set up before; nothing was changed.",), made=False)


def set_up_clinic() -> SetUp:
    """Make the sites and people of the clinic's settings in a database where nobody works yet.

    Needs no actor, because there is nobody yet; where somebody works it changes nothing. Raises ClinicError.
    """
    here = clinic()
    try:
        with engine.transaction(scope=program("setting up a clinic")) as session:
            if queries.everyone(session) or queries.sites(session):
                return ALREADY
            return _made(session, here)
    except IntegrityError:
        # Two browsers pressed the button at once: the other one's clinic is this clinic.
        return ALREADY


def _made(session: Session, here: Clinic) -> SetUp:
    sites: dict[str | None, int | None] = {None: None}
    for place in here.sites:
        row = Site(code=place.code, name=place.name, state=here.state)
        sites[place.code] = records.insert(session, _FirstHand(), row, "site:add").id
    for who in here.people:
        person = Person(code=who.code, name=who.name, role=who.role.value, site_id=sites[who.site])
        records.insert(session, _FirstHand(), person, "person:add")
    following.adopt(session)
    known = following.current(session)
    in_use = f"Knowledge: {known.version}, as shipped; changes are proposed and approved on the page Knowledge"
    return SetUp((here.says(), *_site_lines(here), *_person_lines(here), in_use))


def _site_lines(here: Clinic) -> tuple[str, ...]:
    return tuple(f"Site: {place.name} ({place.code})" for place in here.sites)


def _person_lines(here: Clinic) -> tuple[str, ...]:
    names = {place.code: place.name for place in here.sites}
    return tuple(f"{who.role.value.capitalize()}: {who.name}, {_at(who, names)}" for who in here.people)


def _at(who: PersonSetting, names: dict[str, str]) -> str:
    return names[who.site] if who.site else "every site"


class _FirstHand:
    """Whoever presses the button before anybody works here."""

    person_id: int | None = None
    name = "set-up"
    role = "administrator"
