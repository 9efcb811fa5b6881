"""Questions answered in words or in a small table: shares of surfaces, strength by root, activities with a rating."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import coming, dates
from dashboard.clinical.vocabulary import Item
from dashboard.entry import DETAIL
from dashboard.ui import look, words
from dashboard.ui.field import NOT_DRAWN, Field, Put
from dashboard.ui.settings import clinic

ACTIVITIES = 3
WHOLE, TOLERANCE = 100, 1
"""Parts of a mix altogether, and how far from it is still taken for the whole (three thirds make 99)."""
AREAS = ("goal_text", "imaging_detail")
"""Questions whose words are likely to be more than a line."""


def text(field: Field, shown: Any, unit: str | None) -> None:
    """Words: a line saved while typing, or an area (which the commit guard saves) where more than a line is meant."""
    if field.item.id in AREAS:
        st.text_area(
            field.label, value=shown or "", key=field.key, on_change=field.changed, height=96, disabled=field.disabled
        )
        return
    if field.item.coming:
        _day(field, shown)
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


def raw_text(item: Item, key: str) -> Any:
    """The words typed; of a day to come the day, where it can be read in the site's form."""
    typed = st.session_state[key] or None if key in st.session_state else NOT_DRAWN
    if not item.coming or not isinstance(typed, str):
        return typed
    found = words.day_typed(typed)
    return found.isoformat() if found else typed


def _day(field: Field, shown: Any) -> None:
    """A day to come, typed in the site's form; beside it the day in words and how long there is until then."""
    form, kept = clinic().date_format, coming.day(shown)
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"day-{field.item.id}"):
        typed = st.text_input(
            field.label,
            value=dates.written(kept, form) if kept else shown or "",
            key=field.key,
            on_change=field.changed,
            placeholder=form,
            max_chars=dates.LONGEST,
            disabled=field.disabled,
            width=320,
        )
        found = words.day_typed(typed or "")
        told = words.day_told(typed or "")
        st.markdown(f":gray[{told} · **{coming.left(found)}**]" if found else f":gray[{told}]", width="content")


def mix(field: Field, shown: Any, unit: str | None) -> None:
    """Shares of a whole, how much of it is left, and a button that puts the rest where most of it usually belongs.

    Shares that do not add up are kept with the draft as unfinished; they are no answer yet, and the field says so.
    """
    with st.container(key=f"asked-{field.item.id}"):
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
                width=122,
                disabled=field.disabled,
            )
    with st.container(horizontal=True, vertical_alignment="center", key=f"whole-{field.item.id}"):
        _whole(field, raw_mix(field.item, field.key) or {})


def _whole(field: Field, shares: Mapping[str, float]) -> None:
    """How much of the whole is shared out; the button's place is always there, so that nothing moves."""
    left, first = WHOLE - sum(shares.values()), field.options[0]
    st.markdown(_shared_out(left) if shares else ":gray[The parts add up to 100.]", width="stretch")
    if field.put is not None:
        rest = max(left, 0) if shares else WHOLE
        st.button(
            f"{rest:g} on {look.label(first.label).lower()}" if rest else f"Rest on {look.label(first.label).lower()}",
            icon=":material/keyboard_tab:",
            key=f"rest-{field.item.id}",
            help="What is left of 100 goes to this surface.",
            on_click=_put_rest,
            args=(field.put, first.code),
            disabled=field.disabled or rest == 0,
        )


def _shared_out(left: float) -> str:
    """How much of 100 is given, and what that means."""
    given = f"**{WHOLE - left:g} of {WHOLE}**"
    if abs(left) <= TOLERANCE:
        return f":green[:material/check_circle: {given}]"
    missing = f"**{left:g} left**" if left > 0 else f"**{-left:g} too many**"
    return f":orange[:material/hourglass_top: {given}, {missing}.] :gray[Kept as unfinished.]"


def _put_rest(put: Put, code: str) -> None:
    """In a callback: what is left of the whole goes to one option."""

    def filled(raw: Any) -> dict[str, float]:
        shares: dict[str, float] = dict(raw or {})
        return shares | {code: shares.get(code, 0) + max(WHOLE - sum(shares.values()), 0)}

    put(filled)


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
    for place, (activity, rating) in enumerate(rows, 1):
        with st.container(horizontal=True, key=f"activity-{field.item.id}-{place}"):
            st.text_input(
                f"Activity {place}",
                value=activity,
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
