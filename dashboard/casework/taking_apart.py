"""Two people after all: what taking a merge apart would do, and doing it, row by row as the merge's ledger says."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from dashboard.access import Actor, Permission
from dashboard.accounts import clock
from dashboard.casework.authority import changed, looking, name_of, writing_beyond
from dashboard.casework.deeds import deed
from dashboard.casework.errors import BadAnswer, NotFound, NotReady, StaleRecord
from dashboard.casework.merge_shapes import (
    NO_SUCH_MERGE,
    counts,
    identifiers_of,
    merge_view,
    must_work_at_both,
    obstacle_to_apart,
    when_nobody_writes,
)
from dashboard.casework.merge_views import UNDO_REASONS, ApartPreview, BegunSince, MergeView
from dashboard.casework.merging import Way, as_words, ids_of, move_all
from dashboard.casework.rows import findable, number
from db import moving, queries, records
from db.patients import told
from db.tables import Draft, Episode, Patient, PatientMerge

WHY_BEYOND = "moving back what a merge moved, both patients of the actor's sites"

Rows = Mapping[str, Collection[Any]]


@deed(Permission.PATIENT_MERGE, of_a_site=True)
def apart_preview(actor: Actor, merge_id: int, along: Collection[str] = ()) -> ApartPreview:
    """What taking a merge apart would do, with what was begun since and is to go ``along`` with the one taken out."""
    with looking(actor, Permission.PATIENT_MERGE) as session:
        whose = _must_be_theirs(session, actor, merge_id)
        entry = queries.merge(session, findable(merge_id))
        assert entry is not None
        plan = _plan(session, entry.merge, along)
        will, not_now = _restoring(session, entry.merge, entry.survivor)
        return ApartPreview(
            merge=merge_view(session, entry),
            back=counts(plan.back),
            added=counts(_without(plan.back, ids_of(entry.merge.moved))),
            kept=len(_without(ids_of(entry.merge.moved), plan.back).get("draft", ())),
            begun=tuple(_begun(session, each) for each in plan.begun),
            reopens=len(_reopening(session, entry.merge, plan, whose[0])),
            restored=tuple(will),
            changed_since=tuple(not_now),
        )


@deed(Permission.PATIENT_MERGE, writes=True, of_a_site=True)
def unmerge_patients(
    actor: Actor,
    merge_id: int,
    seen_version: int,
    reason: str,
    begun: Collection[str] = (),
    along: Collection[str] = (),
) -> MergeView:
    """Take a merge apart: exactly the rows it moved go back, each with what hangs on it, and the rest stays.

    ``begun`` are the keys of what the preview said was begun since (StaleRecord when that is not all), ``along`` those
    of them that go with the one taken out. NotReady says why it cannot be taken apart.
    """
    if reason not in UNDO_REASONS:
        raise BadAnswer("reason", f"must be one of {', '.join(UNDO_REASONS)}.")
    if not set(begun).issuperset(along):
        raise BadAnswer("along", "names something that was not begun since.")
    return when_nobody_writes(lambda: _unmerge(actor, merge_id, seen_version, reason, begun, along))


def _unmerge(
    actor: Actor, merge_id: int, seen_version: int, reason: str, begun: Collection[str], along: Collection[str]
) -> MergeView:
    with writing_beyond(actor, Permission.PATIENT_MERGE, WHY_BEYOND) as session:
        survivor_id, merged_id = _must_be_theirs(session, actor, merge_id)
        moving.hold(session, survivor_id, merged_id)
        entry = queries.merge(session, findable(merge_id))
        assert entry is not None
        merge, survivor, merged = entry.merge, entry.survivor, entry.merged
        if merge.undone_at is not None:
            raise NotReady("This merge was taken apart before.", ("merge",))
        if merge.version != seen_version:
            raise StaleRecord("What this merge would give back was changed since you looked; look again.")
        if why := obstacle_to_apart(merge, survivor):
            raise NotReady(why, ("merge",))
        plan = _plan(session, merge, along)
        if {_key(each) for each in plan.begun} != set(begun):
            raise StaleRecord("Something was begun for this patient since you looked; look again.")
        reopening = _reopening(session, merge, plan, survivor_id)
        move_all(session, actor, "merge:move-back", plan.back, Way(survivor, merged))
        _home(session, merge, plan.back)
        for draft in reopening:
            session.refresh(draft)
            changed(session, actor, draft, draft.version, "draft:restore", state="open")
        restored = _restore(session, actor, merge, survivor)
        changed(session, actor, merged, merged.version, "patient:stand-again", merged_into_id=None)
        undone: dict[str, Any] = {"undone_at": clock.now(), "undone_by": actor.person_id, "undone_reason": reason}
        changed(session, actor, merge, seen_version, "patient:end-merge", **undone)
        _note(session, actor, merge, plan, restored, reason)
        done = queries.merge(session, number(merge))
        assert done is not None
        return merge_view(session, done)


@dataclass(frozen=True)
class _Plan:
    """What goes back, and what was begun since and asks where it belongs."""

    back: Rows
    begun: tuple[Episode | Draft, ...]


def _plan(session: Session, merge: PatientMerge, along: Collection[str]) -> _Plan:
    begun = _begun_since(session, merge)
    chosen = {table: [*ids] for table, ids in ids_of(merge.moved).items()}
    for each in begun:
        if _key(each) in along:
            chosen.setdefault(_kind(each), []).append(each.id)
    return _Plan(moving.going_back(session, merge.survivor_id, chosen), begun)


def _begun_since(session: Session, merge: PatientMerge) -> tuple[Episode | Draft, ...]:
    """Episodes, and drafts that no intake was made of: whatever came with a later merge is known to be another's."""
    episodes, drafts = moving.begun_since(session, merge.survivor_id, merge.merged_at)
    later = queries.standing_merges_into(session, merge.survivor_id, number(merge))
    known = {(table, each) for ledger in (merge, *later) for table, ids in ids_of(ledger.moved).items() for each in ids}
    found: list[Episode | Draft] = [*episodes, *(draft for draft in drafts if draft.state != "submitted")]
    return tuple(each for each in found if (_kind(each), each.id) not in known)


