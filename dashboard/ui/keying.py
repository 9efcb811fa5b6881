"""Keying a paper form in: one box a line in the browser, kept on the server as it is typed."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import casework, intake, on_paper
from dashboard.access import Actor
from dashboard.casework.keying import PaperView
from dashboard.on_paper import Line
from dashboard.ui import door

_ASSETS = Path(__file__).parent / "assets"
_grid = st.components.v2.component(
    "backstride.keying",
    html='<div class="lines"></div>',
    css=(_ASSETS / "keying.css").read_text(encoding="utf-8"),
    js=(_ASSETS / "keying.js").read_text(encoding="utf-8"),
)
_HINTS = {
    "flag": "Y, N or U",
    "mix": "a number and its per cent each: 1:60 3:40",
    "activities": "each with its rating: gardening=4; stairs=6",
    "text": "as written",
}


@st.fragment(key="keying")
def grid(actor: Actor, view: PaperView) -> None:
    """Every line of the form, with what was keyed of it so far."""
    key = f"keying-{view.draft_id}-{view.turn}"
    told = _grid(
        key=key,
        data={"of": key, "lines": _lines(intake.knowledge().sha256), "texts": dict(view.texts)},
        default={"texts": {}},
        on_texts_change=lambda: None,
    )
    keep(view.draft_id, dict(told.texts or {}))


def keep(draft_id: str, texts: dict[str, str]) -> None:
    """Keep what the browser has, in the name of whoever is there now; nothing to do for nothing."""
    actor = door.who()
    if actor is None or not texts:
        return
    try:
        view = casework.keep_keyed(actor, draft_id, {item: str(text) for item, text in texts.items()})
    except casework.BadAnswer as why:
        st.error(f"{on_paper.number_of(why.item)} {why.message}", icon=":material/error:")
    except (casework.NotReady, casework.StaleRecord):
        st.caption(":material/sync_problem: This keying was finished elsewhere. Open it again to go on.")
    else:
        st.caption(f":material/cloud_done: {len(view.texts)} lines kept")


@lru_cache(maxsize=2)
def _lines(sha256: str) -> list[dict[str, Any]]:
    """What the browser draws; ``sha256`` is only the cache's key."""
    titles = {section.id: f"{section.letter}  {section.title}" for section in intake.asked_sections()}
    return [_shown(line, titles[line.item.section]) for line in on_paper.lines()]


def _shown(line: Line, section: str) -> dict[str, Any]:
    return {
        "item": line.item.id,
        "number": line.number,
        "wording": "Details" if line.is_detail else line.item.wording,
        "kind": line.item.type,
        "most": len(line.options),
        "hint": hint(line),
        "section": section,
        "detail": line.is_detail,
    }


def hint(line: Line) -> str:
    """What may be typed for a line."""
    if line.item.type in _HINTS:
        return _HINTS[line.item.type]
    if not line.options:
        units = [each for each in (line.item.unit, *line.item.units) if each]
        return f"a number, with its unit where it is not the form's ({', '.join(units)})" if units else "a number"
    several = {"choices": " (several with spaces)", "sites": ", each with L, R or B"}.get(line.item.type, "")
    listed = " · ".join(f"{place} {option.label}" for place, option in enumerate(line.options, 1))
    return f"{listed}{several}"
