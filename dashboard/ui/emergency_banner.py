"""The banner above every page while another site's record is open in an emergency: whose, until when, and the end."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from dashboard import casework
from dashboard.access import Actor
from dashboard.casework import emergency
from dashboard.casework.emergency import OpenedRecord
from dashboard.ui import door, rooms, words
from dashboard.ui.look import plain

LOOKED_AT_EVERY = "20s"
"""How often an open page asks whether the hour is over."""


def show(actor: Actor) -> None:
    """A line for each record open to this person; nothing for everybody else."""
    if not actor.patients:
        return
    opened = emergency.opened_in_emergency(actor)
    if not opened:
        return
    with st.container(key="emergency-banner"):
        for record in opened:
            _line(record)
    _until(min(record.until for record in opened))


def _line(record: OpenedRecord) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"emergency-{record.id}"):
        until = f"{words.here(record.until):%H:%M}"
        st.markdown(
            f":material/emergency: **Emergency access** to record **{plain(record.record_number)}** until "
            f"**{until}**. All you do there is written down as done in an emergency.",
            width="stretch",
        )
        if record.episode_id is None:
            st.caption("No episode on record")
        else:
            _way(record.episode_id)
        st.button("End now", key=f"emergency-end-{record.id}", icon=":material/lock:", on_click=_end, args=(record.id,))


def _way(episode_id: int) -> None:
    st.page_link(
        rooms.path_to("episode"),
        label="Open the record",
        icon=":material/assignment_ind:",
        query_params={"episode": str(episode_id)},
    )


def _end(access_id: int) -> None:
    actor = door.who()
    if actor is None:
        return
    try:
        emergency.end_emergency(actor, access_id)
    except casework.NotFound:
        return  # it was over, and is no longer shown


@st.fragment(run_every=LOOKED_AT_EVERY)
def _until(when: datetime) -> None:
    """The whole page is drawn anew when the hour is over: nothing of the record stays on a screen left alone."""
    if datetime.now(UTC) >= when:
        st.rerun()
