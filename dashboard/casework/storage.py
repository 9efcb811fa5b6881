"""Which clinic is open, whether anybody works in it, and its tables brought up to date before anyone uses them."""

from __future__ import annotations

from typing import Literal

from dashboard.access import Actor, Forbidden, Permission
from dashboard.casework import following
from db import engine, keys, queries, schema, trouble
from db.scope import program

Choice = Literal["demo", "clinic"]


def chosen() -> str | None:
    """ "demo" or "clinic" as chosen on the first screen, "external" when an address was given, None before a choice."""
    return engine.active_database()


def place() -> str:
    """The open database's address: who proves who they are is signed in there and nowhere else."""
    return engine.database_url()


def is_demo() -> bool:
    """Whether the demo clinic is open, in which everybody is invented."""
    return chosen() == "demo"


def choose(which: Choice, actor: Actor | None = None) -> None:
    """Open the demo clinic or the real one from now on, in its own file, with its tables up to date.

    Anybody may while no clinic is open and from the demo; away from a real clinic that somebody works in only a
    person who may set it up. Raises Forbidden.
    """
    if not may_choose(actor):
        raise Forbidden("only someone who may set up the clinic may leave it for another one")
    engine.choose_database(which)
    bring_up_to_date()


def look_every(seconds: float) -> None:
    """Look at most this often which database another process has chosen."""
    engine.look_every(seconds)


def may_choose(actor: Actor | None = None) -> bool:
    """Whether this person (None: nobody in particular) may open another clinic than the one that is open."""
    if chosen() == "external":
        return False
    if chosen() != "clinic" or (actor is not None and actor.may(Permission.CLINIC_SET_UP)):
        return True
    somebody_is_signed_in = actor is not None and bool(actor.sign_in)
    return not somebody_is_signed_in and not is_staffed()


def bring_up_to_date() -> None:
    """Run the migrations the open database has not seen; nothing when no clinic is chosen yet."""
    if chosen() is not None:
        schema.upgrade()
        following.write_down()
        following.catch_up(at_once=True)


_up_to_date: set[str] = set()
"""Addresses whose tables this process has seen up to date."""


def be_up_to_date() -> None:
    """As ``bring_up_to_date``, but at once for a database that this process brought up to date before."""
    if chosen() is None:
        return
    address = engine.database_url()
    if address not in _up_to_date:
        schema.upgrade()
        following.write_down()
        _up_to_date.add(address)


def notice() -> str:
    """What whoever starts the server should mend in the database's surroundings; "" when there is nothing."""
    return trouble.notice() if chosen() == "external" else ""


def require_key(others_reach_us: bool) -> None:
    """Read the clinic's key before anything else; where others than this machine reach the server none is made.

    Raises what ``obstacles.obstacle`` has words for.
    """
    if others_reach_us:
        keys.require_given()
    keys.clinic_key()


def has_demo() -> bool:
    """Whether a demo clinic was made here before."""
    return engine.file_of("demo").exists()


def is_staffed() -> bool:
    """Whether anybody works in the open clinic: false before a choice and on an empty database."""
    if chosen() is None:
        return False
    with engine.reading(scope=program("looking whether anybody works here")) as session:
        return any(person.active for person in queries.people(session))
