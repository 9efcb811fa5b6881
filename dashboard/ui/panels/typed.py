"""What was typed on a sheet and not saved yet: compared with what is stored, and carried over to a newer version.

Widgets are keyed by the assessment they were drawn for. When a colleague's examination makes a newer one, what differs
from the older one's stored answers was typed by the person here: it becomes the start of the newer sheet's fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import streamlit as st

from dashboard.casework.views import EpisodeFile
from dashboard.clinical.vocabulary import Item
from dashboard.ui import fields
from dashboard.ui.settings import clinic

_DRAWN, _CARRIED = "sheets_drawn", "sheets_carried"


def key(file: EpisodeFile, item_id: str) -> str:
    """The widget key of an item on the sheet of the latest assessment."""
    return _key(file.assessment_id, item_id)


def _key(assessment_id: int, item_id: str) -> str:
    return f"examine-{assessment_id}-{item_id}"


def unit(item: Item) -> str | None:
    """The unit a number starts in: the clinic's, else the item's own."""
    return clinic().unit_for((*item.units, item.unit or "")) or item.unit


def start(file: EpisodeFile, item: Item) -> Any:
    """The raw value a field starts from: what was carried over, else what is stored."""
    carried: Mapping[str, Any] = st.session_state.get(_CARRIED, {}).get(file.assessment_id, {})
    return carried[item.id] if item.id in carried else stored(file, item)


def stored(file: EpisodeFile, item: Item) -> Any:
    """The stored answer as the raw value its widgets would hold."""
    before = fields.start(item, file.answers.get(item.id), file.entered.get(item.id), unit(item))
    return None if before in ("", [], {}) else before


def changes(file: EpisodeFile, items: Iterable[Item]) -> dict[str, Any]:
    """Item id → raw value of everything typed that differs from what is stored; None for what was cleared."""
    return _differing(file.assessment_id, {item.id: (item, stored(file, item)) for item in items})


def _differing(assessment_id: int, sheet: Mapping[str, tuple[Item, Any]]) -> dict[str, Any]:
    drawn = [
        name for name in st.session_state if isinstance(name, str) and name.startswith(f"examine-{assessment_id}-")
    ]
    changed: dict[str, Any] = {}
    for item_id, (item, before) in sheet.items():
        name = _key(assessment_id, item_id)
        if any(each == name or each.startswith(f"{name}.") for each in drawn):
            now = fields.raw(item, name)
            if now != before:
                changed[item_id] = now
    return changed


def carry_over(file: EpisodeFile, items: Iterable[Item]) -> None:
    """Before a sheet is drawn: bring along what was typed for an older assessment, and remember what is drawn now."""
    drawn: dict[int, tuple[int, dict[str, tuple[Item, Any]]]] = st.session_state.setdefault(_DRAWN, {})
    last = drawn.get(file.episode.id)
    if last is not None and last[0] != file.assessment_id:
        st.session_state[_CARRIED] = {file.assessment_id: _differing(*last)}
    drawn[file.episode.id] = (file.assessment_id, {item.id: (item, stored(file, item)) for item in items})


def forget(file: EpisodeFile) -> None:
    """After saving: the next sheet starts from what is stored."""
    st.session_state.get(_DRAWN, {}).pop(file.episode.id, None)
