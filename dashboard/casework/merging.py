"""One patient registered twice: what a merge would do, and merging, which moves every row and keeps what it moved."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from dashboard.access import Actor, Permission
from dashboard.casework.authority import changed, looking, must_be_fresh, writing_beyond
from dashboard.casework.deeds import deed
from dashboard.casework.errors import BadAnswer, NotFound, NotReady
from dashboard.casework.handing_over import is_out
from dashboard.casework.identifiers import FIELDS
from dashboard.casework.merge_shapes import (
    NO_SUCH,
    blank,
    counts,
    differing,
    merge_view,
    must_work_at_both,
    patient_record,
    when_nobody_writes,
)
from dashboard.casework.merge_views import MERGE_REASONS, MergePreview, MergeView, PatientRecord, Seen
from dashboard.casework.opened import at_sites_or_opened
from dashboard.casework.rows import findable, number
from dashboard.casework.shapes import is_heard
from db import moving, queries, records
from db.patients import told
from db.tables import Draft, Patient, PatientMerge

BEING_TAKEN = (
    "{writer} is taking the intake of {record} just now, and it would have to be put aside. Wait until they are done, "
    "or let that record stand."
)
STILL_OUT = (
    "A tablet was handed over for the intake of {record}, which would have to be put aside: take it back and look "
    "over the patient's answers first, or let that record stand."
)
WHY_BEYOND = "moving one patient's rows to another, both of the actor's sites"


@deed(Permission.PATIENT_READ, of_a_site=True, in_emergency=True)
def patient_identifiers(actor: Actor, patient_id: int) -> PatientRecord:
    """Everything a patient is known by; of one who was merged, that of the record that stands."""
    with looking(actor, Permission.PATIENT_READ) as session:
        found = at_sites_or_opened(
            session, actor, lambda sites: queries.patient(session, findable(patient_id), sites), number
        )
        if found is None:
            raise NotFound(NO_SUCH)
        asked = found if found.id == patient_id else session.get(Patient, patient_id)
        return patient_record(session, found, asked.record_number if asked not in (None, found) else "")


@deed(Permission.PATIENT_MERGE, of_a_site=True)
def merges(actor: Actor, patient_id: int | None = None, limit: int = 50) -> tuple[MergeView, ...]:
    """Merges of the actor's sites (or those of one patient, on either side), the newest first."""
    with looking(actor, Permission.PATIENT_MERGE) as session:
        whose = None if patient_id is None else findable(patient_id)
        return tuple(merge_view(session, entry) for entry in queries.merges(session, whose, limit))


@deed(Permission.PATIENT_MERGE, of_a_site=True)
def merge_preview(actor: Actor, survivor_id: int, merged_id: int) -> MergePreview:
    """Both records side by side, and what would become of the second; NotFound unless both are of the actor's sites."""
    with looking(actor, Permission.PATIENT_MERGE) as session:
        must_work_at_both(session, actor, survivor_id, merged_id)
        survivor, merged = session.get_one(Patient, survivor_id), session.get_one(Patient, merged_id)
        return MergePreview(
            survivor=patient_record(session, survivor),
            merged=patient_record(session, merged),
            differing=differing(survivor, merged),
            blank=blank(survivor, merged),
            moves=counts(moving.rows_of(session, merged_id)),
            puts_aside=len(_in_the_way(session, survivor_id, merged_id)),
            other_site=survivor.site_id != merged.site_id,
            obstacle=_obstacle(session, actor, survivor, merged),
            keyed=_keyed(session, survivor_id, merged_id),
        )


@deed(Permission.PATIENT_MERGE, writes=True, of_a_site=True)
def merge_patients(
    actor: Actor, survivor: Seen, merged: Seen, reason: str, taken: Collection[str] | None = None
) -> MergeView:
    """Move everything about the second patient to the first, whose record stands, so that it can be taken apart again.

    ``taken`` names the identifiers the survivor takes from the other; None: those it lacks. An open draft in the way
    of the survivor's own is put aside. Rows that carry a site belong to the survivor's from then on: a patient has
    one. NotReady says why two records cannot be merged; StaleRecord when either was changed since it was seen.
    """
    if reason not in MERGE_REASONS:
        raise BadAnswer("reason", f"must be one of {', '.join(MERGE_REASONS)}.")
    if unknown := sorted(set(taken or ()) - set(FIELDS)):
        raise BadAnswer("taken", f"{unknown[0]} is not an identifier that can be taken from the other record.")
    return when_nobody_writes(lambda: _merge(actor, survivor, merged, reason, taken))


