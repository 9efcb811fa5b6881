"""The patients' room: a record, who is like it, both side by side, and merging them back and forth."""

from __future__ import annotations

from datetime import date

from dashboard import casework
from dashboard.casework.merging import merges, patient_identifiers
from dashboard.casework.views import NewPatient, PatientCard
from tests.cast import Clinic
from tests.pages.visiting import keys, seen, visit


def registered(clinic: Clinic, number: str, given_name: str = "Ines", **more: str) -> PatientCard:
    """An invented runner of the north site."""
    site = int(clinic.sites["north"].id or 0)
    told = NewPatient(given_name, "Testova", date(1990, 5, 17), "female", site, record_number=number, **more)
    return casework.register_patient(casework.actor_for("amina"), told)


def test_two_records_are_merged_and_taken_apart_again(clinic: Clinic):
    """From the reason why they may be one person to the press, and back; each step says what it did."""
    first, second = registered(clinic, "T-1"), registered(clinic, "T-2", "Inez", phone="555 0101")
    noor = casework.actor_for("noor")
    casework.open_draft(noor, second.id)
    at = visit("noor", "patients", patient=str(first.id))
    assert f"compare-{second.id}" in keys(at)
    assert "same date of birth" in seen(at)
    at = visit("noor", "patients", patient=str(second.id))
    assert "Being taken by Noor" in seen(at)
    at = visit("noor", "patients", patient=str(first.id), other=str(second.id))
    assert "1 draft" in seen(at)
    at.button(key="merge").click().run()
    assert "Choose the reason first." in seen(at)
    at.radio(key=f"takes-given_name-{first.id}-{second.id}").set_value(True)
    at.selectbox(key="merge-reason").select("registered-twice")
    at.button(key="merge").click().run()
    assert not at.exception
    (merge,) = merges(noor)
    assert "Merged: 1 draft moved" in seen(at)
    record = patient_identifiers(noor, first.id)
    assert (record.given_name, record.phone) == ("Inez", "555 0101")
    at.button(key=f"undo-{merge.id}").click().run()
    assert "gets back its own given name, telephone" in seen(at)
    at.selectbox(key=f"undo-reason-{merge.id}").select("two-people")
    at.button(key=f"undo-now-{merge.id}").click().run()
    assert not at.exception
    assert "two records again" in seen(at)
    assert patient_identifiers(noor, first.id).given_name == "Ines"
    assert merges(noor)[0].undone_by == "Noor"


def test_what_was_begun_since_is_asked_about(clinic: Clinic):
    """An intake begun after the merge stays unless the desk says that it goes along."""
    first, second = registered(clinic, "T-1"), registered(clinic, "T-2")
    noor = casework.actor_for("noor")
    at = visit("noor", "patients", patient=str(first.id), other=str(second.id))
    at.selectbox(key="merge-reason").select("registered-twice")
    at.button(key="merge").click().run()
    (merge,) = merges(noor)
    draft = casework.open_draft(noor, first.id)
    at.button(key=f"undo-{merge.id}").click().run()
    at.checkbox(key=f"along-draft:{draft.id}").check().run()
    at.selectbox(key=f"undo-reason-{merge.id}").select("two-people")
    at.button(key=f"undo-now-{merge.id}").click().run()
    assert not at.exception
    assert casework.read_draft(noor, draft.id).patient.id == second.id


def test_a_record_is_corrected_on_the_screen(clinic: Clinic):
    """What cannot be is refused where it was typed; what can be is kept and shown."""
    patient = registered(clinic, "T-1")
    at = visit("noor", "patients", patient=str(patient.id))
    at.button(key="correct").click().run()
    seen_as = f"{patient.id}-{patient.version}"
    at.text_input(key=f"right-born-{seen_as}").input("31/31/1990")
    at.button(key="correct-submit").click().run()
    assert at.error
    at.text_input(key=f"right-born-{seen_as}").input("05/18/1990")
    at.text_input(key=f"right-phone-{seen_as}").input("555 0102")
    at.button(key="correct-submit").click().run()
    assert not at.exception
    record = patient_identifiers(casework.actor_for("noor"), patient.id)
    assert (record.date_of_birth, record.phone) == (date(1990, 5, 18), "555 0102")


def test_an_address_of_nobody_leads_to_the_search(clinic: Clinic):
    """A number that is none, of nobody, or of another site's patient: said calmly, and nothing is shown."""
    site = int(clinic.sites["south"].id or 0)
    told = NewPatient("Sonia", "Elsewhere", date(1990, 5, 17), "female", site, record_number="S-1")
    there = casework.register_patient(casework.actor_for("amina"), told)
    for number in ("x", "999999", str(there.id)):
        at = visit("noor", "patients", patient=number)
        assert not at.exception
        assert "Elsewhere" not in seen(at)
        assert [title.value for title in at.title] == ["Patients"]


def test_an_address_that_compares_a_record_with_itself_shows_the_record(clinic: Clinic):
    """Nothing to compare."""
    patient = registered(clinic, "T-1")
    at = visit("noor", "patients", patient=str(patient.id), other=str(patient.id))
    assert [title.value for title in at.title] == ["Ines Testova"]