def _kind(row: Episode | Draft) -> str:
    return str(row.__tablename__)


def _key(row: Episode | Draft) -> str:
    return f"{_kind(row)}:{row.id}"


def _begun(session: Session, row: Episode | Draft) -> BegunSince:
    by = row.clinician_id if isinstance(row, Episode) else row.owner_id
    return BegunSince(_key(row), _kind(row), row.created_at, row.state, name_of(session, by))


def _without(rows: Rows, others: Rows) -> dict[str, list[Any]]:
    return {table: [each for each in ids if each not in set(others.get(table, ()))] for table, ids in rows.items()}


def _home(session: Session, merge: PatientMerge, back: Rows) -> None:
    """Rows that carried another site than their patient's carry it again."""
    for table, ids in back.items():
        sites = {row[0]: row[1] for row in merge.moved.get(table, ()) if row[1] is not None}
        for site in sorted({sites[each] for each in ids if each in sites}):
            moving.place(session, table, [each for each in ids if sites.get(each) == site], site)


def _reopening(session: Session, merge: PatientMerge, plan: _Plan, survivor_id: int) -> list[Draft]:
    """The drafts the merge put aside, nobody took up again since, and for which there is room once they are back."""
    back = set(plan.back.get("draft", ()))
    waiting = queries.drafts_waiting(session, [each for each in merge.put_aside if each in back], merge.merged_at)
    going = {form for form, draft in queries.open_forms(session, survivor_id).items() if draft in back}
    return [draft for draft in waiting if draft.form not in going]


def _restoring(session: Session, merge: PatientMerge, survivor: Patient) -> tuple[dict[str, Any], list[str]]:
    """Identifiers of the survivor with what they become, and those that were changed since, which stay."""
    pairs = identifiers_of(merge)
    mine = {name: was for name, (was, taken) in pairs.items() if told(getattr(survivor, name)) == taken}
    handed_on = {name for name in pairs if name not in mine and _next_holder(session, merge, name)}
    return {name: _as_stored(name, was) for name, was in mine.items()}, [
        name for name in pairs if name not in mine and name not in handed_on
    ]


def _restore(session: Session, actor: Actor, merge: PatientMerge, survivor: Patient) -> list[str]:
    """Give the survivor back what it had; where a later merge overwrote it, that merge gives it back one day."""
    fields, _ = _restoring(session, merge, survivor)
    for name, (was, _taken) in identifiers_of(merge).items():
        if name not in fields and (later := _next_holder(session, merge, name)) is not None:
            pairs = identifiers_of(later)
            pairs[name][0] = was
            changed(session, actor, later, later.version, "merge:hand-on", identifiers=json.dumps(pairs))
    if fields:
        changed(session, actor, survivor, survivor.version, "patient:correct", **fields)
    return sorted(fields)


def _next_holder(session: Session, merge: PatientMerge, name: str) -> PatientMerge | None:
    """The later merge that overwrote what this one had put there."""
    taken = identifiers_of(merge)[name][1]
    later = queries.standing_merges_into(session, merge.survivor_id, number(merge))
    return next((each for each in later if identifiers_of(each).get(name, [None])[0] == taken), None)


def _as_stored(name: str, words: str) -> Any:
    return date.fromisoformat(words) if name == "date_of_birth" else words


def _note(session: Session, actor: Actor, merge: PatientMerge, plan: _Plan, restored: list[str], reason: str) -> None:
    after: dict[str, Any] = {"survivor_id": merge.survivor_id, "merged_id": merge.merged_id}
    after |= {"moved": as_words(counts(plan.back)), "taken": restored}
    both = (merge.survivor_id, merge.merged_id)
    records.note(session, actor, "patient:unmerge", "patientmerge", merge.id, after=after, reason=reason, patients=both)


def _must_be_theirs(session: Session, actor: Actor, merge_id: int) -> tuple[int, int]:
    """Survivor and merged patient of a merge whose patients are both of the actor's sites, else NotFound."""
    whose = queries.merged_in(session, findable(merge_id))
    if whose is None:
        raise NotFound(NO_SUCH_MERGE)
    must_work_at_both(session, actor, *whose, says=NO_SUCH_MERGE)
    return whose
