"""From a question named anywhere on the page to the field where it is answered: one press."""

from __future__ import annotations

import streamlit as st

from dashboard.access import Actor, Permission
from dashboard.casework.views import EpisodeFile
from dashboard.in_force import knowledge
from dashboard.ui import bring_to_view
from dashboard.ui.panels.differential import TAB

EXAMINE = "Examine"
_ASKED = "asked_now"


def may_ask(actor: Actor, file: EpisodeFile) -> bool:
    """Whether this person can enter an answer here and now."""
    return actor.may(Permission.EXAMINATION_WRITE) and file.episode.state != "closed"


def asked_now(file: EpisodeFile) -> list[str]:
    """The questions of the history opened on the sheet of this episode, in the order they were asked for."""
    asked: dict[int, list[str]] = st.session_state.setdefault(_ASKED, {})
    here = asked.setdefault(file.episode.id, [])
    here[:] = [item for item in here if item in knowledge().items]  # a newer knowledge may not ask it any more
    return here


def ask(file: EpisodeFile, item_id: str) -> None:
    """In a callback: open the sheet at this question; one of the history joins the sheet at its top."""
    if knowledge().audiences.get(item_id) != "clinician" and item_id not in asked_now(file):
        asked_now(file).append(item_id)
    st.session_state[TAB] = EXAMINE
    bring_to_view.ask(f"item-{item_id}")


def done(file: EpisodeFile) -> None:
    """After saving: the questions asked now are part of the history again."""
    asked_now(file).clear()


def button(file: EpisodeFile, item_id: str, place: str, label: str = "", known: bool = False) -> None:
    """The press that opens a question; ``place`` keeps its key apart from the same question named elsewhere."""
    if item_id not in knowledge().items:
        return
    examined = knowledge().audiences.get(item_id) == "clinician"
    words = label or ("Correct" if known else "Examine" if examined else "Ask")
    st.button(
        words,
        key=f"ask-{place}-{item_id}",
        type="tertiary",
        icon=":material/edit:" if known else ":material/stethoscope:" if examined else ":material/forum:",
        on_click=ask,
        args=(file, item_id),
        help="Opens this question on the Examine sheet",
    )
