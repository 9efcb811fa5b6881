"""Reading the audit trail."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from dashboard.access import Actor, Permission
from dashboard.casework.authority import looking
from dashboard.casework.deeds import deed
from dashboard.casework.rows import number
from dashboard.casework.views import AuditRow
from db import queries
from db.tables import AuditEvent


@deed(Permission.AUDIT_READ)
def audit_trail(
    actor: Actor,
    before_id: int | None = None,
    limit: int = 100,
    person_id: int | None = None,
    deed: str | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
) -> tuple[AuditRow, ...]:
    """The newest audit events asked for with an id below ``before_id``, newest first: codes and ids only.

    Days are the clinic's own, both included.
    """
    since = _midnight(first_day) if first_day else None
    until = _midnight(last_day + timedelta(days=1)) if last_day else None
    with looking(actor, Permission.AUDIT_READ) as session:
        events = queries.audit_events(session, before_id, limit, person_id, deed, since, until)
        return tuple(_row(event) for event in events)


@deed(Permission.AUDIT_READ)
def audit_deeds(actor: Actor) -> tuple[str, ...]:
    """Every deed that occurs in the trail, in alphabetical order."""
    with looking(actor, Permission.AUDIT_READ) as session:
        return queries.audit_deeds(session)


def _midnight(day: date) -> datetime:
    """When a day begins where the clinic is: that of the machine it runs on."""
    return datetime.combine(day, time()).astimezone()


def _row(event: AuditEvent) -> AuditRow:
    return AuditRow(
        id=number(event),
        at=event.at,
        person=event.person_name,
        role=event.role,
        deed=event.deed,
        record=event.record,
        record_id=event.record_id,
        before=event.before,
        after=event.after,
        reason=event.reason,
    )
