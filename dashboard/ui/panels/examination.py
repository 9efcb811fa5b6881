"""What a clinician adds: examination findings and what the gates need; saving them assesses the case again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import streamlit as st

from dashboard import casework, intake
from dashboard.access import Actor, Permission
from dashboard.casework.considering import Considered
from dashboard.casework.views import EpisodeFile
from dashboard.clinical.vocabulary import Item, Section
from dashboard.in_force import knowledge
from dashboard.ui import bring_to_view, door, fields
from dashboard.ui.look import plain
from dashboard.ui.panels import asking, opened, signs, typed

MARKED = 6
"""How many of the most valuable findings carry a mark."""
_SAVED = "examination_saved"
UNREMARKABLE = (None, "no", "unknown", "negative", "normal", "not_done")


def panel(actor: Actor, file: EpisodeFile, considered: Considered | None = None) -> None:
    """Every item a clinician answers, by section; nothing is assessed until it is saved."""
    if not actor.may(Permission.EXAMINATION_WRITE):
        st.caption(":material/lock: A clinician enters the examination.")
        return
    if file.episode.state == "closed":
        st.caption("This episode is closed; nothing more can be examined.")
        return
    _sheet(file, opened.seen_version(file), opened.is_stale(file), _worth_asking(considered))


@st.fragment
def _sheet(file: EpisodeFile, seen: int, stale: bool, marked: Collection[str]) -> None:
    # A fragment: typing a finding redraws this sheet only. The deed behind the button asks for the actor itself.
    now = asking.asked_now(file)
    typed.carry_over(file, items(now))
    with st.container(key="examine-sheet", gap="medium"):
        _asked_now(file, now)
        for section in sheets():
            st.markdown(f"### {plain(section.title)}")
            st.caption(plain(section.help))
            asked = intake.visible(file.answers)
            _fields(file, [item for item in knowledge().items_of(section.id) if item.id in asked], marked)
        _other_signs(file, now)
    entered = typed.changes(file, items(now))
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
    if st.session_state.pop(_SAVED, False):
        st.rerun(scope="app")  # a fragment redraws only itself, and everything above was assessed anew


def sheets() -> tuple[Section, ...]:
    """The sections a clinician answers."""
    return tuple(each for each in knowledge().sections if each.audience == "clinician")


def items(asked_now: Sequence[str] = ()) -> Iterator[Item]:
    """Every item of the sheet, each followed by the words that may stand beside it."""
    others = (item for _, group in signs.groups(knowledge().sha256) for item in group if item.id not in asked_now)
    asked = (intake.question(item) for item in asked_now)
    for item in (*asked, *(item for section in sheets() for item in knowledge().items_of(section.id)), *others):
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


def _asked_now(file: EpisodeFile, now: Sequence[str]) -> None:
    """Questions of the history opened from elsewhere on the page, to be answered or corrected here."""
    if not now:
        return
    with st.container(key="asked-now", border=True, gap="small"):
        st.markdown("### Asked now")
        st.caption("Questions of the history, opened from the page above: answer or correct them here, then save.")
        _fields(file, [intake.question(item) for item in now])


def _other_signs(file: EpisodeFile, now: Sequence[str]) -> None:
    """Laboratory values and signs that only a clinician meets, folded away; once opened they stay drawn."""
    groups = signs.groups(knowledge().sha256)
    entered = sum(item.id in file.answers for _, group in groups for item in group)
    label = "Laboratory and other signs" + (f" ({entered} entered)" if entered else "")
    fold = st.expander(label, icon=":material/labs:", key="other-signs", on_change="rerun", expanded=bool(entered))
    if opened.was_begun(file, "other-signs", bool(fold.open)):
        with fold:
            for title, group in groups:
                st.markdown(f"#### {title}")
                _fields(file, [item for item in group if item.id not in now])


def _worth_asking(considered: Considered | None) -> list[str]:
    """The few findings that are worth most to look for: the same ranking as on the page above."""
    if considered is None:
        return []
    ours = {item.id for section in sheets() for item in knowledge().items_of(section.id)}
    ranked = (*considered.ranking.first, *considered.ranking.then)
    return [question.item for question in ranked if question.item in ours][:MARKED]


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
    actor, entered = door.who(), typed.changes(file, items(asking.asked_now(file)))
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
        asking.done(file)
    st.session_state[_SAVED] = True
    bring_to_view.ask("episode-header")


def _unit_typed(file: EpisodeFile, item: Item) -> str | None:
    return fields.unit_of(item, typed.key(file, item.id)) if item.units else None
