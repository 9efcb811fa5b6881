"""The body chart on the screen: a second way of filling the places of pain, beside the list that holds the answer.

The list's own widgets hold what was entered. A tap on a figure sets them, as if the list had been used, and the answer
is saved the way every answer is. So both can never disagree, and a page without the figures loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import body
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.vocabulary import Item
from dashboard.in_force import knowledge
from dashboard.ui.field import Field

_ASSETS = Path(__file__).parent / "assets"


def is_for(item: Item) -> bool:
    """Whether the knowledge in force draws the places of this question."""
    drawn = knowledge().body
    return drawn.facts is not None and bool(drawn) and drawn.facts.item == item.id


def chart(field: Field, marked: Mapping[str, str]) -> None:
    """The figures with these places marked; a tap sets the list's widgets and saves."""
    key, worst = f"{field.key}.chart", field.worst
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


def shown(sites: Sequence[str], worst: str | None, key: str) -> None:
    """The figures as a small picture with these places marked, and the places in words for who does not see it."""
    known = knowledge()
    if known.body.facts is None or not known.body:
        return
    marked = body.marks(sites)
    _component(known.sha256, live=False)(
        key=key,
        data={
            "marks": marked,
            "worst": worst,
            "told": body.told(known.items[known.body.facts.item], marked, worst),
        },
        height="content",
    )


def _tapped(field: Field, key: str) -> None:
    """In a callback: what was tapped becomes what the list holds, and is saved at once."""
    page, taps = _fresh(st.session_state.get(key), st.session_state.get(f"{key}.heard"))
    if not taps or field.disabled:
        return
    st.session_state[f"{key}.heard"] = [page, taps[-1]["n"]]
    before = listed(field)
    after = body.tapped(field.item, before, taps)
    if after != before:
        _list(field, after)
        field.changed()
    _choose_worst(field, taps)


def _fresh(state: Any, heard: Any) -> tuple[str, list[Mapping[str, Any]]]:
    """The page that sent taps, and those of them not dealt with yet; nothing when a browser sent anything else."""
    sent = state.get("tapped") if isinstance(state, Mapping) else None
    page, taps = (sent.get("page"), sent.get("taps")) if isinstance(sent, Mapping) else (None, None)
    if not isinstance(page, str) or len(page) > 40 or not isinstance(taps, list):
        return "", []
    last = heard[1] if heard and heard[0] == page else 0
    numbered = [tap for tap in taps if isinstance(tap, Mapping) and type(tap.get("n")) in (int, float)]
    return page, [tap for tap in numbered if tap["n"] > last]


def listed(field: Field) -> dict[str, str]:
    """What the list's widgets hold now: {place: side}."""
    chosen = st.session_state.get(field.key) or ()
    return {place: st.session_state.get(f"{field.key}.{place}") or body.NOT_SAID for place in chosen}


def _list(field: Field, marked: Mapping[str, str]) -> None:
    st.session_state[field.key] = [option.code for option in field.options if option.code in marked]
    for place, side in marked.items():
        st.session_state[f"{field.key}.{place}"] = side or None


def _choose_worst(field: Field, taps: Sequence[Mapping[str, Any]]) -> None:
    """The last place tapped as the worst becomes the answer of the question beside it."""
    wanted = [tap["worst"] for tap in taps if "worst" in tap]
    places = {option.code for option in field.options}
    if field.worst is None or not wanted or not (wanted[-1] is None or wanted[-1] in places):
        return
    st.session_state[field.worst.key] = wanted[-1]
    field.worst.changed()


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
