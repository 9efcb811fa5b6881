"""Questions answered in words or in a small table: shares of surfaces, strength by root, activities with a rating."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.clinical.vocabulary import Item
from dashboard.entry import DETAIL
from dashboard.ui.field import Field

ACTIVITIES = 3
AREAS = ("goal_text", "imaging_detail")
"""Questions whose words are likely to be more than a line."""


def text(field: Field, shown: Any, unit: str | None) -> None:
    """Words: a line saved while typing, or an area (which the commit guard saves) where more than a line is meant."""
    if field.item.id in AREAS:
        st.text_area(
            field.label, value=shown or "", key=field.key, on_change=field.changed, height=96, disabled=field.disabled
        )
        return
    beside = field.item.id.endswith(DETAIL)  # the words beside an answer need no label of their own on the screen
    st.text_input(
        field.label,
        value=shown or "",
        key=field.key,
        on_change=field.changed,
        live="500ms",
        label_visibility="collapsed" if beside else "visible",
        placeholder=field.label if beside else None,
        disabled=field.disabled,
    )


def mix(field: Field, shown: Any, unit: str | None) -> None:
    """Shares of a whole; they are kept once they add up to 100 per cent, and the field says so until then."""
    st.markdown(field.label)
    with st.container(horizontal=True, key=f"mix-{field.item.id}"):
        for option in field.options:
            share = (shown or {}).get(option.code)
            st.number_input(
                option.label,
                value=None if share is None else float(share),
                step=10.0,
                format="%g",
                key=f"{field.key}.{option.code}",
                on_change=field.changed,
                width=130,
                disabled=field.disabled,
            )


def raw_mix(item: Item, key: str) -> Any:
    """Per cent by option, nought left out."""
    shares = {option.code: st.session_state.get(f"{key}.{option.code}") for option in item.options}
    return {code: share for code, share in shares.items() if share} or None


def grid(field: Field, shown: Any, unit: str | None) -> None:
    """A small table: a number for each row and side; empty cells were not examined."""
    st.markdown(field.label)
    for row in field.item.rows:
        with st.container(horizontal=True, key=f"row-{field.item.id}-{row.code}"):
            for side in field.item.sides:
                cell = f"{row.code}.{side}"
                st.number_input(
                    f"{row.label}, {side}",
                    value=(shown or {}).get(cell),
                    step=1,
                    key=f"{field.key}.{cell}",
                    on_change=field.changed,
                    width=200,
                    disabled=field.disabled,
                )


def raw_grid(item: Item, key: str) -> Any:
    """The filled cells, by "row.side"."""
    cells = [f"{row.code}.{side}" for row in item.rows for side in item.sides]
    filled = {cell: st.session_state.get(f"{key}.{cell}") for cell in cells}
    return {cell: value for cell, value in filled.items() if value is not None} or None


def activities(field: Field, shown: Any, unit: str | None) -> None:
    """Up to three activities in the patient's words, each with a rating."""
    st.markdown(field.label)
    rows = [*(shown or ()), *([("", None)] * ACTIVITIES)][:ACTIVITIES]
    for place, (words, rating) in enumerate(rows, 1):
        with st.container(horizontal=True, key=f"activity-{field.item.id}-{place}"):
            st.text_input(
                f"Activity {place}",
                value=words,
                key=f"{field.key}.{place}.words",
                live="500ms",
                on_change=field.changed,
                width="stretch",
                disabled=field.disabled,
            )
            st.number_input(
                f"Rating {place}, 0–10",
                value=rating,
                step=1,
                key=f"{field.key}.{place}.rating",
                on_change=field.changed,
                width=150,
                disabled=field.disabled,
            )


def raw_activities(item: Item, key: str) -> Any:
    """[words, rating or None] of every activity named."""
    rows = [
        [(st.session_state.get(f"{key}.{place}.words") or "").strip(), st.session_state.get(f"{key}.{place}.rating")]
        for place in range(1, ACTIVITIES + 1)
    ]
    return [row for row in rows if row[0]] or None