def _merge(actor: Actor, stands: Seen, goes: Seen, reason: str, taken: Collection[str] | None) -> MergeView:
    with writing_beyond(actor, Permission.PATIENT_MERGE, WHY_BEYOND) as session:
        must_work_at_both(session, actor, stands.id, goes.id)
        moving.hold(session, stands.id, goes.id)
        survivor, merged = session.get_one(Patient, stands.id), session.get_one(Patient, goes.id)
        if why := _obstacle(session, actor, survivor, merged):
            raise NotReady(why, ("patient",))
        must_be_fresh(session, survivor, stands.version)
        must_be_fresh(session, merged, goes.version)
        aside = _put_aside(session, actor, survivor, merged)
        moved = moving.rows_of(session, goes.id)
        move_all(session, actor, "merge:move", ids_of(moved), Way(merged, survivor))
        fields = {name: getattr(merged, name) for name in (blank(survivor, merged) if taken is None else taken)}
        fields = {name: value for name, value in fields.items() if name in differing(survivor, merged)}
        pairs = {name: [told(getattr(survivor, name)), told(value)] for name, value in fields.items()}
        ledger = PatientMerge(
            survivor_id=stands.id,
            merged_id=goes.id,
            merged_by=actor.person_id,
            reason_code=reason,
            moved=moved,
            put_aside=aside,
            identifiers=json.dumps(pairs),
        )
        session.add(ledger)
        session.flush()
        if fields:
            changed(session, actor, survivor, survivor.version, "patient:correct", **fields)
        changed(session, actor, merged, merged.version, "patient:become", merged_into_id=stands.id)
        _note(session, actor, ledger, moved, aside, pairs)
        entry = queries.merge(session, number(ledger))
        assert entry is not None
        return merge_view(session, entry)


def _note(
    session: Session, actor: Actor, ledger: PatientMerge, moved: Mapping[str, Any], aside: list[str], taken: Any
) -> None:
    """The one event of a merge: who became whom, how much moved, which identifiers were taken; never their values."""
    after: dict[str, Any] = {"survivor_id": ledger.survivor_id, "merged_id": ledger.merged_id}
    after |= {"moved": as_words(counts(moved)), "put_aside": len(aside), "taken": sorted(taken)}
    both = (ledger.survivor_id, ledger.merged_id)
    why = ledger.reason_code
    records.note(session, actor, "patient:merge", "patientmerge", ledger.id, after=after, reason=why, patients=both)


def as_words(counted: Mapping[str, int]) -> list[str]:
    """How many rows of which tables, for the trail."""
    return [f"{many} {table}" for table, many in counted.items()]


@dataclass(frozen=True)
class Way:
    """From which patient rows move to which."""

    origin: Patient
    to: Patient


def move_all(session: Session, actor: Actor, what: str, ids: Mapping[str, Collection[Any]], way: Way) -> None:
    """Move rows of every table, each with an event of its own, so that a row's own story tells it."""
    before, after = {"patient_id": number(way.origin)}, {"patient_id": number(way.to)}
    both = (number(way.origin), number(way.to))
    for table, rows in ids.items():
        moving.move(session, table, rows, number(way.to), way.to.site_id)
        for each in rows:
            records.note(session, actor, what, table, each, before=before, after=after, patients=both)


def ids_of(rows: Mapping[str, list[list[Any]]]) -> dict[str, list[Any]]:
    """Table → ids, of rows with their sites."""
    return {table: [row[0] for row in each] for table, each in rows.items()}


def _in_the_way(session: Session, survivor_id: int, merged_id: int) -> list[str]:
    """The merged patient's open drafts of a form the survivor has an open one of: there can only be one."""
    held = queries.open_forms(session, survivor_id)
    return [draft for form, draft in queries.open_forms(session, merged_id).items() if form in held]


def _put_aside(session: Session, actor: Actor, survivor: Patient, merged: Patient) -> list[str]:
    ids = _in_the_way(session, number(survivor), number(merged))
    for draft in [session.get_one(Draft, each) for each in ids]:
        changed(session, actor, draft, draft.version, "draft:discard", state="discarded")
    return ids


def _obstacle(session: Session, actor: Actor, survivor: Patient, merged: Patient) -> str:
    """Why the second record cannot be merged into the first; "" when it can."""
    if survivor.id == merged.id:
        return "This is one and the same record."
    if merged.merged_into_id is not None:
        into = session.get(Patient, merged.merged_into_id)
        return f"Record {merged.record_number} was merged before, into {into.record_number if into else 'another one'}."
    if survivor.merged_into_id is not None:
        into = session.get(Patient, survivor.merged_into_id)
        where = into.record_number if into else "another one"
        return f"Record {survivor.record_number} was itself merged into {where}: choose that one."
    return _in_use(session, actor, survivor, merged)


def _in_use(session: Session, actor: Actor, survivor: Patient, merged: Patient) -> str:
    """Why an intake that would be put aside cannot be just now: a colleague writes it, or the patient does."""
    ids = _in_the_way(session, number(survivor), number(merged))
    for found in queries.open_drafts_of(session, [number(merged)], sorted(actor.site_ids)) if ids else ():
        if found.draft.id not in ids:
            continue
        lease, writer = found.lease, found.writer
        if lease is not None and writer is not None and is_heard(lease) and writer.id != actor.person_id:
            return BEING_TAKEN.format(writer=writer.name, record=merged.record_number)
        if is_out(session, found.draft):
            return STILL_OUT.format(record=merged.record_number)
    return ""


def _keyed(session: Session, survivor_id: int, merged_id: int) -> bool:
    """Whether a paper form is keyed in, and not taken over yet, for an intake that would be put aside."""
    aside = _in_the_way(session, survivor_id, merged_id)
    return any(each.state != "taken" for draft in aside for each in queries.paper_passes(session, draft))
