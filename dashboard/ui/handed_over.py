"""After the last button: what the intake became, what to tell the patient, and what happens next."""

from __future__ import annotations

import streamlit as st

from dashboard import casework, intake
from dashboard.access import Actor
from dashboard.casework.views import DraftView
from dashboard.ui import banner, look, patient_lines, rooms, taking_state
from dashboard.ui.look import plain

MOVED_ON = "knowledge_moved_on"
"""Where the last button leaves (episode, version previewed, version submitted under) when they differ."""


def confirmation(actor: Actor, draft: DraftView) -> None:
    """The urgency, what to do now, and what happens next."""
    episode = casework.read_episode(actor, draft.episode_id or 0)
    look.title("The intake is with the clinicians", patient_lines.patient_line(draft.patient))
    chip = look.urgency_markdown(episode.document["urgency"])
    st.markdown(f"{chip} It stands in the clinicians' worklist now, at the place its urgency gives it.")
    _knowledge_moved_on(draft)
    banner.red_flags(episode.document)
    if not episode.document["red_flags"]:
        st.write("No red-flag rule fired on these answers. A clinician still reads every intake.")
    net = plain(intake.knowledge().safety_net)
    st.info(f"**Tell the patient before they leave.** {net}", icon=":material/hearing:")
    _ways_on(draft)


def _knowledge_moved_on(draft: DraftView) -> None:
    """Say that another knowledge took effect while the history was taken: what is suggested may differ from then."""
    episode_id, previewed, submitted = st.session_state.get(MOVED_ON, (None, "", ""))
    if episode_id is not None and episode_id == draft.episode_id:
        st.info(
            f"Knowledge {plain(submitted)} came into force while this history was taken: it was assessed under that, "
            f"and not under {plain(previewed)} as shown before.",
            icon=":material/update:",
        )


def _ways_on(draft: DraftView) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        icon = ":material/person_add:"
        st.button("Next patient", type="primary", icon=icon, key="next-patient", on_click=taking_state.leave)
        st.page_link(
            rooms.path_to("episode"),
            label="Open the episode",
            icon=":material/assignment_ind:",
            query_params={"episode": str(draft.episode_id)},
        )
        st.page_link(rooms.path_to("home"), label="Back to today", icon=":material/today:")
