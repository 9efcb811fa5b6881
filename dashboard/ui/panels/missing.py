"""What is missing: the unanswered questions that would move the ranking most, and who can answer them."""

from __future__ import annotations

import streamlit as st

from dashboard.casework.views import EpisodeFile
from dashboard.ui.panels import markup, naming

SHOWN = 6


def panel(file: EpisodeFile) -> None:
    """The most valuable unanswered questions first, each with where it is asked."""
    missing = file.document["missing"]
    st.header("What is missing", anchor=False)
    if not missing:
        st.caption(":material/task_alt: Nothing unanswered would change the ranking.")
        return
    markup.show(markup.bullets((_entry(item) for item in missing[:SHOWN]), "ranked"))
    if len(missing) > SHOWN:
        st.caption(f"and {len(missing) - SHOWN} more that would change less.")


def _entry(item: str) -> markup.Html:
    return markup.joined([naming.question(item), markup.quiet(naming.asked_by(item))])
