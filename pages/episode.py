"""Episode: what is suggested, on what basis, how good that is, and what the clinician makes of it."""

import streamlit as st

from dashboard.access import Permission
from dashboard.ui.door import enter
from dashboard.ui.panels import (
    closing,
    decision,
    differential,
    evidence,
    examination,
    gates,
    history,
    markup,
    missing,
    opened,
    outcomes,
    pathway,
    referring,
    summary,
)

actor = enter(Permission.EPISODE_READ)
file = opened.episode(actor)

markup.style()
summary.header(file)
opened.last_words()
opened.stale_notice(file)
summary.red_flags(file)
summary.still_to_ask(file)

basis, suggestion = st.columns([7, 5], gap="large")
with basis:
    summary.told(file)
    differential.ranked(file)
with suggestion:
    pathway.suggested(file)
    decision.panel(actor, file)
    closing.panel(actor, file)
    missing.panel(file)

tabs = (differential.WHY, "Pathway", "Gates", "Examine", "Refer", "Outcomes", "History")
why, ladder, gate, examine, refer, course, past = st.tabs(tabs, key=differential.TAB, on_change="rerun")
with why:
    if why.open:
        evidence.panel(file)
with ladder:
    if ladder.open:
        pathway.ladder(file)
        pathway.contents(file)
        pathway.safety_net()
with gate:
    if gate.open:
        gates.panel(file)
with examine:
    if opened.was_begun(file, "examination", examine.open):
        examination.panel(actor, file)
with refer:
    if refer.open:
        referring.panel(actor, file)
with course:
    if course.open:
        outcomes.panel(actor, file)
with past:
    if past.open:
        history.panel(actor, file)
summary.provenance(file)
