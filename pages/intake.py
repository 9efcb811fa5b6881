"""Intake: take a history, one section at a time; every answer is kept as it is given."""

import streamlit as st

from dashboard.access import Permission
from dashboard.ui import handed_over, intake_panels, intake_review, patients, taking_state
from dashboard.ui.commit_guard import guard
from dashboard.ui.desk import lease, on_paper, putting_aside
from dashboard.ui.door import enter
from dashboard.ui.taking import Taking

actor = enter(Permission.INTAKE_WRITE)
draft = taking_state.open_draft(actor)

if draft is None:
    patients.choose(actor)
elif draft.state == "submitted":
    handed_over.confirmation(actor, draft)
elif draft.state == "discarded":
    patients.offer_restoring(actor, draft)
else:
    taking = Taking(actor, draft, lease.asked_before(draft))
    here = taking_state.current_section(draft)
    intake_panels.header(taking)
    rail, room = st.columns([1, 3], gap="large")
    with rail:
        intake_panels.rail(taking, here)
    with room:
        intake_panels.alarms(taking, here)
        if on_paper.is_open(draft, here):
            on_paper.room(actor, draft)
        elif here == taking_state.REVIEW:
            intake_review.review(taking)
            intake_review.submit(taking)
            putting_aside.offer(taking)
        else:
            intake_panels.section(taking, here)
    guard(here, taking_state.current_item(), taking)
    if taking.saved_late:
        st.rerun()
