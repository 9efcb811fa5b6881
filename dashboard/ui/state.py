"""What this browser session remembers of the fields it shows, so that every change is saved once and none is lost.

Three values meet at a field: what is stored, what the browser holds, and what this session last dealt with.
A browser value that differs from the last one dealt with is a person's change and is saved. A stored value that
differs from the last one seen was changed elsewhere, and the field starts again from it.

After a server was started anew the session remembers nothing, but the browser still holds its values. It then brings a
note of what it had seen (ui/desk/tab.py), so that a value that was only seen is not taken for a change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any, NamedTuple

import streamlit as st

from dashboard.casework.views import DraftView, SeenAnswer

MEMORY, RECALLED, JUST_SAVED = "field_memory", "field_recalled", "draft_just_saved"
A_MOMENT = 1.0
"""Seconds in which a page takes the draft its own callback has just saved for the one that is stored."""


class Stored(NamedTuple):
    """What the draft says to a question: its answer, as it was typed, and what is there of half an answer."""

    answer: Any
    entered: Any
    half: Any = None


@dataclass
class Held:
    """One field: the raw value last dealt with, the stored answer it became, and a refusal still to be shown."""

    raw: Any
    stored: Stored
    generation: int = 0
    refused: str = ""
    outdated: bool = False
    """What the field shows is not what is stored: it starts again from that."""
    version: int = 0
    """The draft's version with what this field last saved in it."""


@dataclass(frozen=True)
class Recalled:
    """What a browser had before it when this session had not begun."""

    seen: Mapping[str, SeenAnswer]
    generations: Mapping[str, int]


def stored_of(draft: DraftView, item_id: str) -> Stored:
    """What a draft says to a question."""
    return Stored(draft.answers.get(item_id), draft.entered.get(item_id), draft.unfinished.get(item_id))


def held(draft_id: str, item_id: str) -> Held | None:
    """What is remembered of a field, or None before it was first shown in this session."""
    found: Held | None = _fields().get((draft_id, item_id))
    return found


def meet(
    draft_id: str, item_id: str, stored: Stored, raw_of: Callable[[Stored], Any], version: int | None = None
) -> Held:
    """The memory of a field about to be shown; ``raw_of`` says what a stored answer looks like in the field.

    ``version`` is the draft's that ``stored`` is of: a page drawn from an older draft than this field has saved knows
    less than the field, which does not start again from it.
    """
    known = held(draft_id, item_id)
    if known is None:
        recalled = st.session_state.get(RECALLED, {}).get(draft_id)
        seen, generation = stored, 0
        if recalled is not None:
            before = recalled.seen.get(item_id)
            seen = Stored(before.answer, before.entered, before.unfinished) if before else stored
            generation = recalled.generations.get(item_id, 0)
        return _remember(draft_id, item_id, Held(raw_of(seen), seen, generation))
    is_older = version is not None and version < known.version
    if not is_older and (known.outdated or known.stored != stored):
        refused = known.refused if known.outdated else ""
        return _remember(draft_id, item_id, Held(raw_of(stored), stored, known.generation + 1, refused))
    return known


def recall(draft_id: str, recalled: Recalled) -> None:
    """Begin this session's memory of a draft with what the browser had before it."""
    forget(draft_id)
    st.session_state.setdefault(RECALLED, {})[draft_id] = recalled


def recalled(draft_id: str) -> Mapping[str, SeenAnswer]:
    """What the browser had before it of every question that was answered anew since."""
    found = st.session_state.get(RECALLED, {}).get(draft_id)
    return found.seen if found is not None else {}


def generations(draft_id: str) -> dict[str, int]:
    """The fields that started again in this tab, and how often."""
    recalled = st.session_state.get(RECALLED, {}).get(draft_id)
    before = dict(recalled.generations) if recalled is not None else {}
    mine = {item: each.generation for (draft, item), each in _fields().items() if draft == draft_id}
    return before | {item: number for item, number in mine.items() if number}


def just_saved(draft: DraftView) -> None:
    """Let the run that begins now draw the draft its callback has saved, without reading it again."""
    st.session_state[JUST_SAVED] = (draft, monotonic())


def about_to_save() -> None:
    """In a callback, before it saves: what an earlier one saved is not how the draft stands any more."""
    st.session_state.pop(JUST_SAVED, None)


def saved_this_moment(draft_id: str) -> DraftView | None:
    """The draft as this run's callback has just saved it, once; None when no callback did."""
    draft, at = st.session_state.pop(JUST_SAVED, (None, 0.0))
    return draft if draft is not None and draft.id == draft_id and monotonic() - at < A_MOMENT else None


def forget(draft_id: str) -> None:
    """Drop everything remembered of one draft."""
    st.session_state.get(RECALLED, {}).pop(draft_id, None)
    for key in [key for key in _fields() if key[0] == draft_id]:
        del _fields()[key]


def _remember(draft_id: str, item_id: str, memory: Held) -> Held:
    _fields()[draft_id, item_id] = memory
    return memory


def _fields() -> dict[tuple[str, str], Held]:
    return st.session_state.setdefault(MEMORY, {})  # type: ignore[no-any-return]
