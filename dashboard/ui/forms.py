"""A history being taken: each question drawn from the knowledge, and saved as it is answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import streamlit as st

from dashboard import casework, intake
from dashboard.access import Actor
from dashboard.casework.obstacles import obstacle
from dashboard.casework.views import DraftView
from dashboard.clinic import clinic
from dashboard.clinical.vocabulary import Item, Option, Section
from dashboard.entry import DETAIL
from dashboard.ui import cached, door, fields, look, state
from dashboard.ui.look import plain


@dataclass
class Taking:
    """One run's view of an intake being taken."""

    actor: Actor
    draft: DraftView
    saved_late: bool = False
    """True once something was saved while drawing: what was drawn above is then out of date."""
    _cautions: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.visible = intake.visible(self.draft.answers)
        self.progress = intake.progress(self.draft.answers, shown=self.visible)
        self.document: Mapping[str, Any] = cached.document(self.draft.answers)
        for caution in intake.warnings(self.draft.answers, self.visible):
            self._cautions.setdefault(caution.items[0], []).append(caution.says)

    def cautions(self, item_id: str) -> Sequence[str]:
        """Soft warnings to show beside a question."""
        return self._cautions.get(item_id, ())

    def derived(self, item_id: str) -> list[Mapping[str, Any]]:
        """The derived values that fall into a named band, to show under the question that completes them."""
        wanted = cached.derived_after(item_id)
        return [each for each in self.document["derived"] if each["id"] in wanted and each["label"]]


def section(taking: Taking, each: Section) -> None:
    """Every question of a section, each in its own place whether it is asked now or not.

    The places never move, so that a question appearing above does not take the cursor away from the one being answered.
    """
    said = ""
    with st.container(key="intake-form", gap=None), st.container(key=f"section-{each.id}", gap=None):
        for item in intake.knowledge().items_of(each.id):
            place = st.container(key=f"item-{item.id}", gap="xsmall")
            if item.id in taking.visible:
                with place:
                    _question(taking, item, help_said=said == item.help)
                said = item.help


def _question(taking: Taking, item: Item, help_said: bool) -> None:
    _field(taking, item, _label(item))
    if item.detail and _wants_words(item, taking.draft.answers.get(item.id)):
        words = intake.question(item.id + DETAIL)
        _field(taking, words, "Details for the clinician (optional)")
    if item.help and not help_said:
        st.caption(item.help)
    for says in taking.cautions(item.id):
        st.markdown(f":orange[:material/help: {plain(says)}]")
    for derived in taking.derived(item.id):
        _derived(derived)


def _field(taking: Taking, item: Item, label: str) -> None:
    """One field: start from what is stored, draw, and save what differs from what was last dealt with."""
    draft = taking.draft
    stored = _stored(draft, item.id)
    unit = _preferred_unit(item, stored)
    shown = fields.start(item, *stored, unit)
    memory = state.meet(draft.id, item.id, fields.comparable(item, shown, unit), stored)
    key = field_key(draft.id, item.id, memory.generation)
    if (chosen := st.session_state.get(f"{key}.unit", unit)) != unit:
        unit, shown = chosen, fields.start(item, *stored, chosen)
    changed = partial(_on_change, draft.id, item, memory.generation)
    options = _options(item, draft.answers)
    fields.draw(fields.Field(item, key, label, options, changed), shown, unit)
    if late := keep(draft.id, item, memory.generation):
        taking.draft, taking.saved_late = late, True
    with st.container(key=f"refused-{item.id}"):  # always there, so that what follows keeps its place
        if memory.refused:
            st.markdown(f":red[:material/error: {plain(memory.refused)}]")


def keep(draft_id: str, item: Item, generation: int) -> DraftView | None:
    """Save a field if a person changed it since it was last dealt with; the new draft, or None when nothing was saved.

    It runs as the widget's callback (also when the page is left at once) and again after drawing, because a value a
    browser brings back after a lost connection calls nobody. The person is asked for anew: a callback runs before the
    page's own door.
    """
    memory, key = state.held(draft_id, item.id), field_key(draft_id, item.id, generation)
    raw, unit = fields.raw(item, key), fields.unit_of(item, key)
    value = fields.comparable(item, raw, unit)
    if memory is None or raw is fields.NOT_DRAWN or value == memory.raw:
        return None
    before = memory.raw
    try:
        actor = door.who()
        if actor is None:
            return None
        memory.raw = value
        saved = casework.save_answer(actor, draft_id, item.id, raw, unit=unit if item.units else None)
    except casework.BadAnswer as why:
        memory.refused = f"{why.message[:1].upper()}{why.message[1:].rstrip('.')}."
        return None
    except casework.StaleRecord:
        return None  # submitted or put aside meanwhile; the page is about to say so
    except Exception as why:
        if (found := obstacle(why)) is None:
            raise
        memory.raw = before  # not dealt with: tried again at every run until it is saved
        memory.refused = f"Not saved yet. {found.what}: {found.lines[0]}"
        return None
    memory.refused, memory.stored = "", _stored(saved, item.id)
    return saved


def _on_change(draft_id: str, item: Item, generation: int) -> None:
    keep(draft_id, item, generation)


def field_key(draft_id: str, item_id: str, generation: int = 0) -> str:
    """The widget key of a field; a later generation starts again from what is stored."""
    return f"{draft_id}.{item_id}" + (f".{generation}" if generation else "")


def _stored(draft: DraftView, item_id: str) -> tuple[Any, Any]:
    return draft.answers.get(item_id), draft.entered.get(item_id)


def _preferred_unit(item: Item, stored: tuple[Any, Any]) -> str | None:
    """The unit it was entered in, else the clinic's, else the item's own."""
    entered = stored[1]
    return (entered or {}).get("unit") or clinic().unit_for((*item.units, item.unit or "")) or item.unit


def _label(item: Item) -> str:
    unit = item.unit if item.unit and not item.units and item.unit.lower() not in item.wording.lower() else ""
    parts = [look.label(item.wording), f"({look.label(unit)})" if unit else "", "" if item.required else "(optional)"]
    return " ".join(part for part in [*parts, ":material/lock:" if item.sensitive else ""] if part)


def _wants_words(item: Item, answer: Any) -> bool:
    """Details are asked where there is something to tell: after a yes, and after any choice but "no" and "none"."""
    if item.type == "flag":
        return bool(answer == "yes")
    return bool(answer) and answer not in ("no", "none", "never", "normal", "negative", "first")


def _options(item: Item, answers: Mapping[str, Any]) -> tuple[Option, ...]:
    """The options offered: what only files say is left out, and of "which is worst" all but the places named."""
    offered = tuple(option for option in item.options if option.asked or option.code == answers.get(item.id))
    places = cached.places_of(item)
    if places is None:
        return offered
    named = {each.partition(":")[0] for each in answers.get(places.id) or ()}
    return tuple(option for option in item.options if option.code in named | {answers.get(item.id)})


def _derived(derived: Mapping[str, Any]) -> None:
    unit = f" {derived['unit']}" if derived["unit"] else ""
    amount, band = plain(f"{derived['value']:g}{unit}"), plain(derived["label"])
    with st.container(key=f"derived-{derived['id']}"):
        st.markdown(f":material/calculate: {plain(derived['title'])}: **{amount}** · {band}")
        if derived["says"]:
            st.caption(plain(derived["says"]))
