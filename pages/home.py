"""Today: what waits for this person, the most urgent first, and where to begin."""

import streamlit as st

from dashboard.access import Permission, Role
from dashboard.ui import look, patients, today
from dashboard.ui.desk import handing, open_drafts
from dashboard.ui.door import enter

actor = enter(Permission.KNOWLEDGE_READ)  # the one permission every role has

if actor.role is Role.MANAGER:
    look.title("Today", "The clinic in numbers, without names.")
    today.for_manager(actor)
elif actor.role is Role.ADMINISTRATOR:
    look.title("Today", "What keeps the clinic's records in order.")
    today.for_administrator(actor)
else:
    heading, finding = st.columns([2, 5], gap="large", vertical_alignment="center")
    with heading:
        look.title("Today")
    with finding:
        patients.finder(actor)
    handing.queue(actor)
    with st.container(key="today"):
        waiting, beside = st.columns([5, 2], gap="large")
    with waiting:
        today.worklist(actor)
    with beside:
        open_drafts.show(actor)
        today.overdue(actor)
