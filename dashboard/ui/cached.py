"""What every run needs and no run should work out again; everything depends on its arguments only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import streamlit as st

from dashboard import intake
from dashboard.clinical.vocabulary import Item

_NAME = re.compile(r"[a-z_][a-z0-9_]*")


def document(answers: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is said of these answers, worked out again only when one of them changed; kept in this session alone."""
    return _kept("last_document", answers)


def document_of(answers: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same of answers that are not all in the draft, remembered beside it."""
    return _kept("last_document_besides", answers)


def _kept(place: str, answers: Mapping[str, Any]) -> Mapping[str, Any]:
    last, sha256 = st.session_state.get(place), intake.knowledge().sha256
    if last is None or last[0] != answers or last[2] != sha256:
        last = st.session_state[place] = (dict(answers), intake.preview(answers), sha256)
    said: Mapping[str, Any] = last[1]
    return said


def derived_after(item_id: str) -> tuple[str, ...]:
    """The derived values to show under a question: those it is the last part of."""
    return _derived_places(intake.knowledge().sha256).get(item_id, ())


@lru_cache(maxsize=4)
def _derived_places(sha256: str) -> Mapping[str, tuple[str, ...]]:
    known = intake.knowledge()
    order = {item_id: place for place, item_id in enumerate(known.items)}
    places: dict[str, tuple[str, ...]] = {}
    for derived in known.derived.values():
        parts = [name for name in _NAME.findall(derived.formula) if name in order]
        if parts:
            last = max(parts, key=order.__getitem__)
            places[last] = (*places.get(last, ()), derived.id)
    return places


def places_of(item: Item) -> Item | None:
    """The places question a "which of these" question chooses from, if it is one."""
    known = intake.knowledge()
    codes = {option.code for option in item.options}
    same = (each for each in known.items_of(item.section) if each.type == "sites")
    return next((each for each in same if item.type == "choice" and codes <= {o.code for o in each.options}), None)


def title_of_condition(code: str | None) -> str:
    """A condition's title, or a plain dash."""
    condition = intake.knowledge().conditions.get(code or "")
    return condition.title if condition else "–"


def title_of_step(code: str | None) -> str:
    """A ladder step's title, or a plain dash."""
    return next((step.title for step in intake.knowledge().ladder if step.id == code), "–")
