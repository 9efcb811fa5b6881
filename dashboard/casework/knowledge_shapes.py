"""From stored rows of the knowledge's life to the values the screen gets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session

from dashboard.access import Actor, Permission
from dashboard.casework.authority import name_of, today
from dashboard.casework.knowledge_views import KnowledgeVersionView, ReportView
from dashboard.casework.rows import number
from db import queries
from db.tables import KnowledgeReport, KnowledgeVersion


def state_of(session: Session, row: KnowledgeVersion) -> str:
    """candidate, waiting, in-force, replaced, refused or withdrawn, today."""
    if row.state != "approved" or row.effective_on is None:
        return row.state
    if row.effective_on > today():
        return "waiting"
    leader = queries.knowledge_in_force(session, today())
    return "in-force" if leader is not None and leader.id == row.id else "replaced"


def version_view(session: Session, row: KnowledgeVersion, actor: Actor) -> KnowledgeVersionView:
    """One version, with what this person may do with it."""
    state = state_of(session, row)
    return KnowledgeVersionView(
        id=number(row),
        sha256=row.sha256,
        knowledge_version=row.knowledge_version,
        origin=row.origin,
        state=state,
        sentence=row.sentence,
        proposed_by=name_of(session, row.proposed_by),
        proposed_at=row.proposed_at,
        approved_by=name_of(session, row.approved_by),
        approved_at=row.approved_at,
        effective_on=row.effective_on,
        replaced_on=_replaced_on(queries.knowledge_versions(session), row) if state == "replaced" else None,
        ended_by=name_of(session, row.ended_by),
        ending_words=row.ending_words,
        based_on_sha256=row.based_on_sha256,
        report_id=row.report_id,
        may=_may(session, row, state, actor),
        version=row.version,
    )


def report_view(session: Session, row: KnowledgeReport) -> ReportView:
    """A difference report as far as it is."""
    leader = queries.knowledge_in_force(session, today())
    return ReportView(
        id=number(row),
        candidate_id=row.candidate_id,
        from_sha256=row.from_sha256,
        to_sha256=row.to_sha256,
        from_version=_version_of(session, row.from_sha256),
        to_version=_version_of(session, row.to_sha256),
        state=row.state,
        begun_by=name_of(session, row.begun_by),
        begun_at=row.begun_at,
        finished_at=row.finished_at,
        total=row.total,
        done=row.done,
        counts=dict(row.counts),
        is_current=leader is not None and row.from_sha256 == leader.sha256,
        version=row.version,
    )


def _may(session: Session, row: KnowledgeVersion, state: str, actor: Actor) -> frozenset[str]:
    may: set[str] = set()
    own = row.proposed_by == actor.person_id
    if actor.may(Permission.KNOWLEDGE_PROPOSE):
        may |= {"report"} if state == "candidate" else set()
        may |= {"withdraw"} if state == "waiting" or (state == "candidate" and own) else set()
        may |= {"roll-back"} if state == "replaced" and not _is_text_in_force(session, row) else set()
    if actor.may(Permission.KNOWLEDGE_APPROVE) and state == "candidate" and not own:
        may |= {"approve", "refuse"}
    return frozenset(may)


def _is_text_in_force(session: Session, row: KnowledgeVersion) -> bool:
    leader = queries.knowledge_in_force(session, today())
    return leader is not None and leader.sha256 == row.sha256


def _replaced_on(rows: Sequence[KnowledgeVersion], row: KnowledgeVersion) -> date | None:
    """The day the next approved version took effect."""
    mine = _order(row)
    later = [each for each in rows if each.state == "approved" and each.effective_on and _order(each) > mine]
    came = [each for each in later if each.effective_on and each.effective_on <= today()]
    return min(came, key=_order).effective_on if came else None


def _order(row: KnowledgeVersion) -> tuple[object, ...]:
    return (row.effective_on, row.approved_at, row.id)


def _version_of(session: Session, sha256: str) -> str:
    """The version number a hash has in the list of versions, else the hash's beginning."""
    named = (row.knowledge_version for row in queries.knowledge_versions(session) if row.sha256 == sha256)
    return next(named, sha256[:12])
