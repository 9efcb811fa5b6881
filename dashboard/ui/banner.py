"""The red flags of a history being taken: shown the moment a rule fires, most urgent first, with what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard import intake
from dashboard.ui.look import URGENCY_LOOK, plain

SHOWN_IN_FULL = 2
BY_WHEN: Mapping[str, str] = {
    "emergency": "Now, before the patient leaves",
    "same-day": "Today",
    "urgent": "Within 2 weeks",
    "routine": "At the review",
}
"""Urgency code → until when what is to be done must be done."""
_BOX = {"emergency": st.error, "same-day": st.warning, "urgent": st.warning, "routine": st.info}


def red_flags(document: Mapping[str, Any]) -> None:
    """Every fired rule; the first two in full, the rest folded away. Its place is kept when nothing fired.

    (A place that comes and goes would move everything under it, and the cursor with it.)
    """
    fired: Sequence[Mapping[str, Any]] = document["red_flags"]
    with st.container(key="red-flags", gap="xsmall"):
        for flag in fired[:SHOWN_IN_FULL]:
            in_full(flag)
        if rest := fired[SHOWN_IN_FULL:]:
            with st.expander(f"{len(rest)} more", icon=":material/flag:", key="red-flags-more"):
                for flag in rest:
                    in_full(flag)


def box(urgency: str, name: str, words: str) -> None:
    """Words in the colour of their urgency, each urgency with its own; announced as an alert when it appears."""
    with st.container(key=f"flag-{urgency}-{name}"):
        _BOX[urgency](words, icon=URGENCY_LOOK[urgency][1])


def in_full(flag: Mapping[str, Any]) -> None:
    """One fired rule: how urgent, what it is about, what to do and until when."""
    urgency = flag["urgency"]
    says = flag["says"].rstrip(".") + "."
    box(
        urgency,
        flag["id"],
        f"**{URGENCY_LOOK[urgency][2]}: {plain(flag['title'])}.** {plain(says)}  \n"
        f"**Do now:** {plain(flag['action'])}  \n**By when:** {BY_WHEN[urgency]}.",
    )


def ask_before_leaving(
    document: Mapping[str, Any], answers: Mapping[str, Any], go: Callable[[str], None], at_most: int | None = None
) -> None:
    """The emergency questions answered with "unknown", each a way to its question; all of them, or the first few."""
    open_ones = [item for item in document["unknown_emergency_items"] if answers.get(item) is not None]
    items = intake.knowledge().items
    with st.container(key="ask-before-leaving", gap=None):
        if open_ones:
            st.markdown(":orange[:material/hearing: **Ask before the patient leaves.**] Unknown clears nothing.")
        for item in open_ones[:at_most]:
            icon = ":material/arrow_forward:"
            st.button(
                plain(items[item].wording), key=f"ask-{item}", type="tertiary", icon=icon, on_click=go, args=(item,)
            )
        if at_most is not None and len(open_ones) > at_most:
            st.caption(f"and {len(open_ones) - at_most} more, listed under “Review and submit”.")
