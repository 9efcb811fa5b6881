"""Episode: what is suggested, on what basis, how good that is, and what the clinician makes of it."""

import streamlit as st

from dashboard.access import Permission
from dashboard.ui import bring_to_view
from dashboard.ui.door import enter
from dashboard.ui.panels import (
    asking,
    closing,
    coding,
    compare,
    confirmed,
    considering,
    decision,
    differential,
    evidence,
    examination,
    gates,
    history,
    markup,
    next_question,
    opened,
    outcomes,
    pathway,
    referring,
    return_to_run,
    sheets,
    since_last,
    summary,
    what_if,
)

actor = enter(Permission.EPISODE_READ)
file = opened.episode(actor)
actor = actor.before(file.episode.site_id)  # of another site's record, opened in an emergency, less may be done

markup.style()
summary.header(file)
opened.last_words()
opened.stale_notice(file)
summary.red_flags(file)
summary.still_to_ask(file)
summary.told(file)
since_last.panel(actor, file)
summary.doubtful(file)
summary.answered_alone(actor, file)

with st.container(key="first-look"):
    likely, suggestion = st.columns([7, 5], gap="large")
with suggestion:
    pathway.suggested(file)
    decision.panel(actor, file)
    closing.panel(actor, file)
with likely:
    considered = considering.of(actor, file)
    differential.ranked(file, considered, compare.open_for)
    compare.way_in(file)
    what_if.panel(considered, file)
    next_question.panel(actor, considered, file)

tabs = (
    differential.WHY, compare.COMPARE, what_if.EVERYTHING, "Pathway", "Gates", asking.EXAMINE, "Refer", "Outcomes",
    "History", "Return to run", "Codes and sheets",
)  # fmt: skip
why, pair, changes, ladder, gate, examine, refer, course, past, running, record = st.tabs(
    tabs, key=differential.TAB, on_change="rerun"
)
with why:
    if why.open:
        evidence.panel(actor, file, considered)
with pair:
    if pair.open:
        compare.panel(actor, considered, file)
with changes:
    if changes.open:
        what_if.everything(considered)
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
        examination.panel(actor, file, considered)
with refer:
    if refer.open:
        referring.panel(actor, file)
with course:
    if course.open:
        outcomes.panel(actor, file)
        confirmed.panel(actor, file)
with past:
    if past.open:
        history.panel(actor, file)
with running:
    if opened.was_begun(file, "return to run", running.open):
        return_to_run.panel(actor, file)
with record:
    coding.begin(file)
    if record.open:
        coding.panel(actor, file)
        sheets.panel(actor, file)
summary.provenance(file)
bring_to_view.stand_by()
