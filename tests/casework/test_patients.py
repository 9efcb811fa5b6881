"""Registering a patient and finding one again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dashboard import casework
from dashboard.casework.views import NewPatient
from tests.casework.conftest import Cast, Trail, refused


def a_newcomer(cast: Cast, **changes: object) -> NewPatient:
    told: dict[str, object] = {
        "given_name": "Łucja",
        "family_name": "Ångström",
        "date_of_birth": date(1988, 2, 29),
        "sex_at_birth": "female",
        "site_id": cast.site("north"),
        "record_number": "TEST-77",
        "phone": "555 0100",
    }
    return NewPatient(**(told | changes))  # type: ignore[arg-type]


def test_a_registered_patient_is_found_by_name_and_number(cast: Cast) -> None:
    """Typed without accents, in any order of words, or by the start of the record number."""
    new = casework.register_patient(cast.noor, a_newcomer(cast))
    assert new.name == "Łucja Ångström"
    for words in ("lucja ang", "ang", "TEST-7", "ångström lucja"):
        assert [found.id for found in casework.find_patients(cast.noor, words)] == [new.id]
    assert casework.find_patients(cast.noor, "  ") == ()
    assert casework.read_patient(cast.noor, new.id) == new


def test_age_is_counted_in_whole_years(cast: Cast) -> None:
    """On the day before the birthday one is still a year younger."""
    today = date.today()
    born = date(today.year - 40, today.month, 28 if today.day > 28 else today.day)
    assert cast.runner(date_of_birth=born).age in (39, 40)
    assert cast.runner(date_of_birth=today - timedelta(days=366)).age == 1
    assert cast.runner(date_of_birth=today).age == 0


def test_a_blank_record_number_gets_one_made(cast: Cast) -> None:
    """Nobody has it, and it says nothing about the patient."""
    first = casework.register_patient(cast.noor, a_newcomer(cast, record_number=" "))
    second = casework.register_patient(cast.noor, a_newcomer(cast, record_number=""))
    assert first.record_number.startswith("R-")
    assert len(first.record_number) >= 10
    assert first.record_number != second.record_number


def test_a_record_number_is_one_patients_only(cast: Cast) -> None:
    """The second patient is refused, and the message repeats neither number nor name."""
    casework.register_patient(cast.noor, a_newcomer(cast))
    with pytest.raises(casework.BadAnswer, match="already another patient's") as refusal:
        casework.register_patient(cast.noor, a_newcomer(cast, given_name="Piotr"))
    assert refusal.value.item == "record_number"
    assert "TEST-77" not in str(refusal.value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("given_name", " "),
        ("family_name", "x" * 101),
        ("date_of_birth", date.today() + timedelta(days=2)),
        ("date_of_birth", date(1850, 1, 1)),
        ("sex_at_birth", "unheard_of"),
        ("record_number", "9" * 41),
        ("postal_code", "9" * 41),
        ("phone", "5" * 41),
    ],
)
def test_a_field_that_cannot_be_is_refused_by_name(cast: Cast, field: str, value: object) -> None:
    """The error says which field, so that the desk can put the cursor there."""
    with pytest.raises(casework.BadAnswer) as refusal:
        casework.register_patient(cast.noor, a_newcomer(cast, **{field: value}))
    assert refusal.value.item == field


def test_someone_alike_is_offered_before_registering_twice(cast: Cast) -> None:
    """Same birthday and a like name, or the same name; a stranger is not offered."""
    here = casework.register_patient(cast.noor, a_newcomer(cast))
    alike = a_newcomer(cast, given_name="Lucja", family_name="Angstrom", record_number="")
    namesake = a_newcomer(cast, date_of_birth=date(1970, 1, 1))
    stranger = a_newcomer(cast, given_name="Piotr", family_name="Angler", date_of_birth=date(1970, 1, 1))
    assert [card.id for card in casework.possible_duplicates(cast.noor, alike)] == [here.id]
    assert [card.id for card in casework.possible_duplicates(cast.noor, namesake)] == [here.id]
    assert casework.possible_duplicates(cast.noor, stranger) == ()


def test_managers_administrators_and_mallory_register_nobody(cast: Cast) -> None:
    """Neither reading nor writing patients is their business."""
    patient = cast.runner()
    refused(cast, lambda actor: casework.register_patient(actor, a_newcomer(cast)), "chidi", "dana", "mallory")
    refused(cast, lambda actor: casework.find_patients(actor, "ines"), "chidi", "dana", "mallory")
    refused(cast, lambda actor: casework.read_patient(actor, patient.id), "chidi", "dana", "mallory")
    refused(cast, lambda actor: casework.episodes_of(actor, patient.id), "chidi", "dana", "mallory")


def test_another_sites_patients_are_not_seen(cast: Cast) -> None:
    """Sofia neither finds, reads nor registers at the site where she does not work."""
    patient = cast.runner("north")
    assert casework.find_patients(cast.sofia, "ines") == ()
    with pytest.raises(casework.NotFound):
        casework.read_patient(cast.sofia, patient.id)
    refused(cast, lambda actor: casework.register_patient(actor, a_newcomer(cast)), "sofia")


def test_registering_leaves_an_audit_event_without_the_name(cast: Cast, trail: Trail) -> None:
    """Who registered whom by id; nothing that tells who the patient is."""
    patient = casework.register_patient(cast.noor, a_newcomer(cast))
    (event,) = trail("patient:register")
    assert (event.person_id, event.record, event.record_id) == (cast.noor.person_id, "patient", str(patient.id))
    assert "ngstr" not in str(event.after)
    assert "1988" not in str(event.after)
