"""Registering a patient and finding one again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dashboard import casework
from dashboard.casework import reading
from dashboard.casework.views import Newcomer, NewPatient
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


def alike_to(cast: Cast, new: NewPatient | Newcomer) -> list[tuple[int, str]]:
    """Whom Noor is shown while registering somebody, with the level."""
    return [(each.patient.id, each.level) for each in casework.possible_duplicates(cast.noor, new)]


def test_someone_alike_is_offered_before_registering_twice(cast: Cast) -> None:
    """However the name or the day was typed; neither a stranger nor a namesake of another generation is offered."""
    here = casework.register_patient(cast.noor, a_newcomer(cast)).id
    typed = {"record_number": "", "phone": ""}
    assert alike_to(cast, a_newcomer(cast, given_name="Lucja", family_name="Angstrom", **typed)) == [(here, "sure")]
    for changes in (
        {"given_name": "Lucija"},
        {"family_name": "Angstorm"},
        {"family_name": "Ångström-Test"},
        {"given_name": "Ångström", "family_name": "Łucja"},
        {"date_of_birth": date(1988, 2, 28)},
    ):
        assert alike_to(cast, a_newcomer(cast, **(typed | changes))) == [(here, "likely")], changes
    assert alike_to(cast, a_newcomer(cast, date_of_birth=date(1961, 7, 4))) == [(here, "sure")]  # by the number
    assert alike_to(cast, a_newcomer(cast, date_of_birth=date(1961, 7, 4), **typed)) == []
    assert alike_to(cast, a_newcomer(cast, given_name="Piotr", family_name="Angler", **typed)) == []


def test_the_reasons_are_said(cast: Cast) -> None:
    """Why somebody is offered, the most telling first, and what speaks against it."""
    casework.register_patient(cast.noor, a_newcomer(cast, given_name="William", family_name="Smith"))
    new = a_newcomer(cast, given_name="Bill", family_name="Smyth", sex_at_birth="male", record_number="")
    (found,) = casework.possible_duplicates(cast.noor, new)
    assert found.alike == (
        *("same date of birth", "same telephone", "family name one letter apart"),
        "Bill is a short form of William",
    )
    assert found.unlike == ("another sex recorded at birth",)


def test_someone_is_offered_as_soon_as_enough_is_typed(cast: Cast) -> None:
    """Nobody for a birthday or a given name alone; with the whole name, or with two of three."""
    here = casework.register_patient(cast.noor, a_newcomer(cast)).id
    born = date(1988, 2, 29)
    for told in (Newcomer(), Newcomer("Łucja"), Newcomer(date_of_birth=born), Newcomer(phone="555 0100")):
        assert alike_to(cast, told) == [], told
    for told in (
        Newcomer("Lucja", "Angstrom"),
        Newcomer("Lucja", date_of_birth=born),
        Newcomer("Lucja", phone="555-0100"),
    ):
        assert [found for found, _ in alike_to(cast, told)] == [here], told


def test_who_only_was_a_candidate_was_not_read(cast: Cast, trail: Trail) -> None:
    """Somebody born the same day is compared by the machine; the trail names those who were shown."""
    shown = casework.register_patient(cast.noor, a_newcomer(cast))
    casework.register_patient(cast.noor, a_newcomer(cast, given_name="Piotr", family_name="Angler", record_number=""))
    reading.forget()
    casework.possible_duplicates(cast.noor, a_newcomer(cast, record_number=""))
    assert trail("patient:search")[-1].patients == [shown.id]


def test_registering_in_spite_of_a_doubt_is_never_refused_and_is_noted(cast: Cast, trail: Trail) -> None:
    """The trail says by ids who was like, and how like; where there is no doubt it says nothing."""
    here = casework.register_patient(cast.noor, a_newcomer(cast))
    assert trail("patient:register-alike") == []
    twice = casework.register_patient(cast.noor, a_newcomer(cast, record_number=""))
    (event,) = trail("patient:register-alike")
    assert event.after == {"alike": {str(here.id): "sure"}}
    assert sorted(event.patients or ()) == [here.id, twice.id]


@pytest.mark.parametrize(
    ("typed", "by"),
    [
        ("1988-02-29", "born"),
        ("02/29/1988", "born"),
        ("29 Feb 1988", "born"),
        ("angstrom 02/29/1988", "born"),
        ("(503) 555-0142", "phone"),
        ("5035550142", "phone"),
        ("0142", "phone"),
        ("503555", "phone"),
        ("lucja 0142", "phone"),
        ("+1 503 555 0142", "phone"),
        ("test-7", "number"),
        ("lucja", "name"),
        ("Lukja Angstrem", "given name one letter apart, family name one letter apart"),
    ],
)
def test_a_patient_is_found_by_whatever_the_desk_knows(cast: Cast, typed: str, by: str) -> None:
    """And the card says what it was found by."""
    new = casework.register_patient(cast.noor, a_newcomer(cast, phone="+1 503 555-0142"))
    casework.register_patient(
        cast.noor, a_newcomer(cast, given_name="Piotr", family_name="Angler", record_number="", phone="503 500 0143",
                              date_of_birth=date(1961, 7, 4))
    )  # fmt: skip
    (found,) = casework.find_patients(cast.noor, typed, form="MM/DD/YYYY")
    assert found.id == new.id
    assert sorted(found.found_by.split(", ")) == sorted(by.split(", "))


def test_a_megabyte_pasted_finds_nobody_and_keeps_nobody_waiting(cast: Cast) -> None:
    """Neither in the search nor in the fields of the form."""
    casework.register_patient(cast.noor, a_newcomer(cast))
    pasted = "łucja 1988 " * 100_000
    assert casework.find_patients(cast.noor, pasted) == ()
    assert alike_to(cast, Newcomer(pasted, pasted, date(1999, 9, 9), "", pasted, pasted, pasted)) == []


def test_a_day_typed_the_other_way_round_finds_all_the_same(cast: Cast) -> None:
    """March 12 typed as December 3, where nobody was born on that day."""
    new = casework.register_patient(cast.noor, a_newcomer(cast, date_of_birth=date(1985, 12, 3)))
    (found,) = casework.find_patients(cast.noor, "03/12/1985", form="MM/DD/YYYY")
    assert (found.id, found.found_by) == (new.id, "swapped")


def test_a_day_or_a_telephone_searched_for_is_nowhere_in_the_trail(cast: Cast, trail: Trail) -> None:
    """Only that somebody searched, and who was found."""
    casework.register_patient(cast.noor, a_newcomer(cast, phone="+1 503 555-0142"))
    reading.forget()
    for words in ("1988-02-29", "503 555 0142", "L"):
        casework.find_patients(cast.noor, words)
    searches = trail("patient:search")
    everything = str([event.model_dump(exclude={"seal", "at"}) for event in searches])
    assert len(searches) == 3
    for secret in ("1988", "0142", "5550142", "Łucja"):
        assert secret not in everything


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
