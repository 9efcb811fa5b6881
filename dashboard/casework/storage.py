"""Which clinic is open, whether anybody works in it, and its tables brought up to date before anyone uses them."""

from __future__ import annotations

from typing import Literal

from db import engine, queries, schema

Choice = Literal["demo", "clinic"]


def chosen() -> str | None:
    """"demo" or "clinic" as chosen on the first screen, "external" when an address was given, None before a choice."""
    return engine.active_database()


def choose(which: Choice) -> None:
    """Open the demo clinic or the real one from now on, in its own file, with its tables up to date."""
    engine.choose_database(which)
    bring_up_to_date()


def bring_up_to_date() -> None:
    """Run the migrations the open database has not seen; nothing when no clinic is chosen yet."""
    if chosen() is not None:
        schema.upgrade()


def is_staffed() -> bool:
    """Whether anybody works in the open clinic: false before a choice and on an empty database."""
    if chosen() is None:
        return False
    with engine.reading() as session:
        return any(person.active for person in queries.people(session))
