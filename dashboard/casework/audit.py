"""Reading the audit trail."""

from __future__ import annotations

from dashboard.access import Actor, Permission
from dashboard.casework.authority import looking
from dashboard.casework.views import AuditRow
from db import queries


def audit_trail(actor: Actor, before_id: int | None = None, limit: int = 100) -> tuple[AuditRow, ...]:
    """The newest audit events with an id below ``before_id``, newest first: codes and ids only."""
    with looking(actor, Permission.AUDIT_READ) as session:
        events = queries.audit_events(session, before_id, limit)
        return tuple(
            AuditRow(
                e.id, e.at, e.person_name, e.role, e.deed, e.record, e.record_id, e.before, e.after, e.reason
            )
            for e in events
        )
