"""A second person puts a candidate in force, from a day on, having a difference report of exactly this step."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session

from dashboard.access import Actor, Permission
from dashboard.casework import differing, following
from dashboard.casework.authority import changed, looking, stale, today, writing_beyond
from dashboard.casework.candidates import colleagues_candidate, found
from dashboard.casework.deeds import deed
from dashboard.casework.errors import NotReady
from dashboard.casework.knowledge_shapes import version_view
from dashboard.casework.knowledge_views import KnowledgeVersionView
from dashboard.clinical.comparing import Change, changes
from dashboard.clinical.knowledge import Knowledge, KnowledgeError
from db import queries
from db.tables import KnowledgeReport, KnowledgeVersion

LONGEST_WAIT = timedelta(days=366)
"""A later day is a slip of the keyboard, and would hold every other change up."""


@deed(Permission.KNOWLEDGE_APPROVE, writes=True)
def approve(actor: Actor, version_id: int, seen_version: int, effective_on: date | None = None) -> KnowledgeVersionView:
    """Put a colleague's candidate in force from a day on (default: today); every process follows within seconds.

    Forbidden for whoever proposed it. NotReady names what is missing: a finished report against what is in force,
    a day that is not past, or another version that waits for its day.
    """
    with writing_beyond(actor, Permission.KNOWLEDGE_APPROVE, differing.EVERY_HISTORY) as session:
        if_own = "You proposed this; a second person approves it."
        row = colleagues_candidate(session, actor, version_id, seen_version, if_own)
        here = _in_force(session)
        _must_load(session, row)
        report = _must_be_reported(session, row, here)
        _must_hold_since(session, report)
        day = effective_on or today()
        _must_be_free(session, row, here, day)
        row = changed(
            session,
            actor,
            row,
            seen_version,
            "knowledge:approve",
            state="approved",
            approved_by=actor.person_id,
            approved_at=datetime.now(UTC),
            effective_on=day,
            report_id=report.id,
        )
        view = version_view(session, row, actor)
    following.catch_up(at_once=True)
    return view


@deed(Permission.KNOWLEDGE_READ)
def versions(actor: Actor) -> tuple[KnowledgeVersionView, ...]:
    """Every version this clinic met, newest first."""
    with looking(actor, Permission.KNOWLEDGE_READ) as session:
        return tuple(version_view(session, row, actor) for row in queries.knowledge_versions(session))


@deed(Permission.KNOWLEDGE_READ)
def in_force_now(actor: Actor) -> KnowledgeVersionView | None:
    """The version in force as it was decided here; None where nothing was written down."""
    with looking(actor, Permission.KNOWLEDGE_READ) as session:
        row = queries.knowledge_in_force(session, today())
        return version_view(session, row, actor) if row else None


@deed(Permission.KNOWLEDGE_READ)
def changes_of(actor: Actor, version_id: int) -> tuple[Change, ...]:
    """What a candidate says differently from the version in force; of any other, from what it was based on."""
    with looking(actor, Permission.KNOWLEDGE_READ) as session:
        row = found(session, version_id)
        base = following.current(session) if row.state == "candidate" else _base(session, row)
        known = following.knowledge_of(session, row.sha256)
        return _between(base, known) if base and known else ()


_compared: dict[tuple[str, str], tuple[Change, ...]] = {}
"""Changes between hashes, worked out once: a page asks for them at every run."""


def _between(base: Knowledge, known: Knowledge) -> tuple[Change, ...]:
    key = (base.sha256, known.sha256)
    if key not in _compared:
        if len(_compared) > 20:
            _compared.clear()
        _compared[key] = changes(base.texts, known.texts)
    return _compared[key]


def _base(session: Session, row: KnowledgeVersion) -> Knowledge | None:
    return following.knowledge_of(session, row.based_on_sha256) if row.based_on_sha256 else None


def _in_force(session: Session) -> KnowledgeVersion:
    """What is in force, held so that two approvals follow one another."""
    row = queries.knowledge_in_force(session, today())
    if row is None:
        raise NotReady("Nothing was written down as in force here; set the clinic up first.", ("version",))
    session.refresh(row, with_for_update=True)
    now = queries.knowledge_in_force(session, today())
    if now is None or now.id != row.id:
        raise stale(session, "knowledgeversion", row.id)
    return row


def _must_load(session: Session, row: KnowledgeVersion) -> None:
    try:
        if following.knowledge_of(session, row.sha256) is None:
            raise NotReady("The text of this candidate was not kept.", ("version",))
    except KnowledgeError as why:
        raise NotReady(f"This candidate cannot be used: {why.problems[0]}", ("version",)) from None


def _must_be_reported(session: Session, row: KnowledgeVersion, here: KnowledgeVersion) -> KnowledgeReport:
    reports = queries.knowledge_reports(session, row.id or 0)
    exact = [each for each in reports if (each.from_sha256, each.to_sha256) == (here.sha256, row.sha256)]
    finished = next((each for each in exact if each.state == "done"), None)
    if finished is None:
        older = f" The one there is compares with another version than {here.knowledge_version}." if reports else ""
        raise NotReady(f"Make the difference report first: what would change here.{older}", ("report",))
    if finished.counts.get("unreadable"):
        raise NotReady("Some stored histories cannot be assessed under this candidate.", ("report",))
    return finished


def _must_hold_since(session: Session, report: KnowledgeReport) -> None:
    """Nothing stored since the report began would change too: otherwise who approves has not seen all that changes."""
    since = queries.histories_since(session, report.last_assessment_id, differing.TOGETHER + 1)
    if not since:
        return
    if len(since) <= differing.TOGETHER:
        old, new = (following.knowledge_of(session, sha256) for sha256 in (report.from_sha256, report.to_sha256))
        rows = differing.compared(since, old, new)[0] if old and new else []
        if old and new and not rows:
            return
        says = f"{len(rows)} of the {len(since)} histories stored since the report would change too."
    else:
        says = f"More than {differing.TOGETHER} histories were stored since the report."
    raise NotReady(f"{says} Make the difference report again.", ("report",))


def _must_be_free(session: Session, row: KnowledgeVersion, here: KnowledgeVersion, day: date) -> None:
    if day < today():
        raise NotReady("A version cannot take effect in the past.", ("effective_on",))
    if day > today() + LONGEST_WAIT:
        raise NotReady("A version takes effect within a year: check the day.", ("effective_on",))
    waiting = queries.knowledge_waiting(session, today())
    if waiting is not None:
        says = f"{waiting.knowledge_version} was approved and waits for its day; call it off first, or wait for it."
        raise NotReady(says, ("version",))
    if row.sha256 == here.sha256:
        raise NotReady("This text is in force already.", ("version",))
    if row.origin != "rollback" and row.based_on_sha256 != here.sha256:
        says = f"It was written on top of an earlier version, and would undo what {here.knowledge_version} changed."
        raise NotReady(f"{says} Propose it again on top of what is in force.", ("version",))
