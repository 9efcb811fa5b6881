"""The browser tab as a writer: a name of its own, and a note in it of what it has seen, which outlives the server.

The note is a text field nobody sees. A browser keeps what its fields hold while the server is away and brings it to the
session that begins afterwards; so the new session learns which tab this is and which version of the draft its fields
were drawn from. It holds a name made up for the tab, the draft's opaque id and numbers: nothing of the patient.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st

from dashboard.casework.views import DraftView
from dashboard.ui import state

_NAME, _DRAWN, KEY = "tab_name", "tab_note_drawn", "tab-note"
_NOTE = re.compile(
    r"(?P<tab>[\w-]{12}) (?P<draft>[\w-]{22,64}) (?P<version>\d{1,9})( @(?P<section>\w{1,40}))?"
    r"(?P<again>( \w{1,80}:\d{1,4}){0,400})"
)


@dataclass(frozen=True)
class Note:
    """What a browser says it has before it.

    Which tab it is, which draft at which version, which fields began anew, and which section is on its screen.
    """

    tab: str
    draft_id: str
    version: int
    generations: Mapping[str, int] = field(default_factory=dict)
    section: str = ""

    def __str__(self) -> str:
        again = "".join(f" {item}:{number}" for item, number in self.generations.items())
        here = f" @{self.section}" if self.section else ""
        return f"{self.tab} {self.draft_id} {self.version}{here}{again}"


def name() -> str:
    """The name of this tab, made up when it is first asked for."""
    if _NAME not in st.session_state:
        st.session_state[_NAME] = secrets.token_urlsafe(9)
    return str(st.session_state[_NAME])


def exchange(draft: DraftView, section: str) -> Note | None:
    """Leave the note of this run in the browser; the note of before, when a browser brings one into a new session."""
    note = Note(name(), draft.id, draft.version, state.generations(draft.id), section)
    first = not st.session_state.get(_DRAWN)
    if not first:
        st.session_state[KEY] = str(note)
    with st.container(key="tab-note-place"):
        there = st.text_input(
            "What this tab has seen", value=str(note) if first else "", key=KEY, label_visibility="collapsed"
        )
    st.session_state[_DRAWN] = True
    brought = read(there) if first and there != str(note) else None
    if brought is not None:
        st.session_state[_NAME] = brought.tab
    return brought


def read(text: str) -> Note | None:
    """A note as it stands in its field; None for anything else."""
    found = _NOTE.fullmatch(text or "")
    if found is None:
        return None
    again = (each.split(":") for each in found["again"].split())
    generations = {item: int(number) for item, number in again}
    return Note(found["tab"], found["draft"], int(found["version"]), generations, found["section"] or "")
