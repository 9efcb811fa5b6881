"""Difference reports being worked off: one worker a report in this process, watched by whoever waits for it."""

from __future__ import annotations

import logging
import threading

import streamlit as st

from dashboard.access import Actor
from dashboard.casework import differing
from dashboard.casework.knowledge_views import ReportView

_workers: dict[int, threading.Thread] = {}
_troubles: dict[int, str] = {}
_starting = threading.Lock()
_log = logging.getLogger("backstride")


def begin(actor: Actor, candidate_id: int) -> int:
    """Begin a candidate's report and start its worker; the report's id. Raises what begin_report raises."""
    report = differing.begin_report(actor, candidate_id)
    go_on(actor, report.id)
    return report.id


def go_on(actor: Actor, report_id: int) -> None:
    """Start a worker for a report unless one is at it here; where another process works too, the slower one stops."""
    with _starting:
        if not is_under_way(report_id):
            _troubles.pop(report_id, None)
            name = f"report-{report_id}"
            _workers[report_id] = threading.Thread(target=_work, args=(actor, report_id), name=name, daemon=True)
            _workers[report_id].start()


def is_under_way(report_id: int) -> bool:
    """Whether a worker of this process is at it."""
    worker = _workers.get(report_id)
    return worker is not None and worker.is_alive()


def wait(report_id: int) -> None:
    """Return when this process's worker is through."""
    if (worker := _workers.get(report_id)) is not None:
        worker.join()


def progress(actor: Actor, report: ReportView) -> None:
    """How far a running report is, live; a way to go on where nobody is at it."""
    if trouble := _troubles.get(report.id):
        st.error(trouble, icon=":material/error:")
    if is_under_way(report.id):
        _bar(actor, report.id)
        return
    st.progress(_share(report), text=_words(report))
    st.caption("No worker of this server is at it. What was compared so far is kept.")
    icon = ":material/play_arrow:"
    if st.button("Go on with the report", icon=icon, key=f"report-go-on-{report.id}"):
        go_on(actor, report.id)
        st.rerun()


@st.fragment(run_every=0.5)
def _bar(actor: Actor, report_id: int) -> None:
    report = differing.read_report(actor, report_id)
    if report.state != "running" or not is_under_way(report_id):
        st.rerun()
    st.progress(_share(report), text=_words(report))


def _share(report: ReportView) -> float:
    return min(1.0, report.done / report.total) if report.total else 1.0


def _words(report: ReportView) -> str:
    return f"Assessing stored histories under both versions: {report.done:,} of {report.total:,}"


def _work(actor: Actor, report_id: int) -> None:
    try:
        differing.make_report(actor, report_id)
    except Exception as why:  # the screen must say that it stopped, whatever the reason
        _log.error("the difference report %s stopped: %s", report_id, type(why).__name__)
        _troubles[report_id] = f"The report stopped ({type(why).__name__}). What was compared is kept; go on with it."
