"""Where a person is in an intake: which draft, which section, which question the cursor goes to."""

from __future__ import annotations

import streamlit as st

from dashboard import casework, intake
from dashboard.access import Actor
from dashboard.casework.views import DraftView
from dashboard.ui import door, settings, state
from dashboard.ui.desk import lease, tab

REVIEW = "review"
_DRAFT, _SECTION, _ITEM = "draft_id", "intake_section", "intake_item"


def open_draft(actor: Actor) -> DraftView | None:
    """The draft of the address, else the one this session has open; None when there is none to go on with."""
    asked = st.query_params.get("draft")
    draft_id = asked or st.session_state.get(_DRAFT)
    if not draft_id:
        return None
    try:
        draft = state.saved_this_moment(draft_id) or casework.read_draft(actor, draft_id)
    except casework.NotFound:
        leave()
        return None
    if draft.state != "open" and not asked:
        leave()
        return None
    _remember(draft.id)
    settings.stand_at(actor, draft.patient.site_id)
    if draft.state != "open":
        return draft
    brought = tab.exchange(draft, current_section(draft))
    if brought is not None and brought.draft_id == draft.id and _SECTION not in st.session_state:
        # What its fields hold is looked at where they are drawn, wherever somebody else has turned meanwhile.
        st.session_state[_SECTION] = brought.section
    return lease.enter(actor, draft, brought)


def resume(draft_id: str) -> None:
    """Go on with a draft (a button's callback)."""
    st.session_state.pop(_SECTION, None)
    st.session_state.pop(_ITEM, None)
    st.session_state[_DRAFT] = draft_id
    st.query_params["draft"] = draft_id
    state.forget(draft_id)


def leave() -> None:
    """Close the draft in this session; on the server it stays as it is."""
    if draft_id := st.session_state.get(_DRAFT):
        lease.leave(draft_id)
    for key in (_DRAFT, _SECTION, _ITEM):
        st.session_state.pop(key, None)
    st.query_params.pop("draft", None)


def current_section(draft: DraftView) -> str:
    """The section on screen: the one chosen, else the one the draft was left at, else the first."""
    known = [each.id for each in intake.asked_sections()] + [REVIEW]
    for wanted in (st.session_state.get(_SECTION), draft.section):
        if wanted in known:
            return str(wanted)
    return known[0]


def current_item() -> str | None:
    """The question a jump link asked for."""
    found: str | None = st.session_state.get(_ITEM)
    return found


def go_to(section_id: str) -> None:
    """Open a section (a button's callback) and remember it on the server."""
    state.about_to_save()
    st.session_state[_SECTION] = section_id
    st.session_state.pop(_ITEM, None)
    actor, draft_id = door.who(), st.session_state.get(_DRAFT)
    if actor is not None and draft_id:
        casework.keep_section(actor, draft_id, section_id)


def go_to_item(item_id: str) -> None:
    """Open the section of a question and put the cursor on it (a button's callback)."""
    go_to(intake.knowledge().items[item_id].section)
    st.session_state[_ITEM] = item_id


def _remember(draft_id: str) -> None:
    if st.session_state.get(_DRAFT) != draft_id:
        st.session_state[_DRAFT] = draft_id
        state.forget(draft_id)
    if st.query_params.get("draft") != draft_id:
        st.query_params["draft"] = draft_id
