"""Putting an intake aside, and what is said while it cannot be: the patient has the tablet, or answers wait."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from dashboard import casework
from dashboard.casework.views import DraftView
from dashboard.ui import bring_to_view, door
from dashboard.ui.look import plain
from dashboard.ui.taking import Taking

_REFUSED = "not-put-aside"
"""Session key: the intake that was not put aside, and why; and the part of the page that says so."""


def offer(taking: Taking) -> None:
    """A way to leave this intake unfinished for good; it can be taken up again, so it does not ask first."""
    st.button(
        "Put this intake aside",
        type="tertiary",
        icon=":material/inventory_2:",
        key="put-aside",
        on_click=put_aside,
        args=(taking.draft,),
    )


def refused(taking: Taking) -> None:
    """Once, right above the patient's tablet and answers, where it is mended: why the intake was not put aside."""
    with st.container(key=_REFUSED):
        draft_id, why = st.session_state.pop(_REFUSED, ("", ""))
        if draft_id == taking.draft.id:
            st.error(f"**Not put aside.** {plain(why)}", icon=":material/error:")
            bring_to_view.stand_by()


def put_aside(draft: DraftView) -> None:
    """Put it aside; where it cannot be the screen says so, and when it changed meanwhile shows how it is now."""
    actor = door.who()
    if actor is None:
        return
    with suppress(casework.StaleRecord):
        try:
            casework.discard_draft(actor, draft.id, draft.version)
        except casework.NotReady as why:
            st.session_state[_REFUSED] = (draft.id, str(why))
            bring_to_view.ask(_REFUSED)
