"""Taking back the last answer, with a small link beside the time it was saved."""

from __future__ import annotations

import streamlit as st

from dashboard import casework
from dashboard.ui import door
from dashboard.ui.desk import lease, tab
from dashboard.ui.taking import Taking


def offer(taking: Taking) -> None:
    """A link that takes back what this person typed last, and at the next press what they typed before that."""
    st.button(
        "Undo last answer",
        type="tertiary",
        key="undo-answer",
        disabled=taking.draft.answered_at is None or not lease.is_mine(taking.actor, taking.draft),
        on_click=_undo,
        args=(taking.draft.id,),
    )


def _undo(draft_id: str) -> None:
    actor = door.who()
    if actor is None:
        return
    try:
        casework.undo_answer(actor, draft_id, tab=tab.name())
    except casework.NotFound:
        st.toast("There is no answer of yours left to take back.", icon=":material/undo:")
