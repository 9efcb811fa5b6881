"""Soft warnings beside a question: what looks like a slip, and the note that says why it is right."""

from __future__ import annotations

import streamlit as st

from dashboard.clinical.vocabulary import Item
from dashboard.ui.look import plain
from dashboard.ui.taking import Taking


def under(taking: Taking, item: Item) -> None:
    """Under a question: each thing worth a second look, which blocks nothing."""
    for says in taking.cautions(item.id):
        st.markdown(f":orange[:material/help: {plain(says)}]")
