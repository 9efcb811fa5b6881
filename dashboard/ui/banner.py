"""The red flags of a history being taken: shown the moment a rule fires, most urgent first, with what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard import intake
from dashboard.ui.look import URGENCY_LOOK, plain

SHOWN_IN_FULL = 2
_BOX = {"emergency": st.error, "same-day": st.warning, "urgent": st.warning, "routine": st.info}


def red_flags(document: Mapping[str, Any], hand_over: Callable[[], None] | None = None) -> None:
    """Every fired rule; the first two in full, the rest folded away. Its place is kept when nothing fired.

    (A place that comes and goes would move everything under it, and the cursor with it.)
    In an emergency the way to hand over at once is part of it.
    """
    fired: Sequence[Mapping[str, Any]] = document["red_flags"]
    with st.container(key="red-flags", gap="xsmall"):
        for flag in fired[:SHOWN_IN_FULL]:
            _in_full(flag)
        if rest := fired[SHOWN_IN_FULL:]:
            with st.expander(f"{len(rest)} more", icon=":material/flag:", key="red-flags-more"):
                for flag in rest:
                    _in_full(flag)
        if hand_over and document["urgency"] == "emergency":
            st.button("Hand over now", type="primary", icon=":material/send:", key="hand-over", on_click=hand_over)


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


def _in_full(flag: Mapping[str, Any]) -> None:
    _, icon, words = URGENCY_LOOK[flag["urgency"]]
    says = flag["says"].rstrip(".") + "."
    _BOX[flag["urgency"]](
        f"**{words}: {plain(flag['title'])}.** {plain(says)}  \n**Do now:** {plain(flag['action'])}", icon=icon
    )
