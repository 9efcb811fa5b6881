"""What this browser session remembers of the fields it shows, so that every change is saved once and none is lost.

Three values meet at a field: what is stored, what the browser holds, and what this session last dealt with.
A browser value that differs from the last one dealt with is a person's change and is saved. A stored value that
differs from the last one seen was changed elsewhere, and the field starts again from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

MEMORY = "field_memory"


@dataclass
class Held:
    """One field: the raw value last dealt with, the stored answer it became, and a refusal still to be shown."""

    raw: Any
    stored: Any
    generation: int = 0
    refused: str = ""


def held(draft_id: str, item_id: str) -> Held | None:
    """What is remembered of a field, or None before it was first shown in this session."""
    found: Held | None = _fields().get((draft_id, item_id))
    return found


def meet(draft_id: str, item_id: str, raw: Any, stored: Any) -> Held:
    """The memory of a field about to be shown, starting again from ``raw`` when it was changed elsewhere."""
    known = held(draft_id, item_id)
    if known is None:
        known = _fields()[draft_id, item_id] = Held(raw, stored)
    elif known.stored != stored:
        known = _fields()[draft_id, item_id] = Held(raw, stored, known.generation + 1)
    return known


def forget(draft_id: str) -> None:
    """Drop everything remembered of one draft."""
    for key in [key for key in _fields() if key[0] == draft_id]:
        del _fields()[key]


def _fields() -> dict[tuple[str, str], Held]:
    return st.session_state.setdefault(MEMORY, {})  # type: ignore[no-any-return]
