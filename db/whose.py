"""Whose record a row belongs to: the patient it is about, directly or through the rows it refers to."""

from typing import Any

from sqlalchemy import inspect
from sqlmodel import Session

from db.tables import (
    Assessment,
    ConfirmedDiagnosis,
    Decision,
    Draft,
    Episode,
    Intake,
    Patient,
    Referral,
    Row,
)

THROUGH: tuple[tuple[str, type[Row]], ...] = (
    ("episode_id", Episode),
    ("draft_id", Draft),
    ("referral_id", Referral),
    ("assessment_id", Assessment),
    ("decision_id", Decision),
    ("diagnosis_id", ConfirmedDiagnosis),
    ("intake_id", Intake),
    ("merged_id", Patient),
)
"""Columns that lead on, nearest to the patient first."""


def patient_of(session: Session, row: Row) -> int | None:
    """The id of the patient a row is about; None for one that is about nobody in particular."""
    if isinstance(row, Patient):
        return row.id
    columns = inspect(type(row)).columns.keys()
    if "patient_id" in columns:
        return int(row.patient_id)  # type: ignore[attr-defined]
    for name, kind in THROUGH:
        if name in columns and (parent_id := getattr(row, name)) is not None:
            parent = session.get(kind, parent_id)
            return patient_of(session, parent) if parent is not None else None
    return None


def patients_of(session: Session, record: str, record_id: object) -> list[int] | None:
    """The patients a record is about, found by its table's name and its id; None for none."""
    kind = _KINDS.get(record)
    key = _key(kind, record_id) if kind is not None else None
    row = session.get(kind, key) if kind is not None and key is not None else None
    patient_id = patient_of(session, row) if row is not None else None
    return None if patient_id is None else [patient_id]


def is_about_someone(kind: type[Any]) -> bool:
    """Whether rows of a table are about one patient."""
    return kind in _KINDS.values()


def _about_someone() -> dict[str, type[Row]]:
    found = {}
    for mapper in inspect(Patient).registry.mappers:
        names = {"patient_id", *(name for name, _ in THROUGH)}
        name, told = str(mapper.class_.__tablename__), mapper.columns.keys()
        if mapper.class_ is Patient or (names & set(told) and name not in _NOT_HISTORIES):
            found[name] = mapper.class_
    return found


_NOT_HISTORIES = {"auditpatient"}
_KINDS: dict[str, type[Row]] = _about_someone()


def _key(kind: type[Row] | None, record_id: object) -> Any:
    """An id as the table's own type; None for words that are none."""
    if kind is Draft:
        return str(record_id) or None
    return int(str(record_id)) if str(record_id).isdigit() else None
