"""From stored rows to what the deeds of merging give back, and what each of them has to find out first."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from time import sleep
from typing import Any, TypeVar

from sqlmodel import Session

from dashboard.access import Actor
from dashboard.casework.errors import NotFound, NotReady
from dashboard.casework.identifiers import FIELDS
from dashboard.casework.merge_views import MergeView, PatientRecord
from dashboard.casework.rows import findable, number, referred
from db import moving, queries
from db.patients import told
from db.queries import MergeEntry
from db.tables import Patient, PatientMerge, Site

NO_SUCH = "There is no such patient at your sites."
NO_SUCH_MERGE = "There is no such merge at your sites."
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.5)
"""Seconds between two tries while somebody else writes about one of the patients."""

ReturnT = TypeVar("ReturnT")


def patient_record(session: Session, patient: Patient, led_from: str = "") -> PatientRecord:
    """Everything a patient is known by."""
    named: dict[str, Any] = {name: getattr(patient, name) or "" for name in FIELDS}
    return PatientRecord(
        **named,
        id=number(patient),
        record_number=patient.record_number,
        site_id=patient.site_id,
        site=referred(session, Site, patient.site_id).name,
        version=patient.version,
        led_from=led_from,
    )


def merge_view(session: Session, entry: MergeEntry) -> MergeView:
    """One merge as the screen shows it."""
    merge, survivor, merged = entry.merge, entry.survivor, entry.merged
    return MergeView(
        id=number(merge),
        survivor_id=number(survivor),
        survivor_number=survivor.record_number,
        survivor_name=f"{survivor.given_name} {survivor.family_name}",
        merged_id=number(merged),
        merged_number=merged.record_number,
        merged_name=f"{merged.given_name} {merged.family_name}",
        by=entry.by.name,
        at=merge.merged_at,
        reason_code=merge.reason_code,
        moved=counts(merge.moved),
        put_aside=len(merge.put_aside),
        taken=tuple(identifiers_of(merge)),
        undone_at=merge.undone_at,
        undone_by=entry.undone_by.name if entry.undone_by else "",
        undone_reason=merge.undone_reason or "",
        obstacle=obstacle_to_apart(merge, survivor),
        version=merge.version,
    )


def obstacle_to_apart(merge: PatientMerge, survivor: Patient) -> str:
    """Why a merge cannot be taken apart, "" when it can be or was."""
    if merge.undone_at is None and survivor.merged_into_id is not None:
        return f"Record {survivor.record_number} was itself merged into another one since: take that apart first."
    return ""


def identifiers_of(merge: PatientMerge) -> dict[str, list[str]]:
    """Identifier → what the survivor's was, and what it took from the other."""
    found: dict[str, list[str]] = json.loads(merge.identifiers)
    return found


def counts(rows: Mapping[str, Any]) -> dict[str, int]:
    """Table → how many; tables without any left out."""
    return {table: len(ids) for table, ids in rows.items() if ids}


def differing(survivor: Patient, merged: Patient) -> tuple[str, ...]:
    """The identifiers that are not the same in both records."""
    return tuple(name for name in FIELDS if (getattr(survivor, name) or "") != (getattr(merged, name) or ""))


def blank(survivor: Patient, merged: Patient) -> tuple[str, ...]:
    """The identifiers that only the other record has."""
    return tuple(name for name in differing(survivor, merged) if not told(getattr(survivor, name)))


def must_work_at_both(session: Session, actor: Actor, *patients: int, says: str = NO_SUCH) -> None:
    """Return quietly when the patients are all there and of the actor's sites, else raise NotFound."""
    sites = queries.sites_of(session, *(findable(each) for each in patients))
    if set(sites) != set(patients) or not actor.site_ids.issuperset(sites.values()):
        raise NotFound(says)


def when_nobody_writes(do: Callable[[], ReturnT]) -> ReturnT:
    """Do it as soon as nobody else is writing about these patients; NotReady when that takes too long.

    A merge steps back and tries again: whoever is typing is never undone for it.
    """
    for pause in PAUSES:
        try:
            return do()
        except moving.BeingWritten:
            sleep(pause)
    raise NotReady("Somebody is writing in one of these records just now. Try again in a moment.", ("patient",))
