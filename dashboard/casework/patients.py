"""Finding and registering patients."""

from __future__ import annotations

from datetime import date

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from dashboard.access import Actor, Permission
from dashboard.casework.authority import looking, name_of, today, writing
from dashboard.casework.deeds import deed
from dashboard.casework.errors import BadAnswer, NotFound
from dashboard.casework.opened import at_sites_or_opened
from dashboard.casework.reading import searched
from dashboard.casework.rows import findable, number, referred
from dashboard.casework.shapes import episode_view, patient_card
from dashboard.casework.views import EpisodeView, NewPatient, PatientCard
from dashboard.in_force import knowledge
from dashboard.letters import one_line
from db import queries, records
from db.base import opaque_id
from db.columns import folded
from db.tables import Patient, Site

_NAME_AT_MOST = 100
_CODE_AT_MOST = 40
_OLDEST = 120


@deed(Permission.PATIENT_READ, of_a_site=True)
def find_patients(actor: Actor, text: str, limit: int = 20) -> tuple[PatientCard, ...]:
    """Patients of the actor's sites whose name or record number starts with the words typed."""
    with looking(actor, Permission.PATIENT_READ) as session:
        searched(session, text)
        found = queries.patients_starting(session, one_line(text), sorted(actor.site_ids), limit)
        return tuple(patient_card(patient) for patient in found)


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


@deed(Permission.PATIENT_READ, of_a_site=True)
def possible_duplicates(actor: Actor, new: NewPatient) -> tuple[PatientCard, ...]:
    """Patients already here with the same date of birth and a like name, or the same name: ask before registering."""
    with looking(actor, Permission.PATIENT_READ) as session:
        whose = (new.given_name, new.family_name, new.date_of_birth)
        searched(session, *whose)
        found = queries.namesakes(session, *whose, sorted(actor.site_ids))
        alike = [patient for patient in found if _alike(patient, new)]
        return tuple(patient_card(patient) for patient in alike)


@deed(Permission.PATIENT_WRITE, writes=True, of_a_site=True)
def register_patient(actor: Actor, new: NewPatient) -> PatientCard:
    """Register a patient at one of the actor's sites; BadAnswer names the field that is wrong, never its content."""
    with writing(actor, Permission.PATIENT_WRITE) as session:
        actor.must_be_at(new.site_id)
        patient = Patient(
            record_number=_code("record_number", new.record_number) or _made_number(),
            given_name=_name("given_name", new.given_name),
            family_name=_name("family_name", new.family_name),
            date_of_birth=_birth(new.date_of_birth),
            sex_at_birth=_sex(new.sex_at_birth),
            phone=_code("phone", new.phone),
            postal_code=_code("postal_code", new.postal_code),
            site_id=new.site_id,
        )
        try:
            return patient_card(records.insert(session, actor, patient, "patient:register"))
        except IntegrityError:
            # The driver's own message would repeat the values; ours does not.
            raise BadAnswer("record_number", "is already another patient's; search for it or leave it blank.") from None


def _patient(session: Session, actor: Actor, patient_id: int) -> Patient:
    patient = at_sites_or_opened(
        session, actor, lambda sites: queries.patient(session, findable(patient_id), sites), number
    )
    if patient is None:
        raise NotFound("There is no such patient at your sites.")
    return patient


def _alike(patient: Patient, new: NewPatient) -> bool:
    same_family = folded(patient.family_name) == folded(new.family_name)
    same_given = folded(patient.given_name)[:1] == folded(new.given_name)[:1]
    same_birth = patient.date_of_birth == new.date_of_birth
    same_name = same_family and folded(patient.given_name) == folded(new.given_name)
    return same_name or (same_birth and (same_family or same_given))


def _name(field: str, name: str) -> str:
    name = one_line(name)
    if not 1 <= len(name) <= _NAME_AT_MOST:
        raise BadAnswer(field, f"must be 1 to {_NAME_AT_MOST} characters long.")
    return name


def _code(field: str, text: str) -> str:
    text = one_line(text)
    if len(text) > _CODE_AT_MOST:
        raise BadAnswer(field, f"must be at most {_CODE_AT_MOST} characters long.")
    return text


def _birth(born: date) -> date:
    if not 0 <= today().year - born.year <= _OLDEST or born > today():
        raise BadAnswer("date_of_birth", f"must be in the last {_OLDEST} years and not after today.")
    return born


def _sex(code: str) -> str:
    options = [option.code for option in knowledge().items["sex_at_birth"].options]
    if code not in options:
        raise BadAnswer("sex_at_birth", f"must be one of {', '.join(options)}.")
    return code


def _made_number() -> str:
    """A record number nobody has: opaque, so that it says nothing about the patient."""
    letters = opaque_id().upper().replace("-", "").replace("_", "")
    return f"R-{letters[:10]}"
