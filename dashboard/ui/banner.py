"""The red flags of a history being taken: shown the moment a rule fires, most urgent first, with what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard import intake
from dashboard.ui.look import URGENCY_LOOK, plain

SHOWN_IN_FULL = 2
_BOX = {"emergency": st.error, "same-day": st.warning, "urgent": st.warning, "routine": st.info}


def red_flags(document: Mapping[str, Any]) -> None:
    """Every fired rule; the first two in full, the rest one line each. Nothing at all when none fired."""
    fired: Sequence[Mapping[str, Any]] = document["red_flags"]
    if not fired:
        return
    with st.container(key="red-flags", gap="xsmall"):
        for flag in fired[:SHOWN_IN_FULL]:
            _in_full(flag)
        if rest := fired[SHOWN_IN_FULL:]:
            with st.expander(f"{len(rest)} more", icon=":material/flag:", key="red-flags-more"):
                for flag in rest:
                    _in_full(flag)


def ask_before_leaving(document: Mapping[str, Any], answers: Mapping[str, Any], go: Callable[[str], None]) -> None:
    """The emergency questions answered with "unknown", each a way to its question."""
    open_ones = [item for item in document["unknown_emergency_items"] if answers.get(item) is not None]
    if not open_ones:
        return
    items = intake.knowledge().items
    with st.container(key="ask-before-leaving", border=True, gap="xsmall"):
        st.markdown(":orange[:material/hearing: **Ask before the patient leaves.**] Unknown clears nothing:")
        for item in open_ones:
            st.button(
                plain(items[item].wording),
                key=f"ask-{item}",
                type="tertiary",
                icon=":material/arrow_forward:",
                on_click=go,
                args=(item,),
            )


def _in_full(flag: Mapping[str, Any]) -> None:
    _, icon, words = URGENCY_LOOK[flag["urgency"]]
    _BOX[flag["urgency"]](
        f"**{words}: {plain(flag['title'])}.** {plain(flag['says'])}  \n**Do now:** {plain(flag['action'])}", icon=icon
    )
