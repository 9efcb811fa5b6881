"""Soft warnings beside a question: what looks like a slip, and the note that says why it is right."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import streamlit as st

from dashboard import casework, doubts
from dashboard.clinical.vocabulary import Item
from dashboard.doubts import Doubt
from dashboard.letters import one_line
from dashboard.ui import door
from dashboard.ui.desk import lease
from dashboard.ui.look import plain
from dashboard.ui.taking import Taking

NOTE = "Why is it right? (for the clinician)"


def under(taking: Taking, item: Item) -> None:
    """Under a question: each thing worth a second look, and room to say why it is right; it blocks nothing.

    Its place is always there, so that what follows keeps its own.
    """
    with st.container(key=f"doubts-{item.id}", gap="xsmall"):
        for doubt in taking.doubts(item.id):
            _doubt(taking, doubt)


def summed_up(taking: Taking) -> None:
    """On the last screen: how many answers are doubtful, and how many of them nobody said anything of."""
    if said := doubts.counted(taking.standing):
        st.markdown(f":orange[:material/help: **{said}**] The clinician sees each of them with its note.")


def line(doubt: Doubt) -> str:
    """A doubt with its note, as one line of markdown."""
    noted = f" :material/edit_note: “{plain(doubt.text)}”" if doubt.text else " :gray[no note]"
    return f":orange[:material/help: {plain(doubt.caution.says)}]{noted}"


def _doubt(taking: Taking, doubt: Doubt) -> None:
    draft, caution, locked = taking.draft, doubt.caution, lease.reads_only(taking)
    memory = _meet(draft.id, caution.id, doubt.text)
    key = f"{draft.id}.note.{caution.id}.{memory.generation}"
    with st.container(key=f"doubt-{caution.id}", gap="xsmall"):
        st.markdown(f":orange[:material/help: **Look again:** {plain(caution.says)}]")
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.text_input(
                NOTE,
                value=doubt.text,
                key=key,
                placeholder=NOTE,
                label_visibility="collapsed",
                icon=":material/edit_note:",
                on_change=_on_change,
                args=(draft.id, caution.id, key),
                disabled=locked,
                width=320,
            )
            st.pills(
                f"Quick reasons: {plain(caution.says)}",
                caution.reasons,
                default=doubt.text if doubt.text in caution.reasons else None,
                label_visibility="collapsed",
                key=_quick(draft.id, caution.id),
                on_change=partial(_keep_quick, draft.id, caution.id),
                disabled=locked,
            )
        if doubt.earlier is not None:
            told = plain(str(doubt.earlier["text"]))
            st.caption(f":material/history: Noted of an earlier answer, and no longer counted: “{told}”")
        if memory.refused:
            st.markdown(f":red[:material/error: {plain(memory.refused)}]")
    if not locked and st.session_state[key] != memory.raw and _keep(draft.id, caution.id, key):
        taking.saved_late = True


@dataclass
class _Typed:
    """One note's field: the words last dealt with, the words stored then, and a refusal still to be shown."""

    raw: str
    stored: str
    generation: int = 0
    refused: str = ""


def _typed() -> dict[tuple[str, str], _Typed]:
    found: dict[tuple[str, str], _Typed] = st.session_state.setdefault("notes_typed", {})
    return found


def _meet(draft_id: str, caution_id: str, stored: str) -> _Typed:
    """What is remembered of a note's field, starting again when the note was changed elsewhere."""
    known = _typed().get((draft_id, caution_id))
    if known is None:
        known = _typed()[draft_id, caution_id] = _Typed(stored, stored)
    elif known.stored != stored:
        known = _typed()[draft_id, caution_id] = _Typed(stored, stored, known.generation + 1)
    return known


def _quick(draft_id: str, caution_id: str) -> str:
    return f"{draft_id}.note.{caution_id}.quick"


def _keep_quick(draft_id: str, caution_id: str) -> None:
    """A quick reason was tapped, or taken back; the field beside it then starts from it."""
    _save(draft_id, caution_id, st.session_state.get(_quick(draft_id, caution_id)) or "")


def _on_change(draft_id: str, caution_id: str, key: str) -> None:
    _keep(draft_id, caution_id, key)


def _keep(draft_id: str, caution_id: str, key: str) -> bool:
    """Keep what the note's field holds; also when a browser brings it back after a lost connection."""
    saved = key in st.session_state and _save(draft_id, caution_id, st.session_state[key])
    if saved:
        memory = _typed()[draft_id, caution_id]
        memory.stored = one_line(memory.raw)  # the field holds it already and must not start again
    return saved


def _save(draft_id: str, caution_id: str, text: str) -> bool:
    memory, actor = _typed().get((draft_id, caution_id)), door.who()
    if memory is None or actor is None or text == memory.raw:
        return False
    memory.raw = text
    try:
        casework.note_doubt(actor, draft_id, caution_id, text)
    except casework.BadAnswer as why:
        memory.refused = f"The note {why.message}"
        return False
    except casework.StaleRecord:
        return False  # submitted or put aside meanwhile; the page is about to say so
    memory.refused = ""
    return True
