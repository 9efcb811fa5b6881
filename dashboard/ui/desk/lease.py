"""Who is writing this intake: one person at a time, everybody else sees who, and can take over."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import streamlit as st

from dashboard import casework, intake
from dashboard.access import Actor
from dashboard.casework.views import DraftView
from dashboard.ui import door, state, words
from dashboard.ui.desk import tab
from dashboard.ui.desk.putting_aside import put_aside
from dashboard.ui.look import plain
from dashboard.ui.settings import clinic
from dashboard.ui.state import Recalled
from dashboard.ui.taking import Taking

BEAT_EVERY = timedelta(seconds=20)
WARN_BEFORE = timedelta(days=2)
_WROTE, _FIRST_LOOK, _DRAWN = "wrote_draft", "first_look", "draft_drawn"
"""Session keys: the draft this tab was writing, whether this run first looks at what a browser brought, and what the
page has drawn of who writes it."""


def enter(actor: Actor, draft: DraftView, brought: tab.Note | None) -> DraftView:
    """The open draft with this tab as its writer where nobody else is; what a browser brings along is recalled."""
    st.session_state[_FIRST_LOOK] = False
    if brought is not None and brought.draft_id == draft.id:
        seen = casework.draft_as_of(actor, draft.id, brought.version) if brought.version < draft.version else {}
        state.recall(draft.id, Recalled(seen, brought.generations))
        st.session_state[_FIRST_LOOK] = True
    if not draft.expired and (draft.writer is None or (is_mine(actor, draft) and _is_due(draft))):
        draft = casework.hold_draft(actor, draft.id, tab.name())
    if is_mine(actor, draft):
        st.session_state[_WROTE] = draft.id
    st.session_state[_DRAWN] = _told(draft)
    return draft


def is_mine(actor: Actor, draft: DraftView) -> bool:
    """Whether this tab is the one that writes the draft."""
    writer = draft.writer
    return writer is not None and (writer.tab, writer.person_id) == (tab.name(), actor.person_id)


def reads_only(taking: Taking) -> bool:
    """Whether the fields are shown to be read; those a browser has just brought back are looked at once before."""
    return not is_mine(taking.actor, taking.draft) and not st.session_state.get(_FIRST_LOOK)


def asked_before(draft: DraftView) -> Collection[str]:
    """At the first look: the questions that were asked by what the browser had before it; else none.

    One of them may hold an answer nobody has seen, although somebody else's answer has made it disappear meanwhile.
    """
    if not first_look():
        return ()
    seen = state.recalled(draft.id)
    had = {item: each.answer for item, each in seen.items()}
    return intake.visible({item: each for item, each in {**draft.answers, **had}.items() if each is not None})


def first_look() -> bool:
    """Whether a browser brought its fields into a session that had not begun."""
    return bool(st.session_state.get(_FIRST_LOOK))


def banner(taking: Taking) -> None:
    """Above everything: that somebody else is writing, or that the draft has expired, and the way on."""
    draft = taking.draft
    with st.container(key="lease-banner"):
        if draft.expired:
            _expired(taking)
        elif draft.writer is not None and not is_mine(taking.actor, draft):
            _somebody_writes(taking)


def line(taking: Taking) -> None:
    """Beside the saved time: until when the draft is kept."""
    draft = taking.draft
    until = f"kept until {clinic().day(words.here(draft.kept_until).date())}"
    if not draft.expired and draft.kept_until - datetime.now(UTC) < WARN_BEFORE:
        st.caption(f":orange[:material/schedule: Only {until} unless somebody goes on]")
        return
    st.caption(until.capitalize())


def leave(draft_id: str) -> None:
    """Stop writing, so that the next who opens the draft need not wait."""
    if st.session_state.pop(_WROTE, None) == draft_id and (actor := door.who()) is not None:
        casework.let_go_of_draft(actor, draft_id, tab.name())


def beat(actor: Actor, draft_id: str) -> DraftView:
    """From the heartbeat: this tab is still there; the draft as it is now."""
    draft = casework.read_draft(actor, draft_id)
    if draft.state == "open" and is_mine(actor, draft) and _is_due(draft):
        return casework.hold_draft(actor, draft_id, tab.name())
    return draft


def is_news(draft: DraftView) -> bool:
    """Whether somebody else wrote, took over, submitted or went since the page was drawn."""
    return bool(st.session_state.get(_DRAWN) != _told(draft))


def _told(draft: DraftView) -> tuple[object, ...]:
    """What the page has to be drawn anew for; not each answer, which a page that writes has drawn itself."""
    writer = draft.writer
    mine = writer is not None and writer.tab == tab.name()
    return (draft.id, draft.state, writer.tab if writer else "", 0 if mine else draft.version)


def _is_due(draft: DraftView) -> bool:
    return draft.writer is not None and datetime.now(UTC) - draft.writer.heard_at >= BEAT_EVERY


def _somebody_writes(taking: Taking) -> None:
    draft, writer = taking.draft, taking.draft.writer
    assert writer is not None
    own = writer.person_id == taking.actor.person_id
    if own:
        where = "in another window" if casework.on_this_device(taking.actor, writer) else "on another device"
        says = f"You are writing this intake {where}"
    elif st.session_state.get(_WROTE) == draft.id:
        says = f"**{plain(writer.name)} took over** at {words.minute(writer.since)} and is writing this intake"
    else:
        says = f"**{plain(writer.name)} is writing** this intake"
    last = f", last answer {words.moment(draft.answered_at)}" if draft.answered_at else ""
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="somebody-writes"):
        st.markdown(f":material/edit: {says}{last}. You can read along; the fields are locked here.", width="stretch")
        st.button(
            "Go on here" if own else "Take over",
            icon=":material/swipe_right:",
            type="primary",
            key="take-over",
            on_click=_take_over,
            args=(draft.id,),
        )


def _take_over(draft_id: str) -> None:
    if (actor := door.who()) is not None:
        casework.take_over_draft(actor, draft_id, tab.name())


def _expired(taking: Taking) -> None:
    draft = taking.draft
    since = clinic().day(words.here(draft.kept_until).date())
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="expired-draft"):
        st.markdown(
            f":orange[:material/schedule: **This intake expired on {since}.**] Nothing of it was removed. Renew it to "
            "go on, or put it aside.",
            width="stretch",
        )
        st.button("Renew", type="primary", icon=":material/update:", key="renew", on_click=_renew, args=(draft,))
        st.button("Put aside", icon=":material/archive:", key="expired-aside", on_click=put_aside, args=(draft,))


def _renew(draft: DraftView) -> None:
    if (actor := door.who()) is not None:
        casework.renew_draft(actor, draft.id, draft.version)
