"""What changed since the patient's last intake, in one small table; what was only confirmed is named apart."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import casework, dates, intake
from dashboard.access import Actor
from dashboard.casework.before import Before, Change, differences
from dashboard.casework.views import EpisodeFile
from dashboard.ui import words
from dashboard.ui.look import plain
from dashboard.ui.panels import markup
from dashboard.ui.taking import Taking


def panel(actor: Actor, file: EpisodeFile) -> None:
    """On the episode's page, under its story: the latest intake beside the one before it."""
    since = casework.since_last_intake(actor, file.episode.id)
    if since is None:
        return
    items = intake.knowledge().items
    kept = f", {len(since.unchanged)} confirmed unchanged" if since.unchanged else ""
    with st.expander(f"Since {dates.said(since.before)}: {_counted(since.changes)}{kept}", key="since-last"):
        _table(since.changes, dates.said(since.before), dates.said(since.day))
        if since.unchanged:
            told = ", ".join(plain(items[item].wording.rstrip("?")) for item in since.unchanged)
            st.caption(f"Unchanged since {dates.said(since.before)}, confirmed {dates.said(since.day)}: {told}")


def of_taking(taking: Taking, last: Before | None) -> None:
    """On the review at the desk: the answers given so far beside those of the last intake."""
    if last is None:
        return
    changes = differences(last, taking.draft.answers, taking.draft.entered)
    if not changes:  # nothing to unfold; and what was not asked yet is not said to be unchanged
        st.caption(f":material/history: Nothing answered so far differs from {dates.said(last.day)}.")
        return
    with st.expander(f"Since {dates.said(last.day)}: {_counted(changes)}", key="since-last"):
        _table(changes, dates.said(last.day), "Now")


def _table(changes: Sequence[Change], then: str, now: str) -> None:
    items = intake.knowledge().items
    rows = [
        (items[each.item].wording, _said(each, each.was, each.was_entered), _said(each, each.now, each.now_entered))
        for each in changes
    ]
    if rows:
        markup.show(markup.table("Answered otherwise", ("Question", then, now), rows, widths=(50, 25, 25)))


def _said(change: Change, answer: object, entered: object) -> str:
    if intake.is_blank(answer):
        return "not asked or not answered"
    return words.answer(intake.knowledge().items[change.item], answer, entered)  # type: ignore[arg-type]


def _counted(changes: Sequence[Change]) -> str:
    if not changes:
        return "no answer changed"
    return f"{len(changes)} answers changed" if len(changes) > 1 else "1 answer changed"
