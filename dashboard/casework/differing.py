"""The difference report: every stored history assessed under a candidate and under what is in force, side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from dashboard import intake
from dashboard.access import Actor, Permission
from dashboard.casework import following
from dashboard.casework.authority import changed, looking, looking_beyond, writing_beyond
from dashboard.casework.candidates import found
from dashboard.casework.deeds import deed
from dashboard.casework.errors import NotFound, NotReady, StaleRecord
from dashboard.casework.knowledge_shapes import report_view
from dashboard.casework.knowledge_views import DifferenceRow, ReportView
from dashboard.casework.rows import findable, number
from dashboard.casework.shapes import full_name
from dashboard.clinical.comparing import Outline, outlines, turned
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.vocabulary import Case
from db import queries, records
from db.queries import DifferenceEntry, Told
from db.tables import KnowledgeDifference, KnowledgeReport

TOGETHER = 500
"""Histories read, assessed twice and stored at a time: few enough to be light, and what an interruption costs."""
EVERY_HISTORY = "comparing every stored history under a candidate"
"""A version is in force at every site, so its report counts them all; whose they are is shown of one's own only."""
WEIGHTS = {"urgency": 40, "leading": 16, "step": 8, "may_discuss": 4, "gates": 2, "red_flags": 1}
UNREADABLE = 1000
LOWERED = 40
"""Added where the urgency falls: what has to be read first."""


@deed(Permission.KNOWLEDGE_PROPOSE, writes=True)
def begin_report(actor: Actor, candidate_id: int) -> ReportView:
    """Begin to compare a candidate with what is in force, over every history stored up to now."""
    with writing_beyond(actor, Permission.KNOWLEDGE_PROPOSE, EVERY_HISTORY) as session:
        candidate = found(session, candidate_id)
        if candidate.state != "candidate":
            raise NotReady("A difference report is made before a version takes effect.", ("version",))
        total, newest = queries.histories_told(session)
        report = KnowledgeReport(
            candidate_id=number(candidate),
            from_sha256=following.current(session).sha256,
            to_sha256=candidate.sha256,
            begun_by=actor.person_id,
            last_assessment_id=newest,
            total=total,
        )
        return report_view(session, records.insert(session, actor, report, "knowledge:report"))


@deed(Permission.KNOWLEDGE_PROPOSE, writes=True)
def make_report(actor: Actor, report_id: int, go_on: Callable[[ReportView], bool] = lambda _: True) -> ReportView:
    """Work a report off, a part at a time, until it is done or ``go_on`` says no; it may be taken up again later.

    Each part is stored with how far it got, so that nothing is lost or counted twice if the process ends. Where two
    work on one report, the slower one stops.
    """
    while True:
        try:
            view = _next_part(actor, report_id)
        except StaleRecord:
            return read_report(actor, report_id)
        if view.state != "running" or not go_on(view):
            return view


@deed(Permission.KNOWLEDGE_READ)
def read_report(actor: Actor, report_id: int) -> ReportView:
    """A report as far as it is."""
    with looking(actor, Permission.KNOWLEDGE_READ) as session:
        return report_view(session, _report(session, report_id))


@deed(Permission.KNOWLEDGE_READ)
def reports(actor: Actor, candidate_id: int) -> tuple[ReportView, ...]:
    """A candidate's reports, newest first."""
    with looking(actor, Permission.KNOWLEDGE_READ) as session:
        return tuple(report_view(session, row) for row in queries.knowledge_reports(session, findable(candidate_id)))


@deed(Permission.EPISODE_READ, of_a_site=True)
def report_rows(
    actor: Actor, report_id: int, after: tuple[int, int] | None = None, limit: int = 50
) -> tuple[DifferenceRow, ...]:
    """The histories a report found changed at the actor's sites, what matters most first, a page at a time."""
    with looking(actor, Permission.EPISODE_READ) as session:
        found_ = queries.differences(session, findable(report_id), sorted(actor.site_ids), limit, after)
        return tuple(_row(entry) for entry in found_)


def _next_part(actor: Actor, report_id: int) -> ReportView:
    """Read, then reason outside any transaction, then write: nobody at a desk waits for a report."""
    with looking_beyond(actor, Permission.KNOWLEDGE_PROPOSE, EVERY_HISTORY) as session:
        report = _report(session, report_id)
        if report.state != "running":
            return report_view(session, report)
        old, new = _knowledge(session, report.from_sha256), _knowledge(session, report.to_sha256)
        told = queries.histories_after(session, report.reached_intake_id, report.last_assessment_id, TOGETHER)
    differences, counts = compared(told, old, new)
    with writing_beyond(actor, Permission.KNOWLEDGE_PROPOSE, EVERY_HISTORY) as session:
        # First the report, whose version says whether another worker was quicker; then what it lists.
        counted = _added(report.counts, counts)
        ends = {} if told else {"state": "done", "finished_at": datetime.now(UTC)}
        reached = told[-1].intake_id if told else report.reached_intake_id
        deed = "knowledge:report-part" if told else "knowledge:report-done"
        reach = {"reached_intake_id": reached, "done": report.done + len(told), "counts": counted}
        row = changed(session, actor, _report(session, report_id), report.version, deed, "", **reach, **ends)
        records.insert_many(session, KnowledgeDifference, [{**each, "report_id": row.id} for each in differences])
        return report_view(session, row)


