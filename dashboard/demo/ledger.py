"""Rows of the invented clinic before they are stored, each with the audit events its making and changing left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlmodel import Session

from db.audit import link
from db.doers import Doer as Doer
from db.records import insert_many, traceable
from db.sealing import kind_of, outcome_of
from db.tables import Patient, Row
from db.whose import THROUGH

Columns = dict[str, Any]


@dataclass
class Held:
    """A row that is not stored yet."""

    kind: type[Row]
    columns: Columns

    def __getitem__(self, column: str) -> Any:
        return self.columns[column]


@dataclass
class Ledger:
    """Everything that happened, in order of telling; written to the database a part at a time."""

    _ids: dict[type[Row], int] = field(default_factory=dict)
    _held: dict[type[Row], list[Held]] = field(default_factory=dict)
    _events: list[Columns] = field(default_factory=list)
    _patients: dict[tuple[str, Any], int] = field(default_factory=dict)
    """The patient each row told so far is about, by its table and id."""

    def add(self, kind: type[Row], deed: str | None, who: Doer, at: datetime, /, **columns: Any) -> Held:
        """A new row, made at that moment; ``deed`` None leaves no audit event of its own."""
        times: Columns = {name: at for name in ("created_at", "updated_at", "at") if name in kind.model_fields}
        if "id" not in columns:
            self._ids[kind] = self._ids.get(kind, 0) + 1
            columns["id"] = self._ids[kind]
        held = Held(kind, {**defaults(kind), **times, **columns})
        if (patient_id := self._whose(held)) is not None:
            self._patients[str(kind.__tablename__), held["id"]] = patient_id
        self._held.setdefault(kind, []).append(held)
        if deed:
            self._note(held, deed, who, at, None, traceable(kind, held.columns))
        return held

    def change(self, held: Held, deed: str, who: Doer, at: datetime, /, reason: str = "", **columns: Any) -> None:
        """Change a row that is not written yet: its version rises, its audit event tells before and after."""
        before = traceable(held.kind, {name: held[name] for name in columns})
        held.columns |= {**columns, "version": held["version"] + 1, "updated_at": at}
        self._note(held, deed, who, at, before, traceable(held.kind, columns), reason)

    def write(self, session: Session, kinds: tuple[type[Row], ...]) -> None:
        """Store what is held of these tables, in this order, and hold it no longer."""
        for kind in kinds:
            insert_many(session, kind, [held.columns for held in self._held.pop(kind, [])])

    def write_events(self, session: Session) -> int:
        """Store the audit events in the order in which they happened; how many there were."""
        told = len(self._events)
        link(session.connection(), sorted(self._events, key=lambda event: event["at"]))
        self._events.clear()
        return told

    def _whose(self, held: Held) -> int | None:
        """The patient a row is about: it says so itself, or a row told before that it refers to does."""
        if held.kind is Patient:
            return int(held["id"])
        if "patient_id" in held.columns:
            return int(held["patient_id"])
        found = (self._patients.get((str(kind.__tablename__), held.columns.get(name))) for name, kind in THROUGH)
        return next((patient_id for patient_id in found if patient_id is not None), None)

    def _note(
        self,
        held: Held,
        deed: str,
        who: Doer,
        at: datetime,
        before: Mapping[str, Any] | None,
        after: Mapping[str, Any],
        reason: str = "",
    ) -> None:
        record = str(held.kind.__tablename__)
        patient_id = self._patients.get((record, held["id"]))
        self._events.append(
            {
                "at": at,
                "person_id": who.person_id,
                "person_name": who.name,
                "role": who.role,
                "sign_in": "",
                "deed": deed,
                "kind": kind_of(deed),
                "outcome": outcome_of(deed),
                "purpose": "",
                "record": record,
                "record_id": str(held["id"]),
                "patients": None if patient_id is None else [patient_id],
                "before": before,
                "after": after,
                "reason": reason,
            }
        )


def defaults(kind: type[Row]) -> Columns:
    """What a row of that table holds where nothing is said."""
    return {name: field.get_default(call_default_factory=True) for name, field in _with_default(kind)}


@cache
def _with_default(kind: type[Row]) -> list[tuple[str, Any]]:
    return [(name, field) for name, field in kind.model_fields.items() if not field.is_required()]
