"""Whether the audit trail is whole: what was found when it was last looked through, and looking through it now."""

from __future__ import annotations

import streamlit as st

from dashboard import casework
from dashboard.access import Actor, Permission
from dashboard.casework.views import TrailVerdict
from dashboard.ui import words
from dashboard.ui.look import plain
from dashboard.ui.settings import clinic


def panel(actor: Actor) -> None:
    """The last result, and the button that looks again."""
    told = casework.last_verdict(actor)
    with st.container(key="trail-whole", border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(says(told))
            if actor.may(Permission.AUDIT_VERIFY):
                pressed = st.button("Verify now", icon=":material/verified_user:", key="trail-verify")
                if pressed:
                    _verify(actor)
        if told is not None and told.fault_count:
            more = told.fault_count - len(told.faults)
            lines = [*told.faults, *([f"and {more} more"] if more > 0 else [])]
            st.error("\n".join(f"- {plain(line)}" for line in lines), icon=":material/gpp_bad:")
            st.caption("Leave the database and its audit-head files as they are; ask whoever looks after the server.")


def says(told: TrailVerdict | None) -> str:
    """The last result in one line."""
    if told is None:
        return ":material/help: Nobody has verified yet that the trail is whole."
    at = words.here(told.at)
    when = plain(f"verified {clinic().day(at.date())} {at:%H:%M} by {told.by}")
    if told.fault_count:
        return f":red[:material/gpp_bad:] **The trail was tampered with** ({told.events:,} events; {when})"
    return f":green[:material/verified_user:] **The trail is whole**: {told.events:,} events, {when}"


def _verify(actor: Actor) -> None:
    """Look through it with a bar that says how far; the page is then drawn again with the result."""
    bar = st.progress(0.0, "Looking at every event")

    def tell(done: int, total: int) -> None:
        bar.progress(min(1.0, done / max(1, total)), f"Event {done:,} of {total:,}")

    casework.verify_trail(actor, tell)
    st.rerun()
