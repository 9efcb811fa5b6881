"""Doing something about a person from their dialog, and saying there what became of it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard import casework
from dashboard.ui.look import plain

_SAID, INVITED = "person_said", "person_invited"
_FIELDS = {
    "code": "The name to sign in with",
    "name": "The name",
    "also_role": "The second role",
    "site_id": "The site",
}


def forget() -> None:
    """Nothing is said any more of what was done before, and no invitation is shown."""
    st.session_state.pop(_SAID, None)
    st.session_state.pop(INVITED, None)


def press(label: str, what: str, icon: str, deed: Callable[[], str]) -> None:
    """A button that does it and says what became of it."""
    if st.button(label, key=f"person-{what}", icon=icon):
        attempt(deed)


def attempt(deed: Callable[[], str]) -> None:
    """Do it, keep what is to be said of it, and draw the page and its dialog anew."""
    try:
        st.session_state[_SAID] = ("good", deed())
    except casework.BadAnswer as why:
        st.session_state[_SAID] = ("bad", f"{_FIELDS.get(why.item, why.item)} {why.message}")
    except (casework.Forbidden, casework.NotFound, casework.NotReady, casework.StaleRecord) as why:
        st.session_state[_SAID] = ("bad", str(why))
    st.rerun()


def told() -> None:
    """What became of the last deed."""
    kind, said = st.session_state.get(_SAID, ("", ""))
    if kind == "good":
        st.success(plain(said), icon=":material/check:")
    elif kind == "bad":
        st.error(plain(said), icon=":material/error:")
