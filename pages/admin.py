"""Administration: people, who may do what, emergencies, the audit trail, and what is in use."""

import streamlit as st

from dashboard.access import Permission
from dashboard.ui import look
from dashboard.ui.door import enter
from dashboard.ui.panels import clinic_room, emergencies, instrument_files, markup, matrix, people, trail

actor = enter(Permission.PERSON_READ)

markup.style()
look.title("Administration", "Who works here, what they may do, what was done, and what is in use.")
emergencies.lead_here()
who, may, opened, audit, use = st.tabs(
    ["People", "Who may do what", emergencies.TAB, "Audit trail", "In use"], key=emergencies.TABS, on_change="rerun"
)
if who.open:
    with who:
        people.panel(actor)
if may.open:
    with may:
        matrix.panel()
if opened.open:
    with opened:
        emergencies.panel(actor)
if audit.open:
    with audit:
        trail.panel(actor)
if use.open:
    with use:
        clinic_room.in_use(actor)
        instrument_files.panel()
        clinic_room.other_clinic(actor)
        clinic_room.backup()
