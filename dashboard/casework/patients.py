"""Registering patients, and opening one."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from dashboard.access import Actor, Permission
from dashboard.alike import Level
from dashboard.casework.authority import looking, name_of, writing
from dashboard.casework.deeds import deed
from dashboard.casework.errors import BadAnswer, NotFound
from dashboard.casework.finding import OFFERED, described_as, likest
from dashboard.casework.identifiers import FIELDS, checked, code
from dashboard.casework.opened import at_sites_or_opened
from dashboard.casework.rows import findable, number, referred
from dashboard.casework.shapes import episode_view, patient_card
from dashboard.casework.views import EpisodeView, NewPatient, PatientCard
from db import queries, records
from db.base import opaque_id
from db.tables import Patient, Site


@deed(Permission.PATIENT_READ, of_a_site=True, in_emergency=True)
def read_patient(actor: Actor, patient_id: int) -> PatientCard:
    """One patient; NotFound when there is none at the actor's sites."""
    with looking(actor, Permission.PATIENT_READ) as session:
        return patient_card(_patient(session, actor, patient_id))


@deed(Permission.EPISODE_READ, of_a_site=True, in_emergency=True)
def episodes_of(actor: Actor, patient_id: int) -> tuple[EpisodeView, ...]:
    """A patient's episodes, newest first."""
    with looking(actor, Permission.EPISODE_READ) as session:
        patient = _patient(session, actor, patient_id)
        site = referred(session, Site, patient.site_id)
        rows = queries.history(session, number(patient))
        return tuple(episode_view(row, site, name_of(session, row.clinician_id)) for row in rows)


@deed(Permission.PATIENT_WRITE, writes=True, of_a_site=True)
def register_patient(actor: Actor, new: NewPatient) -> PatientCard:
    """Register a patient at one of the actor's sites; BadAnswer names the field that is wrong, never its content."""
    with writing(actor, Permission.PATIENT_WRITE) as session:
        actor.must_be_at(new.site_id)
        patient = Patient(
            record_number=code("record_number", new.record_number) or _made_number(),
            **{field: checked(field, getattr(new, field)) for field in FIELDS},
            site_id=new.site_id,
        )
        alike = _doubted(session, actor, new)
        try:
            registered = records.insert(session, actor, patient, "patient:register")
        except IntegrityError:
            # The driver's own message would repeat the values; ours does not.
            raise BadAnswer("record_number", "is already another patient's; search for it or leave it blank.") from None
        _note_doubt(session, actor, registered, alike)
        return patient_card(registered)


def _doubted(session: Session, actor: Actor, new: NewPatient) -> dict[str, str]:
    """Who stood on the screen as likely the same, by their ids; each with how like."""
    found = likest(session, described_as(new), sorted(actor.site_ids))[:OFFERED]
    return {str(row.id): like.level.name.lower() for row, like in found if like.level >= Level.LIKELY}


def _note_doubt(session: Session, actor: Actor, registered: Patient, alike: dict[str, str]) -> None:
    """That somebody was registered although others are like them: what a later merging begins with."""
    if not alike:
        return
    about = [number(registered), *map(int, alike)]
    told = {"alike": alike}
    records.note(session, actor, "patient:register-alike", "patient", registered.id, after=told, patients=about)


def _patient(session: Session, actor: Actor, patient_id: int) -> Patient:
    patient = at_sites_or_opened(
        session, actor, lambda sites: queries.patient(session, findable(patient_id), sites), number
    )
    if patient is None:
        raise NotFound("There is no such patient at your sites.")
    return patient


def _made_number() -> str:
    """A record number nobody has: opaque, so that it says nothing about the patient."""
    letters = opaque_id().upper().replace("-", "").replace("_", "")
    return f"R-{letters[:10]}"
