"""The body chart on the screen: a second way of filling the places of pain, beside the list.

A tap is saved at once as the answer itself, and the list starts again from it; a change of the list is drawn on the
figures in the same run. So both always agree, and a page without the figures loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import body
from dashboard.clinical.knowledge import Knowledge
from dashboard.in_force import knowledge
from dashboard.ui.field import Field

_ASSETS = Path(__file__).parent / "assets"


def is_for(field: Field) -> bool:
    """Whether the knowledge in force draws the places of this question, and a tap can be saved."""
    drawn = knowledge().body
    return field.put is not None and drawn.facts is not None and bool(drawn) and drawn.facts.item == field.item.id


def chart(field: Field, marked: Mapping[str, str]) -> None:
    """The figures with these places marked; a tap is saved as the answer."""
    key, worst = f"{field.draft}.{field.item.id}.chart", field.worst
    _component(knowledge().sha256, live=True)(
        key=key,
        data={
            "marks": dict(marked),
            "worst": worst.answer if worst else None,
            "mayChooseWorst": worst is not None,
            "disabled": field.disabled,
            "heard": st.session_state.get(f"{key}.heard"),
        },
        on_tapped_change=lambda: _tapped(field, key),
        height="content",
    )


def shown(answers: Mapping[str, Any], key: str) -> None:
    """The figures as a small picture with the places of an intake, and those in words for who does not see it."""
    known = knowledge()
    facts = known.body.facts
    marked = body.marks(answers.get(facts.item) if facts is not None else None)
    if facts is None or not marked:
        return
    worst = answers.get(facts.worst_item)
    told = body.told(known.items[facts.item], marked, worst)
    _component(known.sha256, live=False)(
        key=key, data={"marks": marked, "worst": worst, "told": told}, width="content", height="content"
    )


def _tapped(field: Field, key: str) -> None:
    """In a callback: what was tapped becomes the answer. What could not be saved is not heard, and comes again."""
    page, taps = _fresh(st.session_state.get(key), st.session_state.get(f"{key}.heard"))
    if taps and not field.disabled and _places_saved(field, taps) and _worst_saved(field, taps):
        st.session_state[f"{key}.heard"] = [page, taps[-1]["n"]]


def _fresh(state: Any, heard: Any) -> tuple[str, list[Mapping[str, Any]]]:
    """The page that sent taps, and those of them not dealt with yet; nothing when a browser sent anything else."""
    sent = state.get("tapped") if isinstance(state, Mapping) else None
    page, taps = (sent.get("page"), sent.get("taps")) if isinstance(sent, Mapping) else (None, None)
    if not isinstance(page, str) or len(page) > 40 or not isinstance(taps, list):
        return "", []
    last = heard[1] if heard and heard[0] == page else 0
    numbered = [tap for tap in taps if isinstance(tap, Mapping) and type(tap.get("n")) in (int, float)]
    return page, [tap for tap in numbered if tap["n"] > last]


def _places_saved(field: Field, taps: Sequence[Mapping[str, Any]]) -> bool:
    def after(raw: Any) -> list[str] | None:
        return body.sites(field.item, body.tapped(field.item, body.marks(raw), taps)) or None

    places = any("place" in tap for tap in taps)
    return not places or (field.put is not None and field.put(after))


def _worst_saved(field: Field, taps: Sequence[Mapping[str, Any]]) -> bool:
    """The last place tapped as the worst becomes the answer of the question beside it."""
    wanted = [tap["worst"] for tap in taps if "worst" in tap]
    offered = {None, *(option.code for option in field.options)}
    if field.worst is None or not wanted or not isinstance(wanted[-1], str | None) or wanted[-1] not in offered:
        return True
    return field.worst.put(lambda before: wanted[-1])


@lru_cache(maxsize=4)
def _component(sha256: str, live: bool) -> Callable[..., Any]:
    """The component that draws the figures of one knowledge; its drawing is part of it, so it is sent once."""
    return st.components.v2.component(
        f"backstride.body_chart.{sha256[:12]}.{'live' if live else 'shown'}",
        html=body.drawing(_of(sha256), live),
        css=(_ASSETS / "body_chart.css").read_text(encoding="utf-8"),
        js=(_ASSETS / "body_chart.js").read_text(encoding="utf-8"),
    )


def _of(sha256: str) -> Knowledge:
    known = knowledge()
    assert known.sha256 == sha256
    return known
