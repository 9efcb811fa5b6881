"""Invented rows for the tests of storage."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from sqlmodel import Session

from db.records import insert
from db.tables import Episode, Intake, Patient, Row
from tests.cast import Clinic, a_runner

RowT = TypeVar("RowT", bound=Row)

NINE_O_CLOCK = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_numbers = count(1)


def put(session: Session, row: RowT) -> RowT:
    """Store a row without an audit event, and give it back with its id."""
    session.add(row)
    session.flush()
    return row


def a_patient(session: Session, clinic: Clinic, site: str = "north", **columns: Any) -> Patient:
    """A registered runner."""
    runner = a_runner(clinic.sites[site], next(_numbers), **columns)
    return insert(session, clinic.doer("noor"), runner, "patient:register")


def an_episode(
    session: Session,
    clinic: Clinic,
    site: str = "north",
    urgency: int = 0,
    minutes: int = 0,
    patient: Patient | None = None,
    **columns: Any,
) -> Episode:
    """An episode with its intake, handed in ``minutes`` after nine o'clock."""
    runner = patient or a_patient(session, clinic, site)
    at = NINE_O_CLOCK + timedelta(minutes=minutes)
    shared: dict[str, Any] = {
        "patient_id": runner.id,
        "site_id": clinic.sites[site].id,
        "urgency": urgency,
        "submitted_at": at,
    }
    episode = put(session, Episode(**(shared | {"opened_on": date(2026, 3, 2)} | columns)))
    put(session, Intake(**shared, episode_id=episode.id, submitted_by=clinic.people["noor"].id, month="2026-03"))
    return episode
