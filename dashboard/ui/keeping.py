"""One field of the intake: started from what is stored, drawn, and saved as soon as a person changed it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from dashboard import casework, intake
from dashboard.access import Actor
from dashboard.casework.obstacles import obstacle
from dashboard.casework.views import DraftView
from dashboard.clinical.vocabulary import Item, Option
from dashboard.ui import cached, door, fields, state
from dashboard.ui.desk import lease
from dashboard.ui.desk import tab as the_tab
from dashboard.ui.field import Worst
from dashboard.ui.look import plain
from dashboard.ui.settings import clinic
from dashboard.ui.state import Held, Stored, stored_of
from dashboard.ui.taking import Taking


def field(taking: Taking, item: Item, label: str) -> None:
    """One field: start from what is stored, draw, and save what differs from what was last dealt with."""
    draft = taking.draft
    stored = stored_of(draft, item.id)
    unit = _preferred_unit(item, stored)
    memory = state.meet(draft.id, item.id, stored, partial(_raw_of, item), draft.version)
    key = field_key(draft.id, item.id, memory.generation)
    unit = st.session_state.get(f"{key}.unit", unit)
    locked = lease.reads_only(taking)
    fields.draw(
        fields.Field(
            item,
            key,
            label,
            _options(item, draft.answers),
            partial(_on_change, draft.id, item, memory.generation),
            disabled=locked,
            draft=draft.id,
            put=partial(put, draft.id, item),
            worst=_worst(taking, item),
        ),
        _shown(item, stored, unit),
        unit,
    )
    if not locked and (late := keep(draft.id, item, memory.generation)):
        taking.draft, taking.saved_late = late, True
    with st.container(key=f"refused-{item.id}"):  # always there, so that what follows keeps its place
        if refused := memory.refused or _half_refused(item, stored):
            st.markdown(f":red[:material/error: {plain(refused)}]")


def keep(draft_id: str, item: Item, generation: int) -> DraftView | None:
    """Save a field if a person changed it since it was last dealt with; the new draft, or None when nothing was saved.

    It runs as the widget's callback (also when the page is left at once) and again after drawing, because a value a
    browser brings back after a lost connection calls nobody. The person is asked for anew: a callback runs before the
    page's own door.
    """
    memory, key = state.held(draft_id, item.id), field_key(draft_id, item.id, generation)
    raw, unit = fields.raw(item, key), fields.unit_of(item, key)
    value = fields.comparable(item, raw, unit)
    if memory is None or memory.generation != generation or raw is fields.NOT_DRAWN or value == memory.raw:
        return None
    try:
        actor = door.acting()
        if actor is None:
            return None
        saved = _save(actor, draft_id, item, raw, unit, memory)
        memory.raw = value
    except casework.StaleRecord:
        memory.raw = value
        return None  # submitted or put aside meanwhile; the page is about to say so
    except Exception as why:
        if (found := obstacle(why)) is None:
            raise
        # Not dealt with: tried again at every run until it is saved.
        memory.refused = f"Not saved yet. {found.what}: {found.lines[0]}"
        return None
    if saved is not None and saved.kept:
        memory.stored, memory.version = stored_of(saved, item.id), saved.version
    elif saved is not None:
        memory.outdated = True
    return saved


def _save(actor: Actor, draft_id: str, item: Item, raw: Any, unit: str | None, memory: Held) -> DraftView | None:
    """Save what a field holds; None where it is refused whole, and of half an answer the draft that keeps it."""
    seen, tab = memory.stored.answer, the_tab.name()
    try:
        unit = unit if item.units else None
        saved = casework.save_answer(actor, draft_id, item.id, raw, unit=unit, seen=seen, tab=tab)
    except casework.BadAnswer as why:
        memory.refused = _said(why)
        try:
            return casework.keep_unfinished(actor, draft_id, item.id, raw, unit, seen=seen, tab=tab)
        except casework.BadAnswer:
            return None
    memory.refused = ""
    return saved


def put(draft_id: str, item: Item, change: Callable[[Any], Any]) -> bool:
    """In a callback: save what came another way than by the field's own widgets; they start again from it."""
    state.about_to_save()
    memory = state.held(draft_id, item.id)
    if memory is None:
        return False
    try:
        actor = door.acting()
        raw = change(memory.raw)
        saved = _save(actor, draft_id, item, raw, None, memory) if actor is not None else None
    except casework.StaleRecord:
        return False
    except Exception as why:
        if (found := obstacle(why)) is None:
            raise
        memory.refused = f"Not saved yet. {found.what}: {found.lines[0]}"
        return False
    if saved is None:
        return False
    memory.raw, memory.stored, memory.outdated = raw, stored_of(saved, item.id), True
    state.just_saved(saved)
    return True


def _on_change(draft_id: str, item: Item, generation: int) -> None:
    state.about_to_save()
    if saved := keep(draft_id, item, generation):
        state.just_saved(saved)


def field_key(draft_id: str, item_id: str, generation: int = 0) -> str:
    """The widget key of a field; a later generation starts again from what is stored."""
    return f"{draft_id}.{item_id}" + (f".{generation}" if generation else "")


def _raw_of(item: Item, stored: Stored) -> Any:
    """What a field shows of a stored answer, as it is compared with what the browser holds."""
    unit = _preferred_unit(item, stored)
    return fields.comparable(item, _shown(item, stored, unit), unit)


def _shown(item: Item, stored: Stored, unit: str | None) -> Any:
    """The raw value the widgets start from: what is there of half an answer, else the answer."""
    return stored.half if stored.half is not None else fields.start(item, stored.answer, stored.entered, unit)


def _half_refused(item: Item, stored: Stored) -> str:
    """Why half an answer that was brought back is not one yet."""
    if stored.half is None:
        return ""
    try:
        intake.accept(item, stored.half)
    except casework.BadAnswer as why:
        return _said(why)
    return ""


def _said(why: casework.BadAnswer) -> str:
    return f"{why.message[:1].upper()}{why.message[1:].rstrip('.')}."


def _preferred_unit(item: Item, stored: Stored) -> str | None:
    """The unit it was entered in, else the clinic's, else the item's own."""
    if not item.units:
        return item.unit
    return (stored.entered or {}).get("unit") or clinic().unit_for((*item.units, item.unit or "")) or item.unit


def _worst(taking: Taking, item: Item) -> Worst | None:
    """Of the places drawn on the body chart: the question which of them is the worst, while it is asked."""
    facts = intake.knowledge().body.facts
    if facts is None or facts.item != item.id or facts.worst_item not in taking.visible:
        return None
    worst = intake.knowledge().items[facts.worst_item]
    return Worst(taking.draft.answers.get(worst.id), partial(put, taking.draft.id, worst))


def _options(item: Item, answers: Mapping[str, Any]) -> tuple[Option, ...]:
    """The options offered: what only files say is left out, and of "which is worst" all but the places named."""
    answer = answers.get(item.id) if item.options else None
    held = {answer} if isinstance(answer, str) else {str(each).partition(":")[0] for each in answer or ()}
    offered = tuple(option for option in item.options if option.asked or option.code in held)
    places = cached.places_of(item)
    if places is None:
        return offered
    named = {each.partition(":")[0] for each in answers.get(places.id) or ()}
    return tuple(option for option in item.options if option.code in named | {answers.get(item.id)})
