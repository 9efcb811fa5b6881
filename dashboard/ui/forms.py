"""The questions of a section, each drawn from the knowledge with what belongs beside it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import streamlit as st

from dashboard import intake
from dashboard.clinical.vocabulary import Item, Section
from dashboard.entry import DETAIL
from dashboard.ui import keeping, look
from dashboard.ui.desk import conflicts, doubts, measured, unchanged
from dashboard.ui.look import plain
from dashboard.ui.taking import Taking


def style() -> None:
    """How the questions look, and on each answer the key that gives it."""
    look.style("intake.css")
    st.html(_flag_keys(intake.knowledge().sha256))


@lru_cache(maxsize=4)
def _flag_keys(sha256: str) -> str:
    """The rule that writes Y, N and U on the answers of yes-or-no questions, where others have digits."""
    flags = ", ".join(f".st-key-item-{item.id}" for item in intake.knowledge().items.values() if item.type == "flag")
    sign = "[role=radiogroup] > button::before { content: counter(key, flag-keys) / '' }"
    return f"<style>@media (hover: hover) {{ .st-key-intake-form :is({flags}) {sign} }}</style>"


def section(taking: Taking, each: Section) -> None:
    """Every question of a section, each in its own place whether it is asked now or not.

    The places never move, so that a question appearing above does not take the cursor away from the one being answered.
    """
    said = ""
    with st.container(key="intake-form", gap=None), st.container(key=f"section-{each.id}", gap=None):
        for item in intake.knowledge().items_of(each.id):
            place = st.container(key=f"item-{item.id}", gap="xsmall")
            if item.id in taking.visible:
                with place:
                    _question(taking, item, help_said=said == item.help)
                said = item.help


def _question(taking: Taking, item: Item, help_said: bool) -> None:
    keeping.field(taking, item, _label(item))
    if item.detail and _wants_words(item, taking.draft.answers.get(item.id)):
        words = intake.question(item.id + DETAIL)
        keeping.field(taking, words, "Details for the clinician (optional)")
    if item.help and not help_said:
        st.caption(item.help)
    unchanged.under(taking, item)
    conflicts.under(taking, item)
    measured.under(taking, item)
    doubts.under(taking, item)
    for derived in taking.derived(item.id):
        _derived(derived)


def _label(item: Item) -> str:
    unit = item.unit if item.unit and not item.units and item.unit.lower() not in item.wording.lower() else ""
    parts = [look.label(item.wording), f"({look.label(unit)})" if unit else "", "" if item.required else "(optional)"]
    return " ".join(part for part in [*parts, ":material/lock:" if item.sensitive else ""] if part)


def _wants_words(item: Item, answer: Any) -> bool:
    """Details are asked where there is something to tell: after a yes, and after any choice but "no" and "none"."""
    if item.type == "flag":
        return bool(answer == "yes")
    return bool(answer) and answer not in ("no", "none", "never", "normal", "negative", "first")


def _derived(derived: Mapping[str, Any]) -> None:
    unit = f" {derived['unit']}" if derived["unit"] else ""
    amount, band = plain(f"{derived['value']:g}{unit}"), plain(derived["label"])
    with st.container(key=f"derived-{derived['id']}"):
        st.markdown(f":material/calculate: {plain(derived['title'])}: **{amount}** · {band}")
        if derived["says"]:
            st.caption(plain(derived["says"]))
