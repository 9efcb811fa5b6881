"""Outcome measures at intake: totals with what they mean, or the clinic's own items scored as they are asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import citing, instruments, intake, labels
from dashboard.clinical.vocabulary import Instrument, Item
from dashboard.ui import keeping
from dashboard.ui.desk import sheet
from dashboard.ui.look import plain
from dashboard.ui.taking import Taking


def under(taking: Taking, item: Item) -> None:
    """Under a total: its band, its minimal important change, and the items where the clinic holds them."""
    if measure := taking.measures.get(item.id):
        with st.container(key=f"measured-{item.id}", gap="xsmall"):
            _meaning(taking, item, measure)
            is_open = measure.scoring is not None and sheet.offer(taking, item, measure)
        if is_open:  # beside and not inside: the keys stop at its items, and at nothing that only stands under a field
            sheet.items(taking, item)
    for grouped in taking.measures.values():
        if grouped.group_item == item.id:
            _group(taking, item, grouped)


def _meaning(taking: Taking, item: Item, measure: Instrument) -> None:
    """What a value of this measure means; of a plain question of the intake only once it is answered."""
    value = instruments.total_of(intake.knowledge(), measure, {item.id: taking.draft.answers.get(item.id)})
    if value is None and measure.scoring is None:
        return
    told = [_value(measure, value)] if value is not None else [_range(measure)]
    told += [_change(measure), source(measure)]
    st.caption(" · ".join(plain(each) for each in told if each))
    entered = _whole_of(taking, measure, value) or taking.draft.entered.get(item.id)
    if value is not None and measure.scoring is not None:
        st.caption(plain(_how(entered)))


def _value(measure: Instrument, value: float) -> str:
    """ "12 of 24: middle", or a mean where the measure is one."""
    band = instruments.band_of(measure, value)
    unit = "" if measure.unit == "points" else f" {measure.unit}"
    mean = "mean " if measure.id == "psfs" else ""
    return f"{mean}{value:g}{unit}" + (f": {band}" if band else "")


def _range(measure: Instrument) -> str:
    return f"{measure.minimum:g} to {measure.maximum:g}, {measure.better} is better"


def _change(measure: Instrument) -> str:
    """The smallest change that matters, as what it is."""
    enough = measure.minimal_important_change
    if enough is None:
        return "no published smallest change that matters"
    return f"smallest change that matters: {enough:g} (group-level estimate)"


def source(measure: Instrument) -> str:
    """Where a measure's figures are from, and how far they were checked."""
    references = intake.knowledge().references
    cited = ", ".join(citing.short(references[each]) for each in measure.cite)
    return f"{cited}; {labels.said(labels.STATUSES, measure.status).lower()}"


def _whole_of(taking: Taking, part: Instrument, value: float | None) -> Mapping[str, Any] | None:
    """How the measure was entered whose items gave this part of it; None where they did not."""
    for item_id, whole in taking.measures.items():
        entered = taking.draft.entered.get(item_id) or {}
        if whole.part == part.id and (entered.get("parts") or {}).get(part.id) == value and value is not None:
            return entered
    return None


def _how(entered: Mapping[str, Any] | None) -> str:
    """Whether a total was scored here or typed from paper."""
    told = entered or {}
    if told.get("how") == "items":
        return f"Scored item by item, {told.get('says', '')}."
    beside = f" The item answers given before stay on record ({told.get('says', '')})." if told.get("items") else ""
    return f"Typed as a total, from paper.{beside}"


def _group(taking: Taking, item: Item, measure: Instrument) -> None:
    """The group by the published cut-offs: filled in where nothing was chosen, offered where something else was."""
    answers, known = taking.draft.answers, intake.knowledge()
    part = known.instruments.get(measure.part)
    total = instruments.total_of(known, measure, answers)
    beside = instruments.total_of(known, part, answers) if part else None
    group = instruments.group_of(measure, total, beside)
    with st.container(key=f"group-{item.id}"):
        if group is None:
            return
        label = next(option.label for option in item.options if option.code == group)
        at = f"total {total:g}" + ("" if beside is None else f", psychosocial part {beside:g}")
        st.caption(f":material/calculate: By the published cut-offs: **{plain(label)}** "
                   f"({plain(at)}) · {plain(source(measure))}")  # fmt: skip
        chosen = answers.get(item.id)
        if chosen in (None, *item.unknown_codes):
            if keeping.put(taking.draft.id, item, lambda _: group):
                taking.saved_late = True
        elif chosen != group:
            st.button(
                f"Choose {label}",
                key=f"take-group-{item.id}",
                icon=":material/check:",
                on_click=_take,
                args=(taking.draft.id, item, group),
            )


def _take(draft_id: str, item: Item, group: str) -> None:
    keeping.put(draft_id, item, lambda _: group)
