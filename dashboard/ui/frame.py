"""The frame around every room: which clinic this is, and who is signed in."""

from __future__ import annotations

import streamlit as st

from dashboard.access import Actor
from dashboard.casework import storage
from dashboard.role_words import ROLE_WORDS
from dashboard.ui import emergency_banner, look

SIGN_OUT = ("/signout", "Sign out")
ANOTHER_CLINIC = ("/welcome", "Choose another clinic")
YOURS = ("/act-as", "Your role and sign-in")


def show(actor: Actor) -> None:
    """Draw the strip above the room: the demo banner when it is the demo clinic, the person, an open emergency."""
    is_demo = storage.is_demo()
    with st.container(key="frame", horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        if is_demo:
            with st.container(key="demo-banner", width="content"):
                st.badge("Demo clinic: invented people", icon=":material/science:", color="violet")
        _person(actor)
    emergency_banner.show(actor)


def _person(actor: Actor) -> None:
    with st.popover(look.label(actor.name), icon=":material/account_circle:", type="tertiary", key="person-menu"):
        st.markdown(f"**{look.plain(actor.name)}**")
        st.caption(ROLE_WORDS[actor.role])
        _link(*YOURS)
        if storage.may_choose(actor):
            _link(*ANOTHER_CLINIC)
        _link(*SIGN_OUT)


def _link(address: str, words: str) -> None:
    """A way through the gate: the whole page is left, so that nothing of this one stays."""
    st.html(f'<a class="quiet-link" href="{address}" target="_self">{words}</a>')
