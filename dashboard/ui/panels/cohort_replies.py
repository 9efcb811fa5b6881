"""The cohort's answers on the screen: finding, figure, denominator, table, download and how the number was made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import plotly.graph_objects as go  # type: ignore[import-untyped]
import streamlit as st

from dashboard import casework, cohort, labels
from dashboard.access import Actor
from dashboard.charts import figure, population
from dashboard.charts.rows import Change, Funnel, Months, Routes, Shares
from dashboard.cohort import Choices, Reply, Report, Scope, Selection
from dashboard.cohort.report import cell_words
from dashboard.disclosure import Shown
from dashboard.in_force import knowledge
from dashboard.ui import words
from dashboard.ui.look import plain
from dashboard.ui.panels import markup

Version = tuple[str, int, int]
WIDE = ("intakes", "flow")
_UNITS = {"urgency": "Intakes", "intakes": "Intakes", "orthobiologics": "Discussions", "reasons": "Overrides"}
CLINIC, SUGGESTIONS = "clinic", "suggestions"
_PARTS = {CLINIC: cohort.report, SUGGESTIONS: cohort.judgement_report}
"""What a report can be of."""


# Cached by everything they depend on, and by nobody's identity: a scope names no person.


@st.cache_data(max_entries=64, show_spinner=False)
def _choices(seen: Scope, version: Version, sha256: str) -> Choices:
    return cohort.choices(seen, knowledge())


@st.cache_data(max_entries=256, show_spinner="Counting")
def _report(seen: Scope, selection: Selection, version: Version, sha256: str, part: str) -> Report:
    return _PARTS[part](seen, selection, knowledge(), _choices(seen, version, sha256))


@st.cache_resource(max_entries=512, show_spinner=False)
def _figure(
    reply_id: str, seen: Scope, selection: Selection, version: Version, sha256: str, part: str
) -> go.Figure | None:
    return draw(_report(seen, selection, version, sha256, part).replies[reply_id])


@st.cache_data(max_entries=16, show_spinner=False)
def _ever(seen: Scope, version: Version) -> int:
    return cohort.clinic_total(seen)


def offered(actor: Actor) -> Choices:
    """What this person may filter by."""
    return _choices(cohort.scope(actor), cohort.version(), knowledge().sha256)


def headline(actor: Actor, report: Report) -> None:
    """Every intake ever, exact; how many are selected; and how what follows is protected."""
    seen = cohort.scope(actor)
    with st.container(key="cohort-headline", horizontal=True, wrap=False, gap="large", vertical_alignment="center"):
        with st.container(key="cohort-total", width="content"):
            ever = _ever(seen, cohort.version())
            st.metric("Intakes submitted, whole clinic, all time", f"{ever:,}", width="content")
        with st.container(key="cohort-selected", width="content"):
            st.metric("In this selection", report.everyone.words, width="content")
        if seen.protect:
            st.caption(
                ":material/shield_person: Figures below are protected: counts up to 10 are one band, the others are "
                "rounded to 10, so that nobody can be picked out by comparing selections.",
                width="stretch",
            )


def report_of(actor: Actor, selection: Selection, part: str = CLINIC) -> Report:
    """The report of a selection for this person: of the clinic, or of what became of the suggestions."""
    return _report(cohort.scope(actor), selection, cohort.version(), knowledge().sha256, part)


def panels(actor: Actor, selection: Selection, report: Report, part: str = CLINIC) -> None:
    """Every answer: the months and the flow over the whole width, the others in a grid that folds on a tablet."""
    for reply in report.replies.values():
        if reply.id in WIDE:
            with st.container(key=f"reply-{reply.id}", border=True, gap="small"):
                _reply(actor, selection, report, reply, part)
    grid = st.grid(2, min_column_width=400, border=True, key=f"replies-{part}")
    for reply in report.replies.values():
        if reply.id not in WIDE:
            with grid.cell(), st.container(key=f"reply-{reply.id}", gap="small"):
                _reply(actor, selection, report, reply, part)


def _reply(actor: Actor, selection: Selection, report: Report, reply: Reply, part: str) -> None:
    st.caption(plain(reply.question))
    st.markdown(f"## {plain(reply.finding)}")
    drawn = _figure(reply.id, cohort.scope(actor), selection, cohort.version(), knowledge().sha256, part)
    if drawn is not None:
        st.plotly_chart(drawn, key=f"figure-{reply.id}", config={"displayModeBar": False}, alt=reply.alt)
    st.caption(plain(reply.counted))
    more = st.expander("Table, download, and how this number was made", key=f"more-{reply.id}", on_change="rerun")
    if more.open:
        with more:
            _more(actor, selection, report, reply)


def _more(actor: Actor, selection: Selection, report: Report, reply: Reply) -> None:
    if reply.rows:
        numeric = [place for place in range(1, len(reply.columns)) if _is_number(reply.rows[0][place])]
        rows = [[_cell(cell) for cell in row] for row in reply.rows]
        markup.show(markup.table(reply.finding, reply.columns, rows, numeric))
    st.markdown(f"**How this number was made.** {plain(reply.definition)}")
    st.caption(f"Selection: {plain(report.says)}")
    today = words.here(datetime.now(UTC)).date()
    st.download_button(
        "Download as CSV",
        lambda: _taken(actor, selection, report, reply, today),
        file_name=f"cohort-{reply.id}-{today:%Y-%m-%d}.csv",
        mime="text/csv",
        icon=":material/download:",
        key=f"csv-{reply.id}",
        on_click="ignore",
    )


def _taken(actor: Actor, selection: Selection, report: Report, reply: Reply, today: date) -> str:
    """The table as a file, noted first."""
    casework.note_table(actor, reply.id, {**vars(selection), "site_ids": None})
    return cohort.as_csv(reply, report.says, today)


def _is_number(cell: object) -> bool:
    return isinstance(cell, Shown | float)


def _cell(cell: object) -> str:
    return cell.words if isinstance(cell, Shown) else cell_words(cell)  # type: ignore[arg-type]


def draw(reply: Reply) -> go.Figure | None:
    """The figure of a reply; None when there is nothing that may be drawn."""
    rows = reply.drawing
    if rows is None:
        return None
    if isinstance(rows, Months):
        return population.months(rows, _UNITS.get(reply.id, ""))
    if isinstance(rows, Funnel):
        return population.funnel(rows)
    if isinstance(rows, Change):
        return population.change(rows)
    if isinstance(rows, Routes):
        return population.flow(rows)
    if isinstance(rows, Shares):
        return population.shares(rows) if rows.rows else None
    return population.bars(rows, _UNITS.get(reply.id, ""), _colours(reply, rows))


def _colours(reply: Reply, rows: Sequence[object]) -> Sequence[str] | str:
    return [figure.URGENCY[code] for code in labels.URGENCIES] if reply.id == "urgency" else figure.TEAL
