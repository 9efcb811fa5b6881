"""What a clinician adds: examination findings and what the gates need; saving them assesses the case again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import streamlit as st

from dashboard import casework, intake
from dashboard.access import Actor, Permission
from dashboard.casework.views import EpisodeFile
from dashboard.clinical.vocabulary import Item, Section
from dashboard.in_force import knowledge
from dashboard.ui import door, fields
from dashboard.ui.look import plain
from dashboard.ui.panels import opened, signs, typed

MARKED = 6
"""How many of the most valuable findings carry a mark."""
UNREMARKABLE = (None, "no", "unknown", "negative", "normal", "not_done")


def panel(actor: Actor, file: EpisodeFile) -> None:
    """Every item a clinician answers, by section; nothing is assessed until it is saved."""
    if not actor.may(Permission.REVIEW_SIGN):
        st.caption(":material/lock: A clinician enters the examination.")
        return
    if file.episode.state == "closed":
        st.caption("This episode is closed; nothing more can be examined.")
        return
    _sheet(file, opened.seen_version(file), opened.is_stale(file))


@st.fragment
def _sheet(file: EpisodeFile, seen: int, stale: bool) -> None:
    # A fragment: typing a finding redraws this sheet only. The deed behind the button asks for the actor itself.
    typed.carry_over(file, items())
    with st.container(key="examine-sheet", gap="medium"):
        for section in sheets():
            st.markdown(f"### {plain(section.title)}")
            st.caption(plain(section.help))
            asked = intake.visible(file.answers)
            _fields(file, [item for item in knowledge().items_of(section.id) if item.id in asked], _worth_asking(file))
        _other_signs(file)
    entered = typed.changes(file, items())
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


def items() -> Iterator[Item]:
    """Every item of the sheet, each followed by the words that may stand beside it."""
    others = (item for _, group in signs.groups(knowledge().sha256) for item in group)
    for item in (*(item for section in sheets() for item in knowledge().items_of(section.id)), *others):
        yield item
        if item.detail:
            yield intake.question(item.id + "_detail")


def _fields(file: EpisodeFile, asked: Sequence[Item], marked: Collection[str] = ()) -> None:
    """Questions in two columns read downwards; tables of roots and reflexes beneath."""
    narrow = [item for item in asked if item.type != "grid"]
    grids = [item for item in asked if item.type == "grid"]
    half = -(-len(narrow) // 2)
    for column, part in zip(st.columns(2, gap="large"), (narrow[:half], narrow[half:]), strict=True):
        with column:
            for item in part:
                _question(file, item, item.id in marked)
    for column, item in zip(st.columns(2, gap="large") if grids else (), grids, strict=False):
        with column:
            _question(file, item, item.id in marked)


def _other_signs(file: EpisodeFile) -> None:
    """Laboratory values and signs that only a clinician meets, folded away; once opened they stay drawn."""
    groups = signs.groups(knowledge().sha256)
    entered = sum(item.id in file.answers for _, group in groups for item in group)
    label = "Laboratory and other signs" + (f" ({entered} entered)" if entered else "")
    fold = st.expander(label, icon=":material/labs:", key="other-signs", on_change="rerun", expanded=bool(entered))
    if opened.was_begun(file, "other-signs", bool(fold.open)):
        with fold:
            for title, group in groups:
                st.markdown(f"#### {title}")
                _fields(file, group)


def _worth_asking(file: EpisodeFile) -> set[str]:
    """The few examination findings that would move the ranking most."""
    ours = {item.id for section in sheets() for item in knowledge().items_of(section.id)}
    return set([item for item in file.document["missing"] if item in ours][:MARKED])


def _question(file: EpisodeFile, item: Item, valuable: bool) -> None:
    mark = " :blue-badge[:material/star: would help]" if valuable else ""
    with st.container(key=f"item-{item.id}", gap="xsmall"):
        _field(file, item, plain(item.wording) + mark)
        if item.detail and fields.raw(item, typed.key(file, item.id)) not in UNREMARKABLE:
            _field(file, intake.question(item.id + "_detail"), "Details")
        if item.help:
            st.caption(plain(item.help))


def _field(file: EpisodeFile, item: Item, label: str) -> None:
    unit = typed.unit(item)
    options = tuple(option for option in item.options if option.asked)
    field = fields.Field(item, typed.key(file, item.id), label, options, lambda: None)
    fields.draw(field, typed.start(file, item), unit)


def _save(file: EpisodeFile, seen: int) -> None:
    actor, entered = door.who(), typed.changes(file, items())
    if actor is None:
        return
    questions = {item: intake.question(item) for item in entered}
    units = {item: unit for item, each in questions.items() if (unit := _unit_typed(file, each))}
    done = opened.attempt(
        file,
        "Assessed again with the examination.",
        lambda: casework.add_examination(actor, file.episode.id, seen, entered, units=units),
    )
    if done:
        typed.forget(file)


def _unit_typed(file: EpisodeFile, item: Item) -> str | None:
    return fields.unit_of(item, typed.key(file, item.id)) if item.units else None
