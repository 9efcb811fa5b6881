"""One referral: where it is, how late, its history, and the ways it may go on."""

from __future__ import annotations

from datetime import UTC, date, datetime

import streamlit as st

from dashboard import casework, labels
from dashboard.access import Actor, Permission
from dashboard.casework.views import ReferralRow
from dashboard.ui import door, look, rooms, words
from dashboard.ui.look import plain
from dashboard.ui.panels import markup
from dashboard.ui.settings import clinic

_COLOURS = {"completed": "green", "declined": "orange", "withdrawn": "gray", "draft": "gray"}
_MOVES = {
    "draft": "Back to draft",
    "sent": "Send",
    "received": "Mark received",
    "scheduled": "Mark scheduled",
    "completed": "Complete",
    "declined": "Declined",
    "withdrawn": "Withdraw",
}
_SAID = "referral_said"


def card(actor: Actor, row: ReferralRow, in_episode: bool = False) -> None:
    """The referral with its state, age and moves; patient and reason only for those who see names."""
    with st.container(key=f"referral-{row.id}", border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(_heading(row, in_episode), width="stretch")
            st.markdown(_state(row), width="content")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(_about(row), width="stretch")
            if actor.may(Permission.REFERRAL_WRITE) and row.may_move_to:
                _move(row)
            if row.patient_name is not None:
                _history(actor, row, in_episode)
        _said(row)


def _about(row: ReferralRow) -> str:
    reason = f"{plain(row.reason)}  \n" if row.reason else ""
    return f"{reason}:small[:gray[{_age(row)}]]"


def _heading(row: ReferralRow, in_episode: bool) -> str:
    kind = f"**{labels.said(labels.REFERRALS, row.kind)}**"
    if in_episode or row.patient_name is None:
        return kind
    return f"{kind} · {plain(row.patient_name)} :gray[{plain(row.record_number or '')}]"


def _state(row: ReferralRow) -> str:
    late = f" :red-badge[:material/schedule: {days_late(row, _today())} days late]" if row.overdue else ""
    urgent = "" if row.priority == "routine" else f" {look.urgency_markdown(row.priority)}"
    return f":{_COLOURS.get(row.state, 'blue')}-badge[{labels.said(labels.REFERRAL_STATES, row.state)}]{late}{urgent}"


def _age(row: ReferralRow) -> str:
    due = f" · due {clinic().day(row.due_on)}" if row.due_on else ""
    return f"Made {words.since(row.created_at)} ago by {plain(row.created_by)} · {plain(row.site)}{due}"


def days_late(row: ReferralRow, today: date) -> int:
    """Whole days past the day it was due."""
    return max(0, (today - row.due_on).days) if row.due_on else 0


def _today() -> date:
    return words.here(datetime.now(UTC)).date()


def _move(row: ReferralRow) -> None:
    with st.popover("Move on", icon=":material/arrow_forward:", key=f"move-{row.id}"):
        note = f"note-{row.id}-{row.version}"
        st.text_input("Note", key=note, placeholder="Needed to decline or withdraw")
        for state in row.may_move_to:
            st.button(
                _MOVES[state],
                key=f"move-{row.id}-{state}",
                width="stretch",
                on_click=_go,
                args=(row, state, note),
                type="primary" if state == row.may_move_to[0] else "secondary",
            )


def _go(row: ReferralRow, state: str, note: str) -> None:
    actor = door.who()
    if actor is None:
        return
    try:
        casework.move_referral(actor, row.id, row.version, state, st.session_state.get(note) or "")
        said = ("success", f"Now {labels.said(labels.REFERRAL_STATES, state).lower()}.")
    except casework.StaleRecord:
        said = ("warning", "Someone else moved it meanwhile; this is where it is now. Your note is not saved.")
    except (casework.NotReady, casework.GateClosed, casework.BadAnswer) as why:
        said = ("warning", str(why))
    except casework.Forbidden:
        said = ("warning", "Your role does not allow this.")
    st.session_state[_SAID] = (row.id, *said)


def _said(row: ReferralRow) -> None:
    said = st.session_state.get(_SAID)
    if said and said[0] == row.id:
        del st.session_state[_SAID]
        (st.success if said[1] == "success" else st.warning)(plain(said[2]))


def _history(actor: Actor, row: ReferralRow, in_episode: bool) -> None:
    shown = st.popover("History", icon=":material/history:", type="tertiary", key=f"moves-{row.id}", on_change="rerun")
    if shown.open:
        moves = row.moves if in_episode else casework.read_referral(actor, row.id).moves
        with shown:
            markup.show(
                markup.table(
                    "Moves",
                    ("When", "To", "By", "Note"),
                    [
                        (
                            f"{clinic().day(words.here(move.at).date())} {words.clock(move.at)[:5]}",
                            labels.said(labels.REFERRAL_STATES, move.to_state),
                            move.by,
                            move.note,
                        )
                        for move in moves
                    ],
                )
            ) if moves else st.caption("It has not moved yet.")
    if not in_episode:
        st.page_link(
            rooms.path_to("episode"),
            label="Episode",
            icon=":material/assignment_ind:",
            query_params={"episode": str(row.episode_id)},
        )
