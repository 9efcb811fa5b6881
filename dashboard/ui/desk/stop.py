"""When an emergency rule has fired: the form stops, the rest is optional, and what to do stands first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import casework, intake
from dashboard.ui import banner as flags
from dashboard.ui import door
from dashboard.ui.cached import document_of
from dashboard.ui.desk import handing
from dashboard.ui.look import plain
from dashboard.ui.taking import Taking
from dashboard.ui.taking_state import REVIEW, go_to, go_to_item

EMERGENCY = "emergency"
HAND_OVER_KEY = "Alt+Enter"
_GOING_ON, _REFUSED = "going_on_in_emergency", "handing_over_refused"
MOST_ANSWERS = 4


def banner(taking: Taking, here: str, besides: Mapping[str, Any] | None = None) -> None:
    """Above the questions: every red flag that fired, and in an emergency the one press that hands over.

    ``besides``: answers that count as well and are not in the draft yet, such as the patient's own on a tablet.
    """
    document = taking.document if not besides else document_of({**taking.draft.answers, **besides})
    flags.red_flags(document)
    with st.container(key="stopped", gap="small"):
        if document["urgency"] == EMERGENCY:
            _handing_over(taking, here, document)


def holds(taking: Taking, here: str) -> bool:
    """Whether the form stands still: an emergency rule fired that nobody has chosen to go on after."""
    fired = _fired(taking.document)
    return here != REVIEW and bool(fired) and not fired <= _gone_on(taking.draft.id)


def _handing_over(taking: Taking, here: str, document: Mapping[str, Any]) -> None:
    """The way out at once, what the alarm rests on so that a slip can be mended, and the way on."""
    if refused := st.session_state.pop(_REFUSED, ""):
        st.markdown(f":red[:material/error: {plain(refused)}]")
    with st.container(horizontal=True, gap="small", key="stopped-ways"):
        st.button(
            "Hand over now",
            type="primary",
            icon=":material/send:",
            key="hand-over",
            shortcut=HAND_OVER_KEY,
            on_click=_hand_over,
            args=(taking.draft.id, taking.draft.version),
        )
        if here != REVIEW:
            st.button("Look it over first", icon=":material/task_alt:", key="look-over", on_click=go_to, args=(REVIEW,))
    if not holds(taking, here):
        st.caption("Everything else is optional now: it can be asked later.")
        return
    st.markdown("**The form has stopped.** Everything else is optional. It fired on these answers:")
    for item in _because(document):
        st.button(
            plain(item.wording),
            key=f"because-{item.id}",
            type="tertiary",
            icon=":material/edit:",
            on_click=_go_on_at,
            args=(taking.draft.id, tuple(_fired(document)), item.id),
        )
    st.button(
        "Go on asking",
        type="tertiary",
        icon=":material/expand_more:",
        key="go-on-asking",
        on_click=_go_on,
        args=(taking.draft.id, tuple(_fired(document))),
    )


def _hand_over(draft_id: str, version: int) -> None:
    """Submit at once; what is missing can be asked later."""
    actor = door.who()
    if actor is None:
        return
    try:
        if handing.take_everything(actor, draft_id):  # what the patient said on the tablet counts now
            version = casework.read_draft(actor, draft_id).version
        casework.submit_intake(actor, draft_id, version)
    except casework.NotReady as why:
        st.session_state[_REFUSED] = f"{str(why)[:1].upper()}{str(why)[1:]}"
    except casework.StaleRecord:
        st.session_state[_REFUSED] = "An answer was changed meanwhile. Look at it, then hand over."


def _go_on(draft_id: str, fired: tuple[str, ...]) -> None:
    gone: dict[str, frozenset[str]] = st.session_state.setdefault(_GOING_ON, {})
    gone[draft_id] = gone.get(draft_id, frozenset()) | set(fired)


def _go_on_at(draft_id: str, fired: tuple[str, ...], item_id: str) -> None:
    _go_on(draft_id, fired)
    go_to_item(item_id)


def _gone_on(draft_id: str) -> frozenset[str]:
    found: frozenset[str] = st.session_state.get(_GOING_ON, {}).get(draft_id, frozenset())
    return found


def _fired(document: Mapping[str, Any]) -> frozenset[str]:
    """The emergency rules that fired: another one stops the form again."""
    return frozenset(flag["id"] for flag in document["red_flags"] if flag["urgency"] == EMERGENCY)


def _because(document: Mapping[str, Any]) -> list[Any]:
    """The questions of the desk that the emergency rests on."""
    known, desk = intake.knowledge(), {section.id for section in intake.asked_sections()}
    named = [item for flag in document["red_flags"] if flag["urgency"] == EMERGENCY for item in flag["because"]]
    items = [known.items[item] for item in dict.fromkeys(named) if item in known.items]
    return [item for item in items if item.section in desk][:MOST_ANSWERS]
