"""Setting up a clinic: its sites and people from the clinic's settings, and the first administrator, once."""

from __future__ import annotations

from sqlmodel import Session

from dashboard.access import Role
from dashboard.accounts import Refused, first_run, invitations, passwords, trail
from dashboard.accounts.checking import as_code
from dashboard.casework import following, storage
from dashboard.clinic import LONGEST_WORDS, Clinic, clinic, is_code
from dashboard.letters import one_line
from db import engine, queries, records
from db.schema import upgrade
from db.scope import program
from db.tables import Person, Site


def set_up(token: str, name: str, code: str, password: str, also: str = "") -> int | Refused:
    """Set the clinic up for the first administrator, who holds the token the server printed; the id of that person.

    Where nobody works yet it makes the sites and people of the clinic's settings. In a clinic from before there were
    accounts, ``code`` says which of its administrators this is. ``also``: "staff" or "clinician", for an administrator
    who sees patients too. Raises ClinicError when the settings cannot be used.
    """
    here, place = clinic(), first_run.clinic_address()
    told = one_line(name), as_code(code)
    upgrade(place)
    with engine.reading(place, scope=program("setting up a clinic")) as session:
        if why := _why_not(session, here, token, *told, password, also):
            return Refused(why)
    kept = passwords.hashed(password)
    with engine.transaction(place, scope=program("setting up a clinic")) as session:
        if first_run.may_set_up(session, token, to_use=True) is None:
            return Refused(first_run.OVER)
        invitations.withdraw(session, None)
        _furnish(session, here)
        person_id = first_run.first_administrator(session, *told, kept, also)
    _open()
    return person_id


def what_was_made() -> tuple[str, ...]:
    """What setting up makes from the clinic's settings, a sentence each; raises ClinicError."""
    here = clinic()
    names = {place.code: place.name for place in here.sites}
    sites = (f"Site: {place.name} ({place.code})" for place in here.sites)
    people = (
        f"{who.role.value.capitalize()}: {who.name}, {names[who.site] if who.site else 'every site'}, to be invited"
        for who in here.people
    )
    return (here.says(), *sites, *people)


def _why_not(session: Session, here: Clinic, token: str, name: str, code: str, password: str, also: str) -> str:
    if first_run.may_set_up(session, token) is None:
        return first_run.OVER
    if not is_code(code):
        return "Sign in with a short name of small letters, digits and hyphens, such as dana."
    if also not in first_run.ALSO:
        return "An administrator may also work at the desk or as a clinician."
    listed = None if queries.everyone(session) else next((who for who in here.people if who.code == code), None)
    if listed is not None and listed.role is not Role.ADMINISTRATOR:
        return "The clinic's settings give this code to somebody else."
    if why := first_run.why_not(session, code):
        return why
    is_new = listed is None and queries.person_by_code(session, code) is None
    if is_new and not 0 < len(name) <= LONGEST_WORDS:
        return f"Give your name, in at most {LONGEST_WORDS} letters."
    return first_run.password_problem(session, password, name, code)


def _furnish(session: Session, here: Clinic) -> None:
    """The sites and people of the settings in a database where there are none, and the knowledge in force."""
    if not (queries.everyone(session) or queries.sites(session)):
        sites: dict[str | None, int | None] = {None: None}
        for place in here.sites:
            row = Site(code=place.code, name=place.name, state=here.state)
            sites[place.code] = records.insert(session, trail.SET_UP, row, "site:add").id
        for who in here.people:
            person = Person(code=who.code, name=who.name, role=who.role.value, site_id=sites[who.site])
            records.insert(session, trail.SET_UP, person, "person:add")
    following.adopt(session)


def _open() -> None:
    """From now on the clinic is the one that is open."""
    if engine.active_database() not in ("clinic", "external"):
        engine.choose_database("clinic")
    storage.bring_up_to_date()
