"""How patients were found before: names and numbers by their start, and doubts by the same name or the same day."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ColumnElement, and_, select
from sqlmodel import Session, col

from dashboard.access import Actor, Permission
from dashboard.casework.authority import looking
from dashboard.casework.reading import searched
from dashboard.casework.shapes import patient_card
from dashboard.casework.views import Newcomer
from db import blind, queries
from db.columns import folded
from db.queries.finding import has
from db.sealed import seals
from db.tables import Patient, PatientIndex

AT_MOST = 200


def finds(text: str) -> Callable[[Actor], object]:
    """By the start of a name or number alone."""

    def ask(actor: Actor) -> object:
        with looking(actor, Permission.PATIENT_READ) as session:
            searched(session, text)
            found = queries.patients_starting(session, text, sorted(actor.site_ids), 9)
            return tuple(patient_card(patient) for patient in found)

    return ask


def doubts(new: Newcomer) -> Callable[[Actor], object]:
    """The same whole name, then the same day: every row of them read, and noted as read."""

    def ask(actor: Actor) -> object:
        with looking(actor, Permission.PATIENT_READ) as session:
            searched(session, *vars(new).values())
            return [patient_card(row) for row in _namesakes(session, new, sorted(actor.site_ids))]

    return ask


def _namesakes(session: Session, new: Newcomer, sites: list[int]) -> list[Patient]:
    family, given = folded(new.family_name), folded(new.given_name)
    if seals(session.get_bind().dialect):
        born = new.date_of_birth.isoformat() if new.date_of_birth else ""
        asked = (blind.start("family", family), blind.start("given", given), blind.term("born", born))
        of_family, of_given, same_day = (has([each], sites) for each in asked)
        same_name: ColumnElement[bool] = of_family & of_given
    else:
        same_name = and_(col(Patient.family_key) == family, col(Patient.given_key) == given)
        same_day = col(Patient.date_of_birth) == new.date_of_birth
    found: dict[int | None, Patient] = {}
    for same in (same_name, same_day):
        wanted = select(Patient).where(same, col(Patient.site_id).in_(sites)).limit(AT_MOST)
        if seals(session.get_bind().dialect):
            wanted = wanted.join(PatientIndex, col(PatientIndex.patient_id) == col(Patient.id))
        found |= {patient.id: patient for patient in session.scalars(wanted)}
    return list(found.values())
