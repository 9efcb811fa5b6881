"""A patient on one line, and under a name."""

from __future__ import annotations

from dashboard.casework.views import PatientCard
from dashboard.ui import words
from dashboard.ui.look import plain
from dashboard.ui.settings import clinic


def patient_line(patient: PatientCard) -> str:
    """Name, age, sex and record number on one line."""
    return f"{plain(patient.name)} · {patient.age} years · {words.sex(patient.sex)} · {plain(patient.record_number)}"


def facts(patient: PatientCard) -> str:
    """Age, day of birth, sex and record number, for a line under a name."""
    born = clinic().day(patient.date_of_birth)
    return f"{patient.age} years, born {born} · {words.sex(patient.sex)} · {plain(patient.record_number)}"
