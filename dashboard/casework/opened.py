"""Patients of another site opened in an emergency: which deeds reach them, and that it is said of everything done."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlmodel import Session

from dashboard.access import Actor
from dashboard.accounts import clock
from dashboard.casework.authority import holds_in_emergency
from dashboard.casework.errors import NotFound
from db import queries
from db.queries import SiteIds

PURPOSE = "emergency"
"""What every audit event says of a deed that only an emergency allowed."""

RowT = TypeVar("RowT")


def at_sites_or_opened(
    session: Session, actor: Actor, find: Callable[[SiteIds], RowT | None], patient_of: Callable[[RowT], int]
) -> RowT | None:
    """What ``find`` finds at the actor's sites; beyond them only of a patient opened to the actor in an emergency."""
    found = find(sorted(actor.site_ids))
    if found is not None or not (actor.patients and holds_in_emergency(session)):
        return found
    beyond = find(None)
    return beyond if beyond is not None and _opened(session, actor, patient_of(beyond)) else None


def may_see(session: Session, actor: Actor, site_id: int, patient_id: int) -> None:
    """Return quietly when the record is of one of the actor's sites or opened in an emergency, else NotFound."""
    if site_id not in actor.site_ids and not _opened(session, actor, patient_id):
        raise NotFound("There is no such record at your sites.")


def _opened(session: Session, actor: Actor, patient_id: int) -> bool:
    """Whether it is open at this moment, as the database says; from here on the session's deeds carry the purpose."""
    if patient_id not in actor.patients or not holds_in_emergency(session):
        return False
    if patient_id not in queries.patients_opened(session, actor.person_id, clock.now()):
        return False
    session.info["purpose"] = PURPOSE
    return True