def compared(told: Sequence[Told], old: Knowledge, new: Knowledge) -> tuple[list[dict[str, Any]], Counter[str]]:
    """What differs, as columns of a difference, and counts by "part|before|after"."""
    rows, counts = [], Counter[str]()
    cases = _shared(told, old) if _ask_alike(old, new) else {}
    before, after = _outlined(told, old, cases), _outlined(told, new, cases)
    for history, was, is_ in zip(told, before, after, strict=True):
        counts["histories"] += 1
        if was is None or is_ is None:
            counts["unreadable"] += 1
            rows.append(_unreadable(history))
            continue
        counts[f"urgency|{was.urgency.code}|{is_.urgency.code}"] += 1
        counts[f"step|{was.step}|{is_.step}"] += 1
        differ = turned(was, is_)
        if differ[0]:
            rows.append(_difference(history, was, is_, differ))
            counts.update(_counted(was, is_, differ[0]))
    return rows, counts


def _counted(was: Outline, is_: Outline, differ: dict[str, Any]) -> Counter[str]:
    counts = Counter(["changed", *(f"changed:{part}" for part in differ)])
    if "urgency" in differ:
        counts["raised" if is_.urgency > was.urgency else "lowered"] += 1
    if "leading" in differ:
        counts[f"leading|{was.leading}|{is_.leading}"] += 1
    for gate in differ.get("gates", ()):
        counts[f"gate:{gate}|{was.gates.get(gate, 'not-shown')}|{is_.gates.get(gate, 'not-shown')}"] += 1
    for kind in {*was.may_discuss} ^ {*is_.may_discuss}:
        counts[f"may_discuss|{kind}|{'open' if kind in is_.may_discuss else 'shut'}"] += 1
    for flag in {*was.red_flags} ^ {*is_.red_flags}:
        counts[f"red_flag|{flag}|{'fires' if flag in is_.red_flags else 'silent'}"] += 1
    return counts


def _difference(history: Told, was: Outline, is_: Outline, differ: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    weight = sum(WEIGHTS[part] for part in differ[0]) + (LOWERED if is_.urgency < was.urgency else 0)
    whose = {"episode_id": history.episode_id, "assessment_id": history.assessment_id, "weight": weight}
    return {**whose, "before": differ[0], "after": differ[1], "at": datetime.now(UTC)}


def _unreadable(history: Told) -> dict[str, Any]:
    whose = {"episode_id": history.episode_id, "assessment_id": history.assessment_id, "weight": UNREADABLE}
    return {**whose, "before": {}, "after": {"unreadable": True}, "at": datetime.now(UTC)}


def _outlined(told: Sequence[Told], known: Knowledge, cases: Mapping[int, Case]) -> list[Outline | None]:
    """What each history comes to; None for one this knowledge cannot be asked about."""
    try:
        return [*outlines([cases[each.intake_id] for each in told] if cases else _cases(told, known), known)]
    except Exception:  # one bad history must not hide the others: each is tried by itself
        return [_alone(each, known) for each in told]


def _alone(history: Told, known: Knowledge) -> Outline | None:
    try:
        return outlines(_cases([history], known), known)[0]
    except Exception:  # whatever a candidate makes of an answer, it is counted and stops the approval
        return None


def _shared(told: Sequence[Told], known: Knowledge) -> Mapping[int, Case]:
    """Each history as a case, by intake; none at all when one of them cannot be read."""
    try:
        return dict(zip((each.intake_id for each in told), _cases(told, known), strict=True))
    except Exception:  # each is then tried by itself
        return {}


def _ask_alike(old: Knowledge, new: Knowledge) -> bool:
    """Whether both ask the same of everyone, so that a history is the same case to both."""
    return old.items == new.items and old.derived == new.derived and old.findings == new.findings


def _cases(told: Sequence[Told], known: Knowledge) -> list[Case]:
    return intake.cases_of([history.answers for history in told], known)


def _added(before: dict[str, Any], more: Counter[str]) -> dict[str, int]:
    return dict(Counter(before) + more)


def _knowledge(session: Session, sha256: str) -> Knowledge:
    known = following.knowledge_of(session, sha256)
    if known is None:
        raise NotFound("The text of a version this report compares was not kept.")
    return known


def _report(session: Session, report_id: int) -> KnowledgeReport:
    row = queries.knowledge_report(session, findable(report_id))
    if row is None:
        raise NotFound("There is no such report.")
    return row


def _row(entry: DifferenceEntry) -> DifferenceRow:
    difference, patient = entry.difference, entry.patient
    return DifferenceRow(
        id=number(difference),
        weight=difference.weight,
        episode_id=difference.episode_id,
        assessment_id=difference.assessment_id,
        patient_name=full_name(patient),
        record_number=patient.record_number,
        before=difference.before,
        after=difference.after,
    )
