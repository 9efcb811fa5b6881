"""Questions answered by choosing: yes / no / unknown, one of several, several, and places on the body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import body
from dashboard.body import SIDES
from dashboard.clinical.vocabulary import Item
from dashboard.ui import body_chart
from dashboard.ui.field import NOT_DRAWN, Field, ordered

FLAG_WORDS = {"yes": "Yes", "no": "No", "unknown": "Unknown"}
SHORT_ENOUGH = 44
"""Characters of all labels together up to which a choice fits on one line beside its question."""


def flag(field: Field, shown: Any, unit: str | None) -> None:
    """Yes, no or unknown: three answers, none of them assumed."""
    st.segmented_control(
        field.label,
        list(FLAG_WORDS),
        default=shown,
        format_func=FLAG_WORDS.__getitem__,
        key=field.key,
        on_change=field.changed,
        width="stretch",
        disabled=field.disabled,
    )


def choice(field: Field, shown: Any, unit: str | None) -> None:
    """One of several: in a row beside the question when short, else as pills under it. Tapping again takes it back."""
    labels = {option.code: option.label for option in field.options}
    if not labels:
        st.markdown(field.label)
        st.caption("Choose the places above first.")
        return
    short = len(labels) <= 4 and sum(map(len, labels.values())) <= SHORT_ENOUGH
    widget: Any = st.segmented_control if short else st.pills
    widget(
        field.label,
        list(labels),
        default=shown if shown in labels else None,
        format_func=labels.__getitem__,
        key=field.key,
        on_change=field.changed,
        width="stretch" if short else "content",
        disabled=field.disabled,
    )


def choices(field: Field, shown: Any, unit: str | None) -> None:
    """Any number of several; "none of these" and the others take each other's place."""
    labels = {option.code: option.label for option in field.options}
    st.pills(
        f"{field.label} (all that apply)",
        list(labels),
        selection_mode="multi",
        default=[each for each in shown or () if each in labels],
        format_func=labels.__getitem__,
        key=field.key,
        on_change=_keep_apart,
        args=(field,),
        disabled=field.disabled,
    )
    st.session_state[f"{field.key}.before"] = tuple(st.session_state[field.key])


def sites(field: Field, shown: Any, unit: str | None) -> None:
    """Places on the body: the figures, where the knowledge draws them, beside the list that holds the answer."""
    marked = body.marks(shown)
    if not body_chart.is_for(field):
        _list_of_places(field, marked)
        return
    with st.container(key=f"places-{field.item.id}", horizontal=True, gap="large"):
        figures = st.container(key=f"figures-{field.item.id}")
        with st.container(key=f"list-{field.item.id}"):
            _list_of_places(field, marked)
        with figures:  # after the list, whose answer they show
            body_chart.chart(field, body.marks(raw_sites(field.item, field.key)))


def _list_of_places(field: Field, marked: Mapping[str, str]) -> None:
    """Every place by its name; under them, for each place named, its side where it has one."""
    labels = {option.code: option.label for option in field.options}
    chosen = st.pills(
        f"{field.label} (all that apply)",
        list(labels),
        selection_mode="multi",
        default=[code for code in marked if code in labels],
        format_func=labels.__getitem__,
        key=field.key,
        on_change=field.changed,
        disabled=field.disabled,
    )
    sided = [option for option in field.options if option.code in chosen and option.sided]
    if sided:
        with st.container(key=f"sides-{field.item.id}", gap="xsmall"):
            for option in sided:
                st.segmented_control(
                    f"{option.label}: which side?",
                    list(SIDES),
                    default=marked.get(option.code) or None,
                    format_func=str.capitalize,
                    key=f"{field.key}.{option.code}",
                    on_change=field.changed,
                    disabled=field.disabled,
                    width="stretch",
                )


def raw_one(item: Item, key: str) -> Any:
    """The code chosen, or the words typed."""
    return st.session_state[key] or None if key in st.session_state else NOT_DRAWN


def raw_several(item: Item, key: str) -> Any:
    """The codes chosen, in the order of the options."""
    return ordered(item, st.session_state[key]) or None if key in st.session_state else NOT_DRAWN


def raw_sites(item: Item, key: str) -> Any:
    """The places chosen, each with its side where one was said."""
    if key not in st.session_state:
        return NOT_DRAWN
    sides = {code: st.session_state.get(f"{key}.{code}") for code in ordered(item, st.session_state[key])}
    return body.sites(item, {code: side or body.NOT_SAID for code, side in sides.items()}) or None


def _keep_apart(field: Field) -> None:
    """Keep "none of these" and everything else apart: what was tapped last stays."""
    exclusive = {option.code for option in field.options if option.exclusive}
    now: list[str] = list(st.session_state[field.key])
    new = set(now) - set(st.session_state.get(f"{field.key}.before", ()))
    if new & exclusive:
        st.session_state[field.key] = [each for each in now if each in new & exclusive]
    elif new and exclusive & set(now):
        st.session_state[field.key] = [each for each in now if each not in exclusive]
    field.changed()
