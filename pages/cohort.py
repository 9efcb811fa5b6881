"""Cohort: who comes, how urgent, what is done, how they do; every number with its denominator."""

import streamlit as st

from dashboard.access import Permission
from dashboard.ui import look
from dashboard.ui.door import enter
from dashboard.ui.panels import cohort_filters, cohort_replies, exporting, markup

actor = enter(Permission.COHORT_READ)

markup.style()
look.title("Cohort", "The clinic's runners as a whole. No name is ever shown here.")
selection = cohort_filters.panel(cohort_replies.offered(actor))
report = cohort_replies.report_of(actor, selection)
cohort_replies.headline(actor, report)
parts = ["The clinic", "The suggestions", *(["Export"] if exporting.may(actor) else [])]
clinic, suggestions, *export = st.tabs(parts, key="cohort-tab", on_change="rerun")
if clinic.open:
    with clinic:
        cohort_replies.panels(actor, selection, report)
if suggestions.open:
    with suggestions:
        judged = cohort_replies.report_of(actor, selection, cohort_replies.SUGGESTIONS)
        cohort_replies.panels(actor, selection, judged, cohort_replies.SUGGESTIONS)
for tab in export:
    if tab.open:
        with tab:
            exporting.panel(actor)
