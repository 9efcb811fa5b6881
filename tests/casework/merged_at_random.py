"""Invented patients with rows of every kind about them, and a reader of everything stored about patients."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from db.base import now
from db.moving import movable
from db.tables import Draft, EmergencyAccess, Episode, Intake, Outcome, Patient, Referral
from tests.cast import Clinic, a_runner
from tests.db.rows import NINE_O_CLOCK, put
from tests.sessions import reading, transaction

KINDS = ("episode", "visit", "draft", "put-aside", "submission", "referral", "outcome", "emergency")
"""What may be added about a patient: "visit" to an episode there is, "submission" from the open draft there is."""
HOUSEKEEPING = {"version", "updated_at"}

Everything = dict[tuple[str, Any], dict[str, Any]]
"""(table, id) → its columns, but for the housekeeping."""

_numbers = count(50_000)


def a_patient(clinic: Clinic, site: str, **columns: Any) -> int:
    """A registered runner."""
    with transaction() as session:
        return int(put(session, a_runner(clinic.sites[site], next(_numbers), **columns)).id or 0)


def add(clinic: Clinic, patient_id: int, kind: str) -> None:
    """Store one more row about a patient, as the deeds would; nothing where there is nothing to add it to."""
    with transaction() as session:
        patient = session.get_one(Patient, patient_id)
        _ADDING[kind](session, clinic, patient)


def _episode(session: Session, clinic: Clinic, patient: Patient) -> None:
    told = {"patient_id": patient.id, "site_id": patient.site_id, "opened_on": NINE_O_CLOCK.date()}
    _intake(session, clinic, patient, put(session, Episode(**told, submitted_at=NINE_O_CLOCK)))


def _intake(session: Session, clinic: Clinic, patient: Patient, episode: Episode, draft: Draft | None = None) -> None:
    whose = {"patient_id": patient.id, "site_id": patient.site_id, "episode_id": episode.id}
    by = {"submitted_by": clinic.people["noor"].id, "draft_id": draft.id if draft else None}
    made = put(session, Intake(**whose, **by, submitted_at=NINE_O_CLOCK, month="2026-03"))
    if draft is not None:
        draft.state, draft.submitted_intake_id = "submitted", made.id
        put(session, draft)


def _visit(session: Session, clinic: Clinic, patient: Patient) -> None:
    if episode := _first(session, Episode, patient):
        _intake(session, clinic, patient, episode)


def _submission(session: Session, clinic: Clinic, patient: Patient) -> None:
    draft, episode = _first(session, Draft, patient, state="open"), _first(session, Episode, patient)
    if draft is not None and episode is not None:
        _intake(session, clinic, patient, episode, draft)


def _draft(session: Session, clinic: Clinic, patient: Patient, state: str = "open") -> None:
    if state != "open" or _first(session, Draft, patient, state="open") is None:
        put(session, Draft(patient_id=patient.id, owner_id=clinic.people["noor"].id, state=state, answers={"age": 30}))


def _referral(session: Session, clinic: Clinic, patient: Patient) -> None:
    if episode := _first(session, Episode, patient):
        whose = {"patient_id": patient.id, "site_id": patient.site_id, "episode_id": episode.id}
        put(session, Referral(**whose, kind="imaging", created_by=clinic.people["amina"].id, month="2026-03"))


def _outcome(session: Session, clinic: Clinic, patient: Patient) -> None:
    if episode := _first(session, Episode, patient):
        told = {"patient_id": patient.id, "episode_id": episode.id, "taken_on": NINE_O_CLOCK.date(), "value": 3.0}
        by = {"entered_by": clinic.people["noor"].id}
        put(session, Outcome(**told, **by, instrument="nprs_back", weeks_since_intake=1))


def _emergency(session: Session, clinic: Clinic, patient: Patient) -> None:
    told = {"patient_id": patient.id, "person_id": clinic.people["bruno"].id, "reason": "invented", "confirmed": "demo"}
    put(session, EmergencyAccess(**told, until=now() + timedelta(hours=1)))


_ADDING: dict[str, Any] = {
    "episode": _episode,
    "visit": _visit,
    "draft": _draft,
    "put-aside": lambda *given: _draft(*given, state="discarded"),
    "submission": _submission,
    "referral": _referral,
    "outcome": _outcome,
    "emergency": _emergency,
}


def _first(session: Session, kind: Any, patient: Patient, **where: Any) -> Any:
    asked = select(kind).filter_by(patient_id=patient.id, **where).order_by(kind.created_at.desc())
    return session.scalars(asked).first()


def everything(*patients: int) -> Everything:
    """Every row about these patients and their own, with its columns."""
    with reading() as session:
        found = {
            (name, row.id): row.model_dump(exclude=HOUSEKEEPING)
            for name, (kind, column) in movable().items()
            for row in session.scalars(select(kind).where(getattr(kind, column).in_(patients)))
        }
        for row in session.scalars(select(Patient).where(Patient.id.in_(patients))):  # type: ignore[union-attr]
            found["patient", row.id] = row.model_dump(exclude={*HOUSEKEEPING, "terms", "fitting"})
    return found


def astray(stored: Everything) -> list[str]:
    """What is wrong between rows: about a merged patient, of another site than the patient's, or torn apart."""
    wrong = []
    for (name, key), row in stored.items():
        if name == "patient":
            continue
        patient = stored["patient", row["patient_id"]]
        if patient["merged_into_id"] is not None:
            wrong.append(f"{name} {key} stayed with a merged patient")
        if row.get("site_id", patient["site_id"]) != patient["site_id"]:
            wrong.append(f"{name} {key} is of another site than its patient")
        for column, parent in (("episode_id", "episode"), ("draft_id", "draft")):
            if row.get(column) is not None and stored[parent, row[column]]["patient_id"] != row["patient_id"]:
                wrong.append(f"{name} {key} is another patient's than its {parent}")
    return wrong
