"""The frame around every room: which clinic this is, and who is signed in."""

from __future__ import annotations

import streamlit as st

from dashboard.access import Actor
from dashboard.casework import storage
from dashboard.ui import door, first_screen, look


def show(actor: Actor | None) -> None:
    """Draw the strip above the room: the demo banner when it is the demo clinic, and the person."""
    is_demo = storage.chosen() == "demo"
    if actor is None and not is_demo:
        return
    with st.container(key="frame", horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        if is_demo:
            with st.container(key="demo-banner", width="content"):
                st.badge("Demo clinic: invented people", icon=":material/science:", color="violet")
        if actor is not None:
            _person(actor)
        else:
            _change_clinic()


def _person(actor: Actor) -> None:
    with st.popover(actor.name, icon=":material/account_circle:", type="tertiary", key="person-menu"):
        st.markdown(f"**{look.plain(actor.name)}**")
        st.caption(door.ROLE_WORDS[actor.role])
        st.html('<a class="quiet-link" href="/signout" target="_self">Change person (sign out)</a>')
        if storage.may_choose(actor):
            _change_clinic()


def _change_clinic() -> None:
    icon = ":material/swap_horiz:"
    st.button("Choose another clinic", icon=icon, type="tertiary", key="change-clinic", on_click=first_screen.ask_again)
