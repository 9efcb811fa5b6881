"""Whether a new row is about a patient whose record stands, and the same one as the rows it hangs on."""

from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from db.belonging import parents
from db.moving import movable
from db.tables import Patient, Row

SHARED: Any = {"read": True, "key_share": True}
"""Until the transaction ends nobody merges the patient or takes them apart; everything else goes on."""


def fault(session: Session, row: Row) -> str:
    """What stands against a new row: its patient became another one, or what it hangs on is another's; "" for nothing.

    So a row that was begun before a merge, and is stored after it, is not left behind with the patient that was.
    """
    name = str(row.__tablename__)
    if name not in movable():
        return ""
    patient_id = getattr(row, movable()[name][1])
    became: Any = select(col(Patient.merged_into_id)).where(col(Patient.id) == patient_id)
    if session.scalar(became.with_for_update(**SHARED)) is not None:
        return "the patient's record was merged into another one"
    if any(_is_anothers(session, row, column.name, parent.name, patient_id) for column, parent in parents(_table(row))):
        return "what it belongs to is another patient's now"
    return ""


def _is_anothers(session: Session, row: Row, column: str, parent: str, patient_id: int) -> bool:
    if parent not in movable() or (key := getattr(row, column)) is None:
        return False
    kind, whose = movable()[parent]
    there = session.scalar(select(getattr(kind, whose)).where(kind.id == key).with_for_update(**SHARED))
    return there is not None and there != patient_id


def _table(row: Row) -> Any:
    return type(row).__table__  # type: ignore[attr-defined]
