"""Patients: who somebody is, whether they are registered twice, and merging such records or taking them apart."""

from dashboard.access import Permission
from dashboard.ui import look
from dashboard.ui.door import enter
from dashboard.ui.panels import markup, merges_made, merging, patient_record

actor = enter(Permission.PATIENT_MERGE)

markup.style()
patient = patient_record.chosen(actor)
if patient is None:
    look.title("Patients", "Find a record to see or correct it, or to merge it with another of the same person.")
    patient_record.finder(actor)
    merges_made.panel(actor)
elif other := merging.chosen(actor, patient):
    look.title("Two records of one person?", "Nothing is lost by merging, and it can be taken apart again.")
    merging.compare(actor, patient, other)
else:
    patient_record.panel(actor, patient)
    merging.likely(actor, patient)
    merges_made.panel(actor, patient.id)
