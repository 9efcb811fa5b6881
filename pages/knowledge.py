"""Knowledge: read every condition, rule, number and source that the reasoning uses, with its status."""

import streamlit as st

from dashboard.access import Permission
from dashboard.ui import look
from dashboard.ui.door import enter
from dashboard.ui.panels import library, library_conditions, library_rules, markup, source_card, versions

actor = enter(Permission.KNOWLEDGE_READ)

markup.style()
look.title("Knowledge", "Everything the suggestions rest on, where it comes from, and how good it is.")
library.header(actor)
wanted = st.text_input(
    "Search", key="search", placeholder="A finding, a source, a drug, a word", icon=":material/search:"
)

rooms = {
    "Conditions": library_conditions.panel,
    "Red flags": library_rules.red_flags,
    "Ladder and imaging": library_rules.ladder,
    "Orthobiologics": library_rules.orthobiologics,
    "Prevention": library_rules.advice,
    "Questions": library_rules.items,
    "Outcome measures": library_rules.measures,
    "Sources": library_rules.references,
    "Source card": source_card.panel,
}
*tabs, governed, changes = st.tabs([*rooms, "Versions", "Changes"], key="knowledge-tab", on_change="rerun")
for tab, panel in zip(tabs, rooms.values(), strict=True):
    if tab.open:
        with tab:
            panel(wanted or "")
if governed.open:
    with governed:
        versions.panel(actor)
if changes.open:
    with changes:
        library.changelog(actor)
