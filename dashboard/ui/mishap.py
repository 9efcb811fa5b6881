"""When a page fails: a calm panel with a number, the same number in the log, and nothing of a person in either."""

from __future__ import annotations

import streamlit as st

from dashboard import quiet
from dashboard.ui import look

KEPT = "What you entered is kept: every answer is saved as it is given."


def told(error: Exception) -> bool:
    """Say that this page failed and under which number; True, so that nothing else is said (`on_script_error`)."""
    number = quiet.noted(error)
    with st.container(key=f"mishap-{number}", border=True):
        look.title("This page could not be shown", KEPT)
        st.error(
            f"Something went wrong in Backstride itself. Whoever looks after this machine finds it in the log under "
            f"**{number}**.",
            icon=":material/build:",
        )
        st.button("Try again", icon=":material/refresh:", key=f"again-{number}")
    return True
