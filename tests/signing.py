"""Somebody signed in, without a browser: as the gate does it once it knows who it is."""

from __future__ import annotations

from dashboard import accounts
from dashboard.accounts import Begun
from db import engine, queries
from db.scope import program


def signed_in(code: str) -> Begun:
    """A new sign-in of the person with this code; Forbidden for someone who left, LookupError for nobody."""
    with engine.reading(scope=program("a test signs in")) as session:
        person = queries.person_by_code(session, code)
    if person is None or person.id is None:
        raise LookupError(f"nobody is called {code!r} here")
    return accounts.begin(person.id, "demo" if engine.active_database() == "demo" else "password")
