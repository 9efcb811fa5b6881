"""Administration: people, the audit trail, and what is in use."""

import streamlit as st

from dashboard.access import Permission
from dashboard.ui import look
from dashboard.ui.door import enter
from dashboard.ui.panels import clinic_room, markup, trail

actor = enter(Permission.PERSON_READ)

markup.style()
look.title("Administration", "Who works here, what was done, and what is in use.")
people, audit, use = st.tabs(["People", "Audit trail", "In use"], key="admin-tab", on_change="rerun")
if people.open:
    with people:
        clinic_room.people(actor)
if audit.open:
    with audit:
        trail.panel(actor)
if use.open:
    with use:
        clinic_room.in_use(actor)
        clinic_room.other_clinic(actor)
        clinic_room.backup()
