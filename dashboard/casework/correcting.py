"""Correcting what names a patient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.access import Actor, Permission
from dashboard.casework.authority import changed, must_be_fresh, writing
from dashboard.casework.deeds import deed
from dashboard.casework.errors import BadAnswer, NotFound, NotReady
from dashboard.casework.identifiers import FIELDS, checked
from dashboard.casework.merge_shapes import NO_SUCH, patient_record
from dashboard.casework.merge_views import PatientRecord, Seen
from dashboard.casework.rows import findable
from db import queries


@deed(Permission.PATIENT_WRITE, writes=True, of_a_site=True)
def correct_patient(actor: Actor, seen: Seen, fields: Mapping[str, Any]) -> PatientRecord:
    """Give a patient's identifiers (of FIELDS) other values; nothing is written when none differs.

    BadAnswer names the field that is wrong, never its content; StaleRecord when the record was changed since it was
    seen; NotReady for a record that was merged into another one, which nobody corrects.
    """
    if unknown := sorted(set(fields) - set(FIELDS)):
        raise BadAnswer(unknown[0], "is not an identifier that can be corrected.")
    with writing(actor, Permission.PATIENT_WRITE) as session:
        patient = queries.patient(session, findable(seen.id), sorted(actor.site_ids))
        if patient is None:
            raise NotFound(NO_SUCH)
        if patient.id != seen.id:
            raise NotReady(f"This record was merged into {patient.record_number}: correct that one.", ("patient",))
        must_be_fresh(session, patient, seen.version)
        asked = {name: checked(name, value) for name, value in fields.items()}
        differing = {name: value for name, value in asked.items() if (getattr(patient, name) or "") != value}
        if differing:
            patient = changed(session, actor, patient, seen.version, "patient:correct", **differing)
        return patient_record(session, patient)
