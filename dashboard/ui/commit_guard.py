"""The keyboard's side of the intake: nothing typed is lost, Enter goes on, and one key answers a question.

Streamlit keeps what is typed in a text area to the browser until the area is left. This component commits it after a
pause, when the page is left, and again when a lost connection is back. It also hears every key of the intake
(assets/keys.js): a key that comes while an answer may still bring a question, or while the next section is not drawn
yet, waits until the server has drawn what it belongs to. For that the browser numbers such a moment (``seq``), and the
run that has seen the number says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import intake
from dashboard.ui import cached, taking_state
from dashboard.ui.desk import minutes
from dashboard.ui.taking import Taking

_ASSETS = Path(__file__).parent / "assets"
_SCRIPTS = ("keys.js", "key_list.js", "commit_guard.js")
_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_KEY, _DRAWN = "commit-guard", "commit-guard-drawn"

_guard = st.components.v2.component(
    "backstride.commit_guard", js="\n".join((_ASSETS / name).read_text(encoding="utf-8") for name in _SCRIPTS)
)


def guard(place: str, go_to: str | None = None, taking: Taking | None = None) -> None:
    """Mount the component; a changed ``place`` puts the cursor on its first question, or on the item ``go_to``."""
    data = {"place": place, "item": go_to, "seq": _drawn(taking), **_of_knowledge(intake.knowledge().sha256)}
    if taking is not None:
        data["missing"] = [item for missing in taking.progress.missing.values() for item in missing]
    _guard(key=_KEY, data=data, height="content", on_seq_change=_noted, on_jump_change=_jump)


def _drawn(taking: Taking | None) -> int:
    """The last number whose answers this run has drawn.

    A run that saved while it drew (its callback was cut short by the next key) shows the questions of before: it says
    the number of the run before it, and the one that follows at once says the new one.
    """
    if taking is None or not taking.saved_late:
        seen: Any = st.session_state.get(_KEY) or {}
        st.session_state[_DRAWN] = int(seen.get("seq") or 0)
    return int(st.session_state.get(_DRAWN, 0))


def _noted() -> None:
    """Nothing to do: the run that follows carries the number back."""


def _jump() -> None:
    item = (st.session_state.get(_KEY) or {}).get("jump")
    if item is not None and item in intake.knowledge().items:
        taking_state.go_to_item(item)


@lru_cache(maxsize=4)
def _of_knowledge(sha256: str) -> Mapping[str, Sequence[Any]]:
    """What never changes under one knowledge: the keys, the questions with details, and those that bring others."""
    known = intake.knowledge()
    return {
        "keys": [list(each) for each in minutes.KEYS],
        "details": [item.id for item in known.items.values() if item.detail],
        "switches": sorted(_switches()),
    }


def _switches() -> set[str]:
    """Questions whose answer changes what is asked later in their own section."""
    known = intake.knowledge()
    found: set[str] = set()
    for item in known.items.values():
        named = set(_NAME.findall(item.show_if or "")) & set(known.items)
        if places := cached.places_of(item):
            named.add(places.id)
        found |= {each for each in named if known.items[each].section == item.section}
    return found
