"""Reading the audit trail, proving that it is whole, and taking it elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from dashboard.access import Actor, Permission
from dashboard.casework.authority import looking, writing
from dashboard.casework.deeds import deed as enter
from dashboard.casework.rows import findable
from dashboard.casework.views import AuditRow, TrailFilter, TrailVerdict
from dashboard.letters import one_line
from db import audit_fhir, engine, queries, records
from db.scope import program
from db.tables import AuditEvent
from db.verifying import verify

EXPORTED_AT_MOST = 50_000
"""Events that leave in one file; more leave by days, or by python -m db audit-export."""
TOLD_FAULTS = 5


@enter(Permission.AUDIT_READ)
def audit_trail(
    actor: Actor,
    before_id: int | None = None,
    limit: int = 100,
    person_id: int | None = None,
    deed: str | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
    kind: str | None = None,
    patient_id: int | None = None,
) -> tuple[AuditRow, ...]:
    """The newest audit events asked for with an id below ``before_id``, newest first: codes and ids only.

    Days are the clinic's own, both included; ``kind`` as in TrailFilter.
    """
    wanted = _asked(TrailFilter(person_id, deed, kind, patient_id, first_day, last_day))
    with looking(actor, Permission.AUDIT_READ) as session:
        return tuple(_row(event) for event in queries.audit_events(session, before_id, limit, **wanted))


@enter(Permission.AUDIT_READ)
def audit_deeds(actor: Actor) -> tuple[str, ...]:
    """Every deed that occurs in the trail, in alphabetical order."""
    with looking(actor, Permission.AUDIT_READ) as session:
        return queries.audit_deeds(session)


@enter(Permission.AUDIT_READ)
def audited_patient(actor: Actor, record_number: str) -> int | None:
    """The id the trail knows a patient by, None for a record number nobody has; nothing else of them is read."""
    with looking(actor, Permission.AUDIT_READ) as session:
        return queries.patient_numbered(session, one_line(record_number))


@enter(Permission.AUDIT_VERIFY, writes=True)
def verify_trail(actor: Actor, tell: Callable[[int, int], None] = lambda done, of: None) -> TrailVerdict:
    """Look through the whole trail and note what was found; ``tell`` hears how far it is, and of how many events."""
    with looking(actor, Permission.AUDIT_VERIFY):
        verdict = verify(tell=tell)
    says = [fault.says for fault in verdict.faults[:TOLD_FAULTS]]
    found = {"events": verdict.events, "faults": len(verdict.faults), "says": says}
    with writing(actor, Permission.AUDIT_VERIFY) as session:
        event = records.note(session, actor, "audit:verify", "audithead", 1, after=found)
        return _verdict(event)


@enter(Permission.AUDIT_READ)
def last_verdict(actor: Actor) -> TrailVerdict | None:
    """What was found when the trail was last looked through; None when nobody has."""
    with looking(actor, Permission.AUDIT_READ) as session:
        found = queries.audit_events(session, limit=1, deed="audit:verify")
        return _verdict(found[0]) if found else None


@enter(Permission.AUDIT_READ, writes=True)
def export_trail(actor: Actor, wanted: TrailFilter) -> bytes:
    """The events wanted as FHIR AuditEvents, one JSON document a line, newest first; EXPORTED_AT_MOST of them."""
    asked = {**_asked(wanted), "limit": EXPORTED_AT_MOST}
    with looking(actor, Permission.AUDIT_READ) as session:
        events = queries.audit_events(session, **asked)
    with engine.reading(scope=program("naming the sites of an export")) as session:
        places = audit_fhir.sites(session.connection())
    lines = [audit_fhir.line(event.model_dump(), places) for event in events]
    with writing(actor, Permission.AUDIT_READ) as session:
        told = {"form": "fhir", "number": len(lines), **{name: str(value) for name, value in _told(wanted).items()}}
        records.note(session, actor, "audit:export", "auditevent", after=told)
    return "".join(lines).encode()


def _told(wanted: TrailFilter) -> dict[str, Any]:
    return {name: value for name, value in vars(wanted).items() if value is not None}


def _asked(wanted: TrailFilter) -> dict[str, Any]:
    """A filter as the database is asked for it."""
    return {
        "person_id": wanted.person_id,
        "deed": wanted.deed,
        "kind": wanted.kind,
        "patient_id": None if wanted.patient_id is None else findable(wanted.patient_id),
        "since": _midnight(wanted.first_day) if wanted.first_day else None,
        "until": _midnight(wanted.last_day + timedelta(days=1)) if wanted.last_day else None,
    }


def _midnight(day: date) -> datetime:
    """When a day begins where the clinic is: that of the machine it runs on."""
    return datetime.combine(day, time()).astimezone()


def _verdict(event: AuditEvent) -> TrailVerdict:
    told = event.after or {}
    return TrailVerdict(event.at, event.person_name, told["events"], tuple(told["says"]), told["faults"])


def _row(event: AuditEvent) -> AuditRow:
    assert event.id is not None
    return AuditRow(
        id=event.id,
        at=event.at,
        person=event.person_name,
        role=event.role,
        deed=event.deed,
        record=event.record,
        record_id=event.record_id,
        before=event.before,
        after=event.after,
        reason=event.reason,
        kind=event.kind,
        refused=event.outcome == "refused",
        emergency=event.purpose == "emergency",
        patients=tuple(event.patients or ()),
    )
