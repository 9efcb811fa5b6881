"""What was tried in this case, worked out when the page needs it; a spinner when that takes a moment."""

from __future__ import annotations

import streamlit as st

from dashboard.access import Actor
from dashboard.casework import considering
from dashboard.casework.considering import Considered
from dashboard.casework.errors import NotFound
from dashboard.casework.views import EpisodeFile


def of(actor: Actor, file: EpisodeFile) -> Considered | None:
    """Everything tried in the latest assessment; None when its knowledge was not kept."""
    try:
        with st.spinner("Trying other answers"):
            return considering.considered(actor, file)
    except NotFound:
        return None
