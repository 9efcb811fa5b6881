"""What a clinician adds: examination findings and what the gates need; saving them assesses the case again."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import casework, intake
from dashboard.access import Actor, Permission
from dashboard.casework.views import EpisodeFile
from dashboard.clinic import clinic
from dashboard.clinical.vocabulary import Item, Section
from dashboard.in_force import knowledge
from dashboard.ui import door, fields
from dashboard.ui.look import plain
from dashboard.ui.panels import opened


def panel(actor: Actor, file: EpisodeFile) -> None:
    """Every item a clinician answers, by section; nothing is assessed until it is saved."""
    if not actor.may(Permission.REVIEW_SIGN):
        st.caption(":material/lock: A clinician enters the examination.")
        return
    if file.episode.state == "closed":
        st.caption("This episode is closed; nothing more can be examined.")
        return
    _sheet(file, opened.seen_version(file), opened.is_stale(file))


MARKED = 6
"""How many of the most valuable findings carry a mark."""


@st.fragment
def _sheet(file: EpisodeFile, seen: int, stale: bool) -> None:
    # A fragment: typing a finding redraws this sheet only. The deed behind the button asks for the actor itself.
    with st.container(key="examine-sheet", gap="medium"):
        for section in sheets():
            st.markdown(f"#### {plain(section.title)}")
            st.caption(plain(section.help))
            _section(file, section)
    entered = changes(file)
    label = f"Save and assess again ({len(entered)} changed)" if entered else "Nothing changed yet"
    st.button(
        label,
        type="primary",
        icon=":material/refresh:",
        key="examine",
        disabled=not entered or stale,
        on_click=_save,
        args=(file, seen),
    )


def sheets() -> tuple[Section, ...]:
    """The sections a clinician answers."""
    return tuple(each for each in knowledge().sections if each.audience == "clinician")


def _section(file: EpisodeFile, section: Section) -> None:
    """The questions asked now, in two columns read downwards; tables of roots and reflexes over both."""
    shown, wanted = intake.visible(file.answers), _worth_asking(file)
    items = [item for item in knowledge().items_of(section.id) if item.id in shown]
    narrow = [item for item in items if item.type != "grid"]
    half = -(-len(narrow) // 2)
    for column, part in zip(st.columns(2, gap="large"), (narrow[:half], narrow[half:]), strict=True):
        with column:
            for item in part:
                _question(file, item, item.id in wanted)
    grids = [item for item in items if item.type == "grid"]
    for column, item in zip(st.columns(2, gap="large") if grids else (), grids, strict=False):
        with column:
            _question(file, item, item.id in wanted)


def _worth_asking(file: EpisodeFile) -> set[str]:
    """The few examination findings that would move the ranking most."""
    ours = {item.id for section in sheets() for item in knowledge().items_of(section.id)}
    return set([item for item in file.document["missing"] if item in ours][:MARKED])


def _question(file: EpisodeFile, item: Item, valuable: bool) -> None:
    unit = _unit(item)
    shown = fields.start(item, file.answers.get(item.id), file.entered.get(item.id), unit)
    mark = " :blue-badge[:material/star: would help]" if valuable else ""
    field = fields.Field(item, key(file, item.id), plain(item.wording) + mark, item.options, lambda: None)
    with st.container(key=f"item-{item.id}", gap="xsmall"):
        fields.draw(field, shown, unit)
        if item.help:
            st.caption(plain(item.help))


def key(file: EpisodeFile, item_id: str) -> str:
    """The widget key of an item; after every assessment the sheet starts again from what is stored."""
    return f"examine-{file.assessment_id}-{item_id}"


def _unit(item: Item) -> str | None:
    return clinic().unit_for((*item.units, item.unit or "")) or item.unit


def changes(file: EpisodeFile) -> dict[str, Any]:
    """Item id → raw value of everything on the sheet that differs from what is stored; None for what was cleared."""
    changed: dict[str, Any] = {}
    for section in sheets():
        for item in knowledge().items_of(section.id):
            if not any(name.startswith(key(file, item.id)) for name in st.session_state):
                continue
            stored = fields.start(item, file.answers.get(item.id), file.entered.get(item.id), _unit(item))
            if (typed := fields.raw(item, key(file, item.id))) != stored:
                changed[item.id] = typed
    return changed


def _save(file: EpisodeFile, seen: int) -> None:
    actor, entered = door.who(), changes(file)
    if actor is None:
        return
    units = {item: unit for item in entered if (unit := fields.unit_of(knowledge().items[item], key(file, item)))}
    opened.attempt(
        file,
        "Assessed again with the examination.",
        lambda: casework.add_examination(actor, file.episode.id, seen, entered, units=units),
    )
