"""Bring a part of the page into view after something was pressed elsewhere on it, and mark it for a moment."""

from __future__ import annotations

import time
from pathlib import Path

import streamlit as st

_ASKED = "brought_to_view"
_bring = st.components.v2.component(
    "backstride.bring_to_view", js=(Path(__file__).parent / "assets" / "bring_to_view.js").read_text(encoding="utf-8")
)


def ask(key: str) -> None:
    """In a callback: after this run, bring the part of the page with this key into view."""
    st.session_state[_ASKED] = (key, time.monotonic_ns())


def stand_by() -> None:
    """Mount the component, once a page, after everything that may be brought into view."""
    place, turn = st.session_state.get(_ASKED, ("", 0))
    _bring(key="bring-to-view", data={"place": place, "turn": str(turn)}, height="content")
