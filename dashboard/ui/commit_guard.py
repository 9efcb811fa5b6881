"""The keyboard's side of the intake: nothing typed is lost, Enter goes on, and one key answers a question.

Streamlit keeps what is typed in a text area to the browser until the area is left. This component commits it after a
pause, when the page is left, and again when a lost connection is back. It also moves the cursor to the first question
of a newly opened section and lets Y, N, U and digits answer the question the cursor is on.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_guard = st.components.v2.component(
    "backstride.commit_guard", js=(Path(__file__).parent / "assets" / "commit_guard.js").read_text(encoding="utf-8")
)


def guard(place: str, go_to: str | None = None) -> None:
    """Mount the component; a changed ``place`` puts the cursor on its first question, or on the item ``go_to``."""
    _guard(key="commit-guard", data={"place": place, "item": go_to}, height="content")
