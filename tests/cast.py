"""The cast: invented people who work in the tests' invented clinic."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlmodel import Session, select

from db.doers import SET_UP, Doer
from db.records import insert
from db.tables import Patient, Person, Site

SITES = {"north": "North Harbor", "south": "Southgate"}

PEOPLE = {
    "noor": ("Noor", "staff", True, "north"),
    "amina": ("Amina", "clinician", True, None),
    "bruno": ("Bruno", "clinician", True, None),
    "chidi": ("Chidi", "manager", True, None),
    "dana": ("Dana", "administrator", True, None),
    "mallory": ("Mallory", "staff", False, "north"),
}
"""Code -> name, role, active, site (None: every site). Mallory no longer works here."""


NOBODY_YET = SET_UP


@dataclass(frozen=True)
class Clinic:
    """A database with two sites and the cast in it."""

    url: str
    sites: dict[str, Site] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def doer(self, code: str) -> Doer:
        """One of the cast, as storage sees who acts."""
        person = self.people[code]
        return Doer(person.id, person.name, person.role)


def found_again(session: Session, clinic: Clinic) -> None:
    """The two sites and the cast of a database in which they were settled before."""
    clinic.sites.update({site.code: site for site in session.exec(select(Site))})
    clinic.people.update({person.code: person for person in session.exec(select(Person))})


def settle(session: Session, clinic: Clinic) -> None:
    """Put the two sites and the cast into an empty database."""
    for code, name in SITES.items():
        clinic.sites[code] = insert(session, NOBODY_YET, Site(code=code, name=name, state="OR"), "site:add")
    for code, (name, role, active, site) in PEOPLE.items():
        place = clinic.sites[site].id if site else None
        person = Person(code=code, name=name, role=role, active=active, site_id=place)
        clinic.people[code] = insert(session, NOBODY_YET, person, "person:add")


def a_runner(site: Site, number: int = 1, **columns: Any) -> Patient:
    """An invented patient, not stored yet."""
    invented: dict[str, Any] = {
        "record_number": f"TEST-{number:04}",
        "given_name": "Ines",
        "family_name": "Testova",
        "date_of_birth": date(1990, 5, 17),
        "sex_at_birth": "female",
        "site_id": site.id,
    }
    return Patient(**(invented | columns))
