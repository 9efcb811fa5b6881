"""A small clinic of invented people made for a measurement on a server's empty home, and open intakes in it."""

from __future__ import annotations

from datetime import date

from dashboard import accounts, casework
from dashboard.casework import setup
from db import engine, queries, records
from db.doers import STRANGER
from db.scope import program
from db.tables import Person
from tests.running import Server

DESKS = ("noor", "bruno")
"""Who sits at the desks."""
_BORN = date(1990, 1, 1)


def drafts(server: Server, number: int) -> list[str]:
    """Set the clinic up, register so many patients, begin an intake for each, and give back the drafts' ids."""
    with server.at_home():
        setup.set_up(accounts.first_token(), "Dana", "dana", "four invented words here")
        with engine.transaction(scope=program("people for a measurement")) as session:
            site = int(queries.sites(session)[0].id or 0)
            for code in DESKS:
                person = Person(code=code, name=code.capitalize(), role="staff", site_id=site)
                records.insert(session, STRANGER, person, "person:add")
        noor = casework.actor_for("noor")
        made = (casework.NewPatient(f"Runner{place}", "Invented", _BORN, "female", site) for place in range(number))
        return [casework.open_draft(noor, casework.register_patient(noor, new).id).id for new in made]
