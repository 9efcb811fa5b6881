"""What a returning patient said last time, offered to be confirmed and never assumed."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import streamlit as st

from dashboard import casework, dates, intake
from dashboard.casework import before
from dashboard.casework.before import UNCHANGED, Before
from dashboard.clinical.vocabulary import Item
from dashboard.entry import DETAIL
from dashboard.ui import door, state, words
from dashboard.ui.desk import lease, tab
from dashboard.ui.look import plain
from dashboard.ui.taking import Taking

MEMORY = "last_intake"
"""Session key: (draft, what its patient said last time), read once for a draft and session."""


def offer(taking: Taking, section_id: str) -> None:
    """Above a section: what was said last time and can be confirmed together."""
    last = last_of(taking)
    with st.container(key="unchanged-offer"):  # always there, so that what follows keeps its place
        if last is None:
            return
        waiting = _waiting(taking, last, section_id)
        if len(waiting) < 2:
            return
        told = " · ".join(f"{plain(item.wording.rstrip('?'))}: **{_told(last, item)}**" for item in waiting)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f":material/history: Last time ({dates.said(last.day)}): :small[{told}]", width="stretch")
            st.button(
                f"All {len(waiting)} unchanged `+`",
                key="unchanged-all",
                disabled=lease.reads_only(taking),
                on_click=_confirm,
                args=(taking.draft.id, tuple(item.id for item in waiting)),
            )


def under(taking: Taking, item: Item) -> None:
    """Under a question without an answer: what was said last time, and a key that confirms it."""
    if not item.carried:
        return
    last = last_of(taking)
    if last is None or not before.offered(last, item):
        return
    answer, told = taking.draft.answers.get(item.id), _told(last, item)
    with st.container(key=f"last-{item.id}", horizontal=True, vertical_alignment="center", gap="small"):
        if intake.is_blank(answer):
            st.markdown(f":small[:gray[Last time ({dates.said(last.day)}):] **{told}**]", width="content")
            st.button(
                "Unchanged `=`",
                key=f"same-{item.id}",
                type="tertiary",
                icon=":material/check:",
                disabled=lease.reads_only(taking),
                on_click=_confirm,
                args=(taking.draft.id, (item.id,)),
            )
        elif item.id in last.confirmed and answer == last.answers[item.id]:
            st.caption(f":material/history: Unchanged since {dates.said(last.day)}, confirmed at this visit")
        else:
            st.caption(f"Last time ({dates.said(last.day)}): {told}")


def since(taking: Taking, item: Item) -> str:
    """Of an answer confirmed at this visit: since when it stands; else nothing."""
    last = last_of(taking)
    if last is None or item.id not in last.confirmed or taking.draft.answers.get(item.id) != last.answers.get(item.id):
        return ""
    return f"(unchanged since {dates.said(last.day)})"


def last_of(taking: Taking) -> Before | None:
    """What the patient said at the last submitted intake; asked of the database once for a draft and session."""
    kept = st.session_state.get(MEMORY)
    if kept is None or kept[0] != taking.draft.id:
        kept = st.session_state[MEMORY] = (taking.draft.id, casework.last_intake(taking.actor, taking.draft.id))
    found: Before | None = kept[1]
    return found


def _waiting(taking: Taking, last: Before, section_id: str) -> Sequence[Item]:
    items = (item for item in intake.knowledge().items_of(section_id) if item.carried and item.id in taking.visible)
    return [i for i in items if intake.is_blank(taking.draft.answers.get(i.id)) and before.offered(last, i)]


def _told(last: Before, item: Item) -> str:
    detail = last.answers.get(item.id + DETAIL)
    told = words.answer(item, last.answers[item.id], last.entered.get(item.id))
    return plain(told + (f" ({detail})" if detail else ""))


def _confirm(draft_id: str, item_ids: Sequence[str]) -> None:
    """Keep the last answers of these questions as they are, each with the words beside it (a button's callback)."""
    state.about_to_save()
    actor, kept = door.who(), st.session_state.get(MEMORY)
    if actor is None or kept is None or kept[0] != draft_id or kept[1] is None:
        return
    last: Before = kept[1]
    with suppress(casework.StaleRecord):  # submitted or put aside meanwhile; the page is about to say so
        for item_id in item_ids:
            for each in (item_id, item_id + DETAIL) if item_id + DETAIL in last.answers else (item_id,):
                raw, unit = before.as_typed(last, each)
                state.just_saved(
                    casework.save_answer(actor, draft_id, each, raw, unit, seen=None, source=UNCHANGED, tab=tab.name())
                )
        last.confirmed.update(item_ids)
