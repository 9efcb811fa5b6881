"""Ending an episode: the problem is over, or looked after elsewhere."""

from __future__ import annotations

import streamlit as st

from dashboard import casework
from dashboard.access import Actor, Permission
from dashboard.casework.views import EpisodeFile
from dashboard.ui import door
from dashboard.ui.panels import opened


def panel(actor: Actor, file: EpisodeFile) -> None:
    """A way to close an episode that is in care; asked for a reason, because closing takes it off every list."""
    if file.episode.state != "in-care" or not actor.may(Permission.EPISODE_CLOSE):
        return
    with st.popover("Close this episode", icon=":material/task_alt:", type="tertiary", key="close-episode"):
        st.caption("The patient's next intake opens a new episode. Everything stays readable.")
        for code, words in casework.CLOSING_REASONS.items():
            st.button(
                words,
                key=f"close-{code}",
                width="stretch",
                disabled=opened.is_stale(file),
                on_click=_close,
                args=(file, opened.seen_version(file), code),
            )


def _close(file: EpisodeFile, seen: int, reason: str) -> None:
    actor = door.who()
    if actor is not None:
        opened.attempt(
            file, "The episode is closed.", lambda: casework.close_episode(actor, file.episode.id, seen, reason)
        )
