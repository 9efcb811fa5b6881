"""The audit trail: who did what to which record, when, with what was before and after."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from dashboard import casework
from dashboard.access import Actor
from dashboard.casework.views import AuditRow
from dashboard.clinic import clinic
from dashboard.ui import words
from dashboard.ui.panels import markup

A_PAGE = 50
_PLACES = "trail_places"
_NO_DAYS: Any = ()


def panel(actor: Actor) -> None:
    """The filters and one page of the trail, newest first."""
    st.header("Audit trail", anchor=False)
    st.caption("Codes and ids only: no name of a patient and nothing they said is ever written here.")
    wanted = _filters(actor)
    places: list[int | None] = st.session_state.setdefault(_PLACES, [None])
    rows = casework.audit_trail(actor, before_id=places[-1], limit=A_PAGE, **wanted)
    if not rows:
        st.caption("Nothing was done that matches.")
        return
    columns = ("When", "Who", "Deed", "Record", "Before → after", "Reason")
    markup.show(markup.table("Newest first", columns, [_row(each) for each in rows], widths=(13, 10, 14, 15, 38, 10)))
    _pages(places, rows[-1].id if len(rows) == A_PAGE else None)


def _filters(actor: Actor) -> dict[str, Any]:
    people = {each.id: each.name for each in casework.people(actor)}
    with st.container(key="trail-filters", horizontal=True, vertical_alignment="bottom", gap="medium"):
        person = st.selectbox(
            "Person",
            list(people),
            index=None,
            format_func=lambda each: people[each],
            placeholder="Everybody",
            key="trail-person",
            on_change=_first_page,
            width=220,
        )
        deed = st.selectbox(
            "Deed",
            list(casework.audit_deeds(actor)),
            index=None,
            placeholder="Every deed",
            key="trail-deed",
            on_change=_first_page,
            width=240,
        )
        days = st.date_input(
            "Days", value=_NO_DAYS, key="trail-days", on_change=_first_page, width=260, format=words.date_field()
        )
    first, last = _both(days)
    return {"person_id": person, "deed": deed, "first_day": first, "last_day": last}


def _both(days: Any) -> tuple[date | None, date | None]:
    """The first and last day of a range that may be half chosen."""
    chosen = tuple(days) if isinstance(days, tuple | list) else (days,)
    return (chosen[0] if chosen else None), (chosen[-1] if chosen else None)


def _first_page() -> None:
    st.session_state[_PLACES] = [None]


def _row(each: AuditRow) -> tuple[object, ...]:
    at = words.here(each.at)
    who = markup.lines([each.person or "Backstride itself", markup.quiet(each.role)])
    record = f"{each.record} {each.record_id}".strip()
    return (
        f"{clinic().day(at.date())} {at:%H:%M:%S}",
        who,
        each.deed,
        record,
        changed(each.before, each.after),
        each.reason,
    )


def changed(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> markup.Html:
    """What a deed changed, such as "state: sent → received"; a new record shows what it began with."""
    was, now = before or {}, after or {}
    keys = [key for key in {**was, **now} if was.get(key) != now.get(key)]
    return markup.joined((f"{key}: {_turned(key, was, now)}" for key in keys), " · ")


def _turned(key: str, was: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    return f"{was[key]} → {now.get(key)}" if key in was else str(now[key])


def _back() -> None:
    st.session_state[_PLACES].pop()


def _pages(places: list[int | None], following: int | None) -> None:
    if len(places) == 1 and following is None:
        return
    with st.container(horizontal=True, horizontal_alignment="distribute", key="trail-pages"):
        st.button("Newer", icon=":material/arrow_back:", type="tertiary", disabled=len(places) == 1, on_click=_back)
        st.button(
            "Older",
            icon=":material/arrow_forward:",
            type="tertiary",
            disabled=following is None,
            on_click=places.append,
            args=(following,),
        )
