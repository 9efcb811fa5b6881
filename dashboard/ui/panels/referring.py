"""Referring from an episode: five kinds, each open only when its gate is, and those already made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import casework, labels
from dashboard.access import Actor, Permission
from dashboard.casework.views import EpisodeFile
from dashboard.clinical.vocabulary import Urgency
from dashboard.ui import door
from dashboard.ui.look import plain
from dashboard.ui.panels import opened, referral_card

_ICONS = {
    "physical_therapy": ":material/exercise:",
    "imaging": ":material/radiology:",
    "spine_specialist": ":material/stethoscope:",
    "prp_discussion": ":material/bloodtype:",
    "stem_cell_discussion": ":material/biotech:",
}


def panel(actor: Actor, file: EpisodeFile) -> None:
    """What can be started here, and what was."""
    st.header("Start a referral", anchor=False)
    if file.episode.state == "closed":
        st.caption("This episode is closed; nothing more can be started.")
    elif actor.may(Permission.REFERRAL_WRITE):
        urgency = Urgency.of(file.episode.urgency)
        for kind, gate in casework.referral_gates(file.document, urgency, file.episode.state).items():
            _kind(file, kind, gate)
    else:
        st.caption(":material/lock: A clinician refers.")
    st.header("Referrals of this episode", anchor=False)
    if not file.referrals:
        st.caption("None yet.")
    for row in reversed(file.referrals):
        referral_card.card(actor, row, in_episode=True)


def _kind(file: EpisodeFile, kind: str, gate: Mapping[str, Any]) -> None:
    with st.container(key=f"refer-{kind}", border=True, gap="xsmall"):
        words = labels.said(labels.REFERRALS, kind)
        if not gate["open"]:
            st.markdown(f"{_ICONS.get(kind, '')} **{words}** :gray-badge[:material/lock: Shut]")
            st.caption(plain(gate["why"]))
            return
        st.markdown(f"{_ICONS.get(kind, '')} **{words}** :green-badge[:material/lock_open: Open]")
        if gate["why"]:
            st.caption(plain(gate["why"]))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(
                "Why, in a few words", key=key(file, kind), placeholder="The other service reads this", width="stretch"
            )
            st.button(
                "Start draft",
                key=f"start-{kind}",
                icon=":material/add:",
                disabled=opened.is_stale(file),
                on_click=_start,
                args=(file, opened.seen_version(file), kind),
            )


def key(file: EpisodeFile, kind: str) -> str:
    """The widget key of a referral's reason."""
    return f"reason-{file.episode.id}-{kind}"


def _start(file: EpisodeFile, seen: int, kind: str) -> None:
    actor = door.who()
    if actor is None:
        return
    reason = st.session_state.get(key(file, kind)) or ""
    done = f"{labels.said(labels.REFERRALS, kind)}: draft started. Send it from its card below."
    if opened.attempt(file, done, lambda: casework.refer(actor, file.episode.id, seen, kind, reason)):
        st.session_state[key(file, kind)] = ""
