"""Emergency access as those see it who review it: each with its reason, what was done, and what a reviewer found."""

from __future__ import annotations

import streamlit as st

from dashboard import casework
from dashboard.access import Actor
from dashboard.casework import emergency
from dashboard.casework.emergency import EmergencyView
from dashboard.ui import door, look, rooms, words
from dashboard.ui.look import plain
from dashboard.ui.settings import clinic

HOW = {"password": "their password", "open-id": "the clinic's account", "demo": "a press, in the demo"}
TABS, TAB = "admin-tab", "Emergency access"
"""The key of Administration's tabs, and the name of this one."""
_SAID = "emergency_said"


def lead_here() -> None:
    """Open this tab when the address asks for it, once."""
    if st.query_params.get("tab") == "emergency":
        del st.query_params["tab"]
        st.session_state[TABS] = TAB


def panel(actor: Actor) -> None:
    """Those nobody reviewed first, then the others, newest first."""
    st.header("Emergency access", anchor=False)
    st.caption("Records of another site, each opened by a clinician for an hour. By record number, without a name.")
    if said := st.session_state.pop(_SAID, ""):
        st.error(said, icon=":material/error:")
    every = emergency.emergencies(actor)
    if not every:
        look.empty_state(
            ":material/emergency:",
            "No record was opened in an emergency",
            "It would stand here at once.",
            "emergencies",
        )
    waiting, done = ([each for each in every if (each.reviewed_at is None) is new] for new in (True, False))
    for each in waiting:
        _card(actor, each)
    if done:
        st.subheader("Reviewed", anchor=False)
    for each in done:
        _card(actor, each)


def mark(actor: Actor) -> None:
    """On Today, for administrators: how many wait to be reviewed; nothing when none does."""
    count = emergency.emergency_count(actor)
    if not count.unreviewed:
        return
    with st.container(border=True, key="emergencies-unreviewed"):
        one = "Emergency access to 1 record was" if count.unreviewed == 1 else (
            f"Emergency access to {count.unreviewed} records was"
        )  # fmt: skip
        st.markdown(f":red-badge[:material/emergency: To review] **{one} not reviewed yet.**")
        st.page_link(
            rooms.path_to("admin"),
            label="Review it in Administration",
            icon=":material/arrow_forward:",
            query_params={"tab": "emergency"},
        )


def numbers(actor: Actor) -> None:
    """On Today, for managers: how often, and nothing else."""
    count = emergency.emergency_count(actor)
    times = "once" if count.lately == 1 else f"{count.lately} times" if count.lately else "not once"
    waits = f" {count.unreviewed} of all still to be reviewed." if count.unreviewed else ""
    st.caption(f"Records of another site were opened in an emergency {times} in the last 30 days.{waits}")


def _card(actor: Actor, each: EmergencyView) -> None:
    with st.container(border=True, key=f"emergency-card-{each.id}"):
        begun, ends = words.here(each.opened_at), words.here(each.ends_at)
        st.markdown(
            f"**{plain(each.person)}** opened record **{plain(each.record_number)}** of {plain(each.site)}  \n"
            f":gray[{clinic().day(begun.date())}, {begun:%H:%M} to {ends:%H:%M} · confirmed by {HOW[each.confirmed]}]"
        )
        st.markdown(f"Reason: {plain(each.reason)}")
        st.caption(f"Done: {_done(each)}")
        if each.reviewed_at is not None:
            when = clinic().day(words.here(each.reviewed_at).date())
            st.markdown(f"Reviewed by **{plain(each.reviewed_by)}** on {when}: {plain(each.review_words)}")
        elif each.is_open:
            st.badge("Open now", icon=":material/lock_open:", color="red")
        else:
            _review(actor, each)


def _done(each: EmergencyView) -> str:
    return ", ".join(f"{plain(deed)} {number}×" for deed, number in each.done.items()) or "nothing was read or written"


def _review(actor: Actor, each: EmergencyView) -> None:
    with st.form(f"emergency-review-{each.id}", border=False):
        st.text_input(
            "What you found",
            key=f"emergency-words-{each.id}",
            max_chars=emergency.REASON_AT_MOST,
            placeholder="Such as: spoke to the clinician; rightly opened",
        )
        st.form_submit_button(
            "Reviewed", key=f"emergency-reviewed-{each.id}", icon=":material/check:", on_click=_reviewed, args=(each,)
        )


def _reviewed(each: EmergencyView) -> None:
    actor, said = door.who(), st.session_state.get(f"emergency-words-{each.id}") or ""
    if actor is None:
        return
    try:
        emergency.review_emergency(actor, each.id, each.version, said)
    except (casework.Forbidden, casework.NotReady, casework.StaleRecord) as why:
        st.session_state[_SAID] = str(why)
