"""Every read of a patient is in the trail, whoever wrote the deed; a page drawn again adds no second one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from dashboard import casework
from dashboard.casework import emergency, reading
from dashboard.casework.views import NewPatient
from db import queries
from db.audit import HeadMissing
from db.tables import AuditEvent
from tests.casework.conftest import Cast, Trail
from tests.db.tampering import struck
from tests.sessions import reading as looking_in


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """Nobody has read anything yet."""
    reading.forget()
    yield
    reading.forget()


def reads(trail: Trail) -> list[AuditEvent]:
    """The reads in the trail, oldest first."""
    return [event for event in trail() if event.kind == "read"]


def told(event: AuditEvent) -> dict[str, Any]:
    """What an event says was read, by which deed."""
    return event.after or {}


def test_reading_an_episode_is_one_event_about_its_patient(cast: Cast, trail: Trail) -> None:
    """Who, whom, by which deed, and which parts of the record: answers and assessments among them."""
    episode = cast.episode()
    reading.forget()
    before = len(reads(trail))
    casework.read_episode(cast.bruno, episode.episode.id)
    (event,) = reads(trail)[before:]
    assert (event.deed, event.person_name, event.record_id) == ("patient:read", "Bruno", str(episode.patient.id))
    assert (event.patients, event.purpose, event.outcome) == ([episode.patient.id], "", "done")
    assert told(event)["deed"] == "read_episode"
    assert {"patient", "episode", "intake", "assessment"} <= set(told(event)["of"])


def test_a_page_drawn_again_adds_nothing_until_a_while_has_passed(
    cast: Cast, trail: Trail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty times the same within minutes is one read; later it is another; for another person it is one at once."""
    patient = cast.runner()
    reading.forget()
    before = len(reads(trail))
    for _ in range(20):
        casework.read_patient(cast.noor, patient.id)
    assert len(reads(trail)) == before + 1
    now = reading.monotonic()
    monkeypatch.setattr(reading, "monotonic", lambda: now + reading.A_WHILE + 1)
    casework.read_patient(cast.noor, patient.id)
    casework.read_patient(cast.amina, patient.id)
    assert [event.person_name for event in reads(trail)[before:]] == ["Noor", "Noor", "Amina"]


def test_another_sign_in_of_the_same_person_is_another_read(cast: Cast, trail: Trail) -> None:
    """The memory is of a sign-in: a colleague's open screen hides nothing."""
    patient = cast.runner()
    reading.forget()
    keys = {key[:4] for key in reading._fresh(cast.noor, {patient.id: frozenset({"patient"})}, None)}
    elsewhere = replace(cast.noor, sign_in="another")
    assert keys.isdisjoint(key[:4] for key in reading._fresh(elsewhere, {patient.id: frozenset({"patient"})}, None))


def test_opening_a_patient_seen_in_a_list_is_a_read_of_its_own(cast: Cast, trail: Trail) -> None:
    """The list showed a line; the episode shows the history."""
    one, _ = cast.episode(), cast.episode()
    reading.forget()
    before = len(reads(trail))
    casework.worklist(cast.amina)
    casework.read_episode(cast.amina, one.episode.id)
    listed, opened = reads(trail)[before:]
    assert (listed.deed, told(listed)["number"], len(listed.patients or ())) == ("patient:list", 2, 2)
    assert listed.record_id == ""
    assert (opened.deed, opened.patients) == ("patient:read", [one.patient.id])
    assert "assessment" not in told(listed)["of"]


def test_a_search_is_an_event_and_its_words_are_nowhere(cast: Cast, trail: Trail) -> None:
    """With how many were found and who they are; also when nobody was; the same again is no other."""
    patient = cast.runner(family_name="Secretova")
    reading.forget()
    before = len(reads(trail))
    for words in ("secretov", "secretov", "Nobodyski"):
        casework.find_patients(cast.noor, words)
    found, nobody = reads(trail)[before:]
    assert (found.deed, found.patients, told(found)["number"]) == ("patient:search", [patient.id], 1)
    assert (nobody.deed, nobody.patients, told(nobody)["number"]) == ("patient:search", None, 0)
    everything = str([event.model_dump() for event in trail()]).casefold()
    assert "secretov" not in everything
    assert "nobodyski" not in everything


def test_asking_for_namesakes_is_a_search(cast: Cast, trail: Trail) -> None:
    """Whoever is about to register somebody sees who is here already."""
    patient = cast.runner()
    reading.forget()
    new = NewPatient("Ines", "Testova", patient.date_of_birth, "female", cast.site("north"))
    casework.possible_duplicates(cast.noor, new)
    assert reads(trail)[-1].deed == "patient:search"


def test_what_cannot_be_noted_is_not_shown(cast: Cast) -> None:
    """With the trail's head gone nothing more can be noted: reading a patient is refused, not done in silence."""
    patient = cast.runner()
    reading.forget()
    with struck() as database:
        database.execute(text("DELETE FROM audithead"))
    with pytest.raises(HeadMissing):
        casework.read_patient(cast.noor, patient.id)
    with pytest.raises(HeadMissing):
        casework.open_draft(cast.amina, patient.id)


def test_what_failed_to_be_noted_is_noted_the_next_time(
    cast: Cast, trail: Trail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what reached the trail is remembered as noted."""
    patient = cast.runner()
    reading.forget()
    before = len(reads(trail))

    def fails(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(reading.records, "note", fails)
        with pytest.raises(OSError, match="full"):
            casework.read_patient(cast.noor, patient.id)
    assert len(reads(trail)) == before
    casework.read_patient(cast.noor, patient.id)
    assert len(reads(trail)) == before + 1


def test_a_patient_opened_in_an_emergency_is_read_with_that_purpose(cast: Cast, trail: Trail) -> None:
    """In an event of its own, apart from what is read at the person's own site."""
    patient = cast.runner(site="south", date_of_birth=(born := date(1990, 5, 17)))
    amina = replace(cast.amina, site_ids=frozenset({cast.site("north")}), everywhere=False)
    emergency.open_in_emergency(amina, patient.record_number, born, "collapsed at the start", lambda: "password")
    reading.forget()
    before = len(trail())
    casework.read_patient(replace(amina, patients=frozenset({patient.id})), patient.id)
    (event,) = trail()[before:]
    assert (event.deed, event.purpose, event.patients) == ("patient:read", "emergency", [patient.id])
    with looking_in() as session:
        found = queries.audit_events(session, kind="emergency")
    assert found[0].id == event.id
    assert {each.kind for each in found} == {"read", "change"}


def test_who_was_refused_has_read_nothing(cast: Cast, trail: Trail) -> None:
    """One refusal, and no read."""
    patient = cast.runner(site="south")
    reading.forget()
    before = trail()
    with pytest.raises(casework.NotFound):
        casework.read_patient(cast.noor, patient.id)
    assert [event.deed for event in trail()[len(before) :]] == ["refused"]


def test_the_memory_is_bounded_and_forgets_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are read, so many are remembered; what is forgotten would only be noted again."""
    monkeypatch.setattr(reading, "REMEMBERED", 3)
    reading.remember([("a", number) for number in range(5)])
    assert list(reading._noted) == [("a", 2), ("a", 3), ("a", 4)]
