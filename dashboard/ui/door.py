"""The door: who are you, may you enter here; every page's first statement is `actor = enter(Permission.X)`."""

from __future__ import annotations

from html import escape
from urllib.parse import quote, urlsplit

import streamlit as st

from dashboard import casework
from dashboard.access import Actor, Permission, Role
from dashboard.casework.errors import Forbidden, NotFound
from dashboard.casework.views import PersonCard
from dashboard.ui import look, rooms
from dashboard.ui.routes import COOKIE

ROLE_WORDS = {
    Role.STAFF: "At the desk",
    Role.CLINICIAN: "Clinician",
    Role.MANAGER: "Manager",
    Role.ADMINISTRATOR: "Administrator",
}
ROLE_DEEDS = {
    Role.STAFF: "Takes the history, finds and adds patients, hands over.",
    Role.CLINICIAN: "Reviews, decides, refers and signs.",
    Role.MANAGER: "Sees how the clinic's runners do. No patient names.",
    Role.ADMINISTRATOR: "People, audit trail, the clinic's set-up.",
}


def enter(permission: Permission) -> Actor:
    """The person at this page, who holds the permission; otherwise a screen says why not and the run stops."""
    actor = who()
    if actor is None:
        _ask_who()
        st.stop()
    if not actor.may(permission):
        _not_your_room(actor)
        st.stop()
    return actor


def who() -> Actor | None:
    """The person of this session, else of the browser's cookie; None when nobody (or nobody active) is known."""
    code = st.session_state.get("person_code") or st.context.cookies.get(COOKIE)
    if not isinstance(code, str) or not code:
        return None
    try:
        return casework.actor_for(code)
    except (Forbidden, NotFound):
        return None


def _ask_who() -> None:
    with st.container(key="who-are-you"):
        look.title("Who are you?", "Choose yourself to start. What you may see and do follows your role.")
        everyone = casework.people_who_may_sign_in()
        for role in Role:
            cards = "".join(_card(each) for each in everyone if each.role == role)
            if cards:
                st.html(
                    f"<section class='people'><h2>{ROLE_WORDS[role]}</h2><p>{ROLE_DEEDS[role]}</p>{cards}</section>"
                )


def _card(person: PersonCard) -> str:
    initial = escape(person.name[:1])
    return (
        f"<a class='person' target='_self' href='/signin/{quote(person.code)}?next={quote(_here(), safe='')}'>"
        f"<span class='initial' aria-hidden='true'>{initial}</span><span>{escape(person.name)}</span></a>"
    )


def _here() -> str:
    """The address asked for, without the server's part, so that signing in leads back to it."""
    parts = urlsplit(st.context.url or "/")
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _not_your_room(actor: Actor) -> None:
    with st.container(key="not-your-room"):
        look.title("This room is not yours")
        st.write(
            f"You are signed in as {look.plain(actor.name)}, and this page belongs to another role. "
            "Nothing was opened or changed."
        )
        st.page_link(rooms.path_to("home"), label="Back to today", icon=":material/arrow_back:")
