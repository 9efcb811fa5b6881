"""The door: who are you, may you enter here; every page's first statement is `actor = enter(Permission.X)`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic

import streamlit as st

from dashboard import accounts
from dashboard.access import Actor, Permission
from dashboard.role_words import ROLE_DEEDS, ROLE_WORDS
from dashboard.ui import look, rooms, settings

__all__ = ["ROLE_DEEDS", "ROLE_WORDS", "acting", "arriving", "at_hand", "enter", "met", "turn_away", "who"]

_JUST_MET, _A_MOMENT = "just_met", 1.0
"""Where, and for how many seconds, the page that a callback begins keeps whom the callback met."""
_met: ContextVar[Actor | None] = ContextVar("met", default=None)


@contextmanager
def met(actor: Actor) -> Iterator[None]:
    """While the front door runs a room: who it has just met, so that the room need not ask the database again."""
    token = _met.set(actor)
    try:
        yield
    finally:
        _met.reset(token)


def enter(permission: Permission) -> Actor:
    """The person at this page, who holds the permission; otherwise a screen says why not and the run stops."""
    actor = _met.get() or who()
    if actor is None:
        turn_away()
        st.stop()
    if not actor.may(permission):
        _not_your_room(actor)
        st.stop()
    settings.stand_at(actor)
    return actor


def who() -> Actor | None:
    """The person whose sign-in the gate says this is, while it lasts; None for everybody else.

    The gate writes a sign-in's id where Streamlit finds it. The id never reaches a browser, so that where there is no
    gate nobody can name one.
    """
    return accounts.actor(st.user.get("sign_in"))


def acting() -> Actor | None:
    """In a callback: who is there now. The run that begins with it draws its page for them without asking again."""
    actor = who()
    st.session_state[_JUST_MET] = (actor, monotonic())
    return actor


def arriving() -> Actor | None:
    """At the front door: whom this run's callback has met a moment ago, else who is there now."""
    actor, at = st.session_state.pop(_JUST_MET, (None, 0.0))
    if actor is not None and actor.sign_in == st.user.get("sign_in") and monotonic() - at < _A_MOMENT:
        return actor  # type: ignore[no-any-return]
    return who()


def at_hand() -> Actor | None:
    """Whom the front door has just met, while it runs a room; in a fragment that runs by itself, who is there now."""
    return _met.get() or who()


def turn_away() -> None:
    """Nobody is signed in (any more): where to go, and nothing else."""
    with st.container(key="sign-in-ended"):
        look.title("Nobody is signed in", "It has ended, or Backstride was not opened through its own server.")
        st.html('<a class="quiet-link" href="/signin?why=ended" target="_self">Sign in</a>')


def _not_your_room(actor: Actor) -> None:
    with st.container(key="not-your-room"):
        look.title("This room is not yours")
        st.write(
            f"You are signed in as {look.plain(actor.name)}, and this page belongs to another role. "
            "Nothing was opened or changed."
        )
        st.page_link(rooms.path_to("home"), label="Back to today", icon=":material/arrow_back:")
