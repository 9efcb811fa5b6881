"""The last screen of an intake: everything answered, everything missing, and the button that hands it over."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import casework, intake
from dashboard.clinical.vocabulary import Item, Section
from dashboard.entry import DETAIL
from dashboard.ui import handed_over, words
from dashboard.ui.desk import conflicts, doubts, unchanged
from dashboard.ui.desk.stop import EMERGENCY
from dashboard.ui.look import plain
from dashboard.ui.panels import since_last
from dashboard.ui.taking import Taking
from dashboard.ui.taking_state import go_to, go_to_item


def review(taking: Taking) -> None:
    """Everything answered and everything still missing, by section, before it is submitted."""
    left = sum(map(len, taking.progress.missing.values()))
    st.header("Review and submit", anchor=False)
    if left and taking.document["urgency"] == EMERGENCY:
        st.markdown(
            ":material/emergency: **Nothing else is required now:** hand over. "
            f"{left} question{'s' * (left > 1)} can be asked later; tap one to ask it now."
        )
    elif left:
        st.markdown(
            f":orange[:material/pending: **{left} required questions have no answer yet.**] Tap one to go to it."
        )
    else:
        st.markdown(":green[:material/check_circle: **Every required question has an answer.**]")
    doubts.summed_up(taking)
    conflicts.elsewhere(taking)
    _half_entered(taking)
    since_last.of_taking(taking, unchanged.last_of(taking))
    for each in intake.asked_sections():
        _reviewed(taking, each)


def _half_entered(taking: Taking) -> None:
    """What was entered and is no answer: it is not handed over, and each is a way to it."""
    items = [item for item in intake.knowledge().items if item in taking.draft.unfinished and item in taking.visible]
    if not items:
        return
    st.markdown(":orange[:material/rule: **Entered and not usable as it stands.**] It is not handed over.")
    with st.container(horizontal=True, gap="small"):
        for item_id in items:
            words_of = plain(intake.knowledge().items[item_id].wording)
            st.button(words_of, key=f"half-{item_id}", on_click=go_to_item, args=(item_id,))


def _reviewed(taking: Taking, each: Section) -> None:
    asked = [item for item in intake.knowledge().items_of(each.id) if item.id in taking.visible]
    if not asked:
        return
    told = [line for item in asked if (line := _answered(taking, item))]
    with st.container(key=f"review-{each.id}", border=True, gap="xsmall"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(f"**{each.letter}  {plain(each.title)}**", width="content")
            st.button("Change", key=f"change-{each.id}", type="tertiary", on_click=go_to, args=(each.id,))
        if told:
            st.markdown("\n".join(told))
        for doubt in (doubt for item in asked for doubt in taking.doubts(item.id)):
            st.markdown(doubts.line(doubt))
        _missing(taking.progress.missing.get(each.id, ()))


def _missing(item_ids: Sequence[str]) -> None:
    """Required questions without an answer, each a way to it."""
    if not item_ids:
        return
    items = intake.knowledge().items
    with st.container(horizontal=True, gap="small"):
        for item_id in item_ids:
            st.button(
                plain(items[item_id].wording),
                key=f"missing-{item_id}",
                icon=":material/pending:",
                on_click=go_to_item,
                args=(item_id,),
            )


def _answered(taking: Taking, item: Item) -> str:
    answer = taking.draft.answers.get(item.id)
    if intake.is_blank(answer):
        return ""
    details = taking.draft.answers.get(item.id + DETAIL)
    told = plain(words.answer(item, answer, taking.draft.entered.get(item.id)))
    line = f"- :gray[{plain(item.wording)}] **{told}**" + (f" {plain(str(details))}" if details else "")
    return line + (f" :gray[{since}]" if (since := unchanged.since(taking, item)) else "")


def submit(taking: Taking) -> None:
    """The last button. Pressed twice it submits once: the deed answers again with what it made the first time."""
    emergency = taking.document["urgency"] == EMERGENCY
    if emergency and not taking.progress.complete:
        st.error(
            "This is an emergency: hand over now. What is missing can be asked later.", icon=":material/emergency:"
        )
    with st.container(key="ways", horizontal=True, horizontal_alignment="distribute"):
        last = intake.asked_sections()[-1].id
        st.button("Back", icon=":material/arrow_back:", key="previous-section", on_click=go_to, args=(last,))
        pressed = st.button(
            "Submit the intake",
            type="primary",
            icon=":material/send:",
            key="submit",
            disabled=not (taking.progress.complete or emergency),
        )
    if pressed:
        _submit(taking)


def _submit(taking: Taking) -> None:
    try:
        done = casework.submit_intake(taking.actor, taking.draft.id, taking.draft.version)
    except casework.NotReady as why:
        st.error(f"{str(why)[:1].upper()}{str(why)[1:]}.", icon=":material/error:")
    except casework.StaleRecord:
        st.error("The intake changed meanwhile. Look it over again, then submit.", icon=":material/sync_problem:")
    else:
        previewed = taking.document["knowledge"]["version"]
        if done.knowledge_version != previewed:
            st.session_state[handed_over.MOVED_ON] = (done.episode_id, previewed, done.knowledge_version)
        st.rerun()
