"""Two answers to one question, given by two people: both shown, one chosen."""

from __future__ import annotations

import streamlit as st

from dashboard import casework, intake
from dashboard.casework.views import AsideView
from dashboard.clinical.vocabulary import Item
from dashboard.ui import door, words
from dashboard.ui.desk import lease, tab
from dashboard.ui.look import label, plain
from dashboard.ui.taking import Taking

NO_ANSWER = "no answer"


def under(taking: Taking, item: Item) -> None:
    """Under a question: what somebody else said meanwhile, and which of both to keep."""
    for aside in taking.draft.asides:
        if aside.item == item.id:
            _choice(taking, item, aside)


def elsewhere(taking: Taking) -> None:
    """On the last screen: every question that was answered twice, with the same choice."""
    for aside in taking.draft.asides:
        _choice(taking, intake.question(aside.item), aside, named=True)


def _choice(taking: Taking, item: Item, aside: AsideView, named: bool = False) -> None:
    draft = taking.draft
    theirs = _said(item, aside.answer, aside.entered)
    ours = _said(item, draft.answers.get(item.id), draft.entered.get(item.id))
    question = f"{label(item.wording)}: " if named else ""
    locked = not lease.is_mine(taking.actor, draft)
    with st.container(border=True, gap="xsmall", key=f"twice-{aside.id}"):
        st.markdown(
            f":orange[:material/call_split:] {question}**{plain(aside.by)} answered {plain(theirs)}** at "
            f"{words.moment(aside.at)}; the intake says **{plain(ours)}**. Keep which?"
        )
        with st.container(horizontal=True, gap="small", key=f"twice-{aside.id}-ways"):
            for which, answer, kept in (("theirs", theirs, True), ("ours", ours, False)):
                st.button(
                    f"Keep {plain(answer)}",
                    key=f"keep-{which}-{aside.id}",
                    disabled=locked,
                    on_click=_settle,
                    args=(draft.id, aside.id, kept),
                )


def _said(item: Item, value: object, entered: object) -> str:
    return NO_ANSWER if value is None else words.answer(item, value, entered if isinstance(entered, dict) else None)


def _settle(draft_id: str, aside_id: int, keep_it: bool) -> None:
    if (actor := door.who()) is not None:
        casework.settle_answer(actor, draft_id, aside_id, keep_it, tab=tab.name())
