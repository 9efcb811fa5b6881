"""The keyboard's side of finding a patient: arrows go down the patients found and back, Enter takes one.

Where somebody new is registered instead, the cursor begins in the first empty field of the form.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_keys = st.components.v2.component(
    "backstride.finder_keys", js=(Path(__file__).parent / "assets" / "finder_keys.js").read_text(encoding="utf-8")
)


def hear() -> None:
    """Mount the component beside the finder."""
    _keys(key="finder-keys", height="content")
