"""The audit trail: who did what to whom, when and why, with what was before and after, and whether it is whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

import streamlit as st

from dashboard import casework
from dashboard.access import Actor, Permission
from dashboard.casework.views import AuditRow, TrailFilter
from dashboard.ui import words
from dashboard.ui.panels import markup, trail_whole, trail_words
from dashboard.ui.settings import clinic

PAGES = (25, 50, 100, 200)
A_PAGE = 50
_PLACES = "trail_places"
_NO_DAYS: Any = ()
SHOWN_PATIENTS = 6


def panel(actor: Actor) -> None:
    """Whether it is whole, the filters, and one page of the trail, newest first."""
    st.header("Audit trail", anchor=False)
    st.caption("Codes and ids only: no name of a patient and nothing they said is ever written here.")
    trail_whole.panel(actor)
    wanted = _filters(actor)
    if wanted is None:
        st.caption("No patient has this record number.")
        return
    size = int(st.session_state.get("trail-size", A_PAGE))
    places: list[int | None] = st.session_state.setdefault(_PLACES, [None])
    rows = casework.audit_trail(actor, before_id=places[-1], limit=size, **asdict(wanted))
    if not rows:
        st.caption("Nothing was done that matches.")
        return
    columns, names = ("When", "Who", "What", "About", "Before → after", "Why"), _names(actor)
    told = [_row(each, names) for each in rows]
    markup.show(markup.table("Newest first", columns, told, widths=(12, 12, 16, 15, 30, 15)))
    _pages(places, rows[-1].id if len(rows) == size else None)
    _export(actor, wanted)


def _filters(actor: Actor) -> TrailFilter | None:
    """What was chosen; None for a record number nobody has."""
    people = {each.id: each.name for each in casework.people(actor)}
    with st.container(key="trail-filters", horizontal=True, vertical_alignment="bottom", gap="small"):
        person = _choice("Person", "person", people, "Everybody", 170)
        kind = _choice("Kind", "kind", trail_words.KINDS, "Every kind", 170)
        deeds = {code: trail_words.deed(code) for code in casework.audit_deeds(actor)}
        deed = _choice("Deed", "deed", deeds, "Every deed", 190)
        record_number = st.text_input(
            "Patient's record number", key="trail-patient", on_change=_first_page, width=170, placeholder="Any patient"
        )
        days = st.date_input(
            "Days", value=_NO_DAYS, key="trail-days", on_change=_first_page, width=260, format=words.date_field()
        )
        st.selectbox("On a page", PAGES, index=PAGES.index(A_PAGE), key="trail-size", on_change=_first_page, width=90)
    first, last = _both(days)
    patient = casework.audited_patient(actor, record_number) if record_number.strip() else None
    if record_number.strip() and patient is None:
        return None
    return TrailFilter(person, deed, kind, patient, first, last)


def _choice(label: str, name: str, named: Mapping[Any, str], nothing: str, width: int) -> Any:
    return st.selectbox(
        label,
        list(named),
        index=None,
        format_func=lambda each: named[each],
        placeholder=nothing,
        key=f"trail-{name}",
        on_change=_first_page,
        width=width,
    )


def _both(days: Any) -> tuple[date | None, date | None]:
    """The first and last day of a range that may be half chosen."""
    chosen = tuple(days) if isinstance(days, tuple | list) else (days,)
    return (chosen[0] if chosen else None), (chosen[-1] if chosen else None)


def _first_page() -> None:
    st.session_state[_PLACES] = [None]


def _names(actor: Actor) -> trail_words.Names:
    """Who the ids of people and sites stand for."""
    people = {each.id: each.name for each in casework.people(actor)}
    sites = {each.id: each.name for each in casework.sites(actor)}
    return {"site_id": sites, **dict.fromkeys(trail_words.PEOPLE, people)}


def _row(each: AuditRow, names: trail_words.Names) -> tuple[object, ...]:
    at = words.here(each.at)
    badges = (("Refused", "bad", each.refused), ("In an emergency", "care", each.emergency))
    marked = [markup.badge(says, tone) for says, tone, is_so in badges if is_so]
    return (
        markup.lines([f"{clinic().day(at.date())} {at:%H:%M:%S}", markup.quiet(f"event {each.id}")]),
        markup.lines([each.person or "Backstride itself", markup.quiet(trail_words.role(each.role))]),
        markup.lines([trail_words.deed(each.deed), markup.quiet(each.deed), *marked]),
        markup.lines([trail_words.record(each), markup.quiet(_patients(each))]),
        changed(each.before, each.after, names),
        trail_words.why(each),
    )


def _patients(each: AuditRow) -> str:
    """The patients it is about, by the ids the trail knows them by."""
    if not each.patients or (each.record == "patient" and len(each.patients) == 1):
        return ""
    ids = ", ".join(map(str, each.patients[:SHOWN_PATIENTS]))
    more = len(each.patients) - SHOWN_PATIENTS
    return f"{'patient' if len(each.patients) == 1 else 'patients'} {ids}" + (f" and {more} more" if more > 0 else "")


def changed(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, names: trail_words.Names | None = None
) -> markup.Html:
    """What a deed changed, such as "state: Sent → Received"; a new record shows what it began with."""
    told = trail_words.changes(before, after, names)
    return markup.lines(
        markup.joined([markup.quiet(f"{field}:"), now if was is None else f"{was} → {now}"]) for field, now, was in told
    )


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


def _export(actor: Actor, wanted: TrailFilter) -> None:
    """The events chosen as a file; made, and noted in the trail itself, when it is asked for."""
    if not actor.may(Permission.AUDIT_READ):
        return
    st.download_button(
        "Export these events (FHIR)",
        data=lambda: casework.export_trail(actor, wanted),
        file_name="audit-events.ndjson",
        mime="application/fhir+ndjson",
        icon=":material/download:",
        key="trail-export",
        on_click="ignore",
        help="Everything the filters above leave, newest first: one FHIR AuditEvent a line. That it was exported is "
        "noted in the trail.",
    )
