"""One version of the knowledge: what it changes in the knowledge and for stored histories, and the decision on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from dashboard.access import Actor, Permission
from dashboard.casework import approving, candidates, differing
from dashboard.casework.authority import today
from dashboard.casework.knowledge_views import KnowledgeVersionView, ReportView
from dashboard.clinical.comparing import Change
from dashboard.clinical.comparing_words import key, said, subject, turn
from dashboard.ui import report_making, words
from dashboard.ui.look import plain
from dashboard.ui.panels import difference_report, markup, proposing

Attempt = Callable[[str, Callable[[Actor], Any]], None]
MOST_SHOWN = 150
"""Changes shown in a table; a new release may have thousands."""


def panel(actor: Actor, each: KnowledgeVersionView, attempt: Attempt) -> None:
    """What it changes, what it would change here, and what this person may do with it."""
    with st.container(key="version-opened", gap="medium"):
        st.header(f"Version {plain(each.knowledge_version)}", anchor=False)
        st.caption(f"`{each.sha256}`")
        _what_changes(actor, each)
        if each.state == "candidate":
            _report(actor, each, attempt)
            _decision(actor, each, attempt)
        elif each.report_id is not None:
            st.subheader("The difference report it was approved on", anchor=False)
            difference_report.panel(actor, differing.read_report(actor, each.report_id))
        _ways_back(each, attempt)


def _what_changes(actor: Actor, each: KnowledgeVersionView) -> None:
    if each.origin == "adopted":
        st.caption("What was in force when this clinic was set up; it was compared with nothing.")
        return
    against = "what is in force" if each.state == "candidate" else "what was in force when it was proposed"
    st.subheader(f"What it says differently from {against}", anchor=False)
    table(approving.changes_of(actor, each.id))


def table(changes: Sequence[Change]) -> None:
    """Changes entry by entry; what is reasoned with first, the words beside it after."""
    if not changes:
        st.caption("Nothing that is read: only comments, or how the files are written.")
        return
    ordered = sorted(changes, key=lambda change: not change.reasons)
    columns = ("What", "Which part", "Before → after", "Acts on", "File")
    reasons = sum(change.reasons for change in changes)
    caption = f"{len(changes)} changes, {reasons} of which the reasoning uses"
    rows = [_row(change) for change in ordered[:MOST_SHOWN]]
    markup.show(markup.table(caption, columns, rows, widths=(32, 16, 26, 10, 16)))
    if len(ordered) > MOST_SHOWN:
        st.caption(f"and {len(ordered) - MOST_SHOWN} more; `python -m dashboard.clinical diff OLD NEW` lists them all.")


def _row(change: Change) -> tuple[object, ...]:
    acts = markup.badge("Reasoning", "care") if change.reasons else markup.badge("Words", "quiet")
    if not change.path:
        return markup.strong(subject(change)), "All of it", said(change).rpartition(": ")[2], acts, change.file
    return markup.strong(subject(change)), key(change), turn(change), acts, change.file


def _report(actor: Actor, each: KnowledgeVersionView, attempt: Attempt) -> None:
    st.subheader("What would change for the histories stored here", anchor=False)
    newest = next(iter(differing.reports(actor, each.id)), None)
    if newest is not None and newest.state == "running":
        report_making.progress(actor, newest)
    elif newest is not None:
        difference_report.panel(actor, newest)
    if newest is None or (newest.state != "running" and not newest.is_current):
        _make(each, attempt, newest)


def _make(each: KnowledgeVersionView, attempt: Attempt, older: ReportView | None) -> None:
    if older is not None:
        says = "This report compares with a version that is no longer in force. Make it anew."
        st.warning(says, icon=":material/update:")
    if "report" not in each.may:
        st.caption("A clinician makes the difference report before anyone can approve.")
        return
    st.button(
        "Make the difference report",
        key=f"report-{each.id}",
        icon=":material/difference:",
        type="primary",
        on_click=attempt,
        args=("The difference report has begun.", lambda who: report_making.begin(who, each.id)),
    )


def _decision(actor: Actor, each: KnowledgeVersionView, attempt: Attempt) -> None:
    st.subheader("Decision", anchor=False)
    if "approve" in each.may:
        _approve(actor, each, attempt)
        _refuse(each, attempt)
    elif actor.may(Permission.KNOWLEDGE_APPROVE):
        st.caption(":material/group: You proposed this. A second clinician approves or refuses it.")
    else:
        st.caption(":material/lock: A second clinician approves or refuses it.")


def _approve(actor: Actor, each: KnowledgeVersionView, attempt: Attempt) -> None:
    ready = any(report.is_current and report.state == "done" for report in differing.reports(actor, each.id))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        day = f"effective-{each.id}"
        st.date_input("In force from", value=today(), min_value=today(), key=day, width=220, format=words.date_field())
        st.button(
            "Approve",
            type="primary",
            icon=":material/verified:",
            key=f"approve-{each.id}",
            disabled=not ready,
            on_click=attempt,
            args=(
                f"Approved: version {each.knowledge_version} is in force from the day chosen.",
                lambda who: approving.approve(who, each.id, each.version, st.session_state.get(day)),
            ),
        )
    if not ready:
        st.caption("Approving needs the finished difference report against what is in force.")


def _refuse(each: KnowledgeVersionView, attempt: Attempt) -> None:
    with st.popover("Refuse", icon=":material/block:", type="tertiary", key=f"refusing-{each.id}"):
        why = f"refuse-words-{each.id}"
        st.text_area("Why", key=why, persist_state="page", height=88)
        st.button(
            "Refuse this candidate",
            key=f"refuse-{each.id}",
            on_click=attempt,
            args=("Refused.", lambda who: candidates.refuse(who, each.id, each.version, _typed(why))),
        )


def open_version(each: KnowledgeVersionView) -> None:
    """Show this version at the next run."""
    st.session_state["version-open"] = each.id


def _typed(key: str) -> str:
    """What stands in a field now: a button's callback must not remember what stood there when it was drawn."""
    return str(st.session_state.get(key) or "")


def _ways_back(each: KnowledgeVersionView, attempt: Attempt) -> None:
    with st.container(horizontal=True, gap="small"):
        if "withdraw" in each.may:
            label = "Take it back" if each.state == "candidate" else "Call it off before its day"
            st.button(
                label,
                key=f"withdraw-{each.id}",
                icon=":material/undo:",
                type="tertiary",
                on_click=attempt,
                args=("Withdrawn.", lambda who: candidates.withdraw(who, each.id, each.version)),
            )
        if "roll-back" in each.may:
            _roll_back(each, attempt)
        if each.state in ("candidate", "refused", "withdrawn") and each.origin == "edit":
            proposing.take_up(each, attempt)


def _roll_back(each: KnowledgeVersionView, attempt: Attempt) -> None:
    with st.popover("Roll back to this version", icon=":material/history:", key=f"rolling-back-{each.id}"):
        st.caption("It becomes a candidate: the difference report and a second clinician put it back in force.")
        why = f"roll-back-words-{each.id}"
        st.text_area("Why", key=why, persist_state="page", height=88)
        st.button(
            "Propose the rollback",
            key=f"roll-back-{each.id}",
            on_click=attempt,
            args=(
                f"Version {each.knowledge_version} is a candidate again.",
                lambda who: open_version(candidates.roll_back(who, each.id, _typed(why))),
            ),
        )
