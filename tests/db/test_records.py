"""Every write: the version check, the change and its audit event, together or not at all."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, text
from sqlmodel import Session, select

from db import queries
from db.records import StaleRecord, change, insert, insert_many, note
from db.tables import AuditEvent, Decision, Draft, Episode, Intake, Outcome, Patient, Referral, Row, Site
from tests.cast import Clinic, a_runner
from tests.db.rows import NINE_O_CLOCK, a_patient, an_episode, put
from tests.sessions import reading, transaction


def last_event(session: Session) -> AuditEvent:
    """The newest audit event."""
    return queries.audit_events(session, limit=1)[0]


def test_a_new_record_gets_an_id_a_first_version_and_an_audit_event(clinic: Clinic):
    """Who, in which role, did what, to which record."""
    with transaction() as session:
        runner = insert(session, clinic.doer("noor"), a_runner(clinic.sites["north"]), "patient:register")
    with reading() as session:
        event = last_event(session)
    assert runner.id is not None
    assert runner.version == 1
    assert (event.person_id, event.person_name, event.role) == (clinic.people["noor"].id, "Noor", "staff")
    assert (event.deed, event.record, event.record_id) == ("patient:register", "patient", str(runner.id))
    assert event.at.utcoffset() is not None


def test_a_change_raises_the_version_and_tells_before_and_after(clinic: Clinic):
    """The audit event holds the codes that changed, and only those."""
    with transaction() as session:
        episode = an_episode(session, clinic)
        change(session, clinic.doer("amina"), episode, 1, "review:sign", reason="C", state="in-care", step="self_care")
    with reading() as session:
        event = last_event(session)
    assert (episode.version, episode.state, episode.step) == (2, "in-care", "self_care")
    assert event.before == {"state": "awaiting-review", "step": None}
    assert event.after == {"state": "in-care", "step": "self_care"}
    assert (event.person_name, event.deed, event.reason) == ("Amina", "review:sign", "C")


def test_a_stale_save_is_refused_and_leaves_no_trace(clinic: Clinic):
    """Bruno saved first; Amina, who saw the older version, is told, and nothing of hers is written."""
    with transaction() as session:
        episode = an_episode(session, clinic)
        change(session, clinic.doer("bruno"), episode, 1, "review:sign", urgency=2)
    before = everything_of(episode.id)
    with pytest.raises(StaleRecord, match=r"episode \d+ was changed since version 1"), transaction() as session:
        change(session, clinic.doer("amina"), session.get_one(Episode, episode.id), 1, "review:sign", urgency=0)
    assert everything_of(episode.id) == before


def everything_of(episode_id: int | None) -> tuple[dict[str, Any], int]:
    """An episode as stored, and how many audit events there are."""
    with reading() as session:
        return session.get_one(Episode, episode_id).model_dump(), len(session.exec(select(AuditEvent)).all())


def test_a_record_that_is_gone_is_stale(clinic: Clinic):
    """Deleted since it was seen: refused like any other change."""
    with transaction() as session:
        site = insert(session, clinic.doer("dana"), Site(code="east", name="Eastend"), "site:add")
        session.execute(delete(Row.metadata.tables["site"]).where(text("code = 'east'")))
        with pytest.raises(StaleRecord):
            change(session, clinic.doer("dana"), site, 1, "site:rename", name="Gone")


def test_the_change_and_its_audit_event_are_undone_together(clinic: Clinic):
    """When something later in the deed fails, neither the record nor the event stays."""
    with transaction() as session:
        episode = an_episode(session, clinic)
    before = everything_of(episode.id)
    with pytest.raises(ZeroDivisionError):
        sign_and_fail(clinic, episode.id)
    assert everything_of(episode.id) == before


def sign_and_fail(clinic: Clinic, episode_id: int | None) -> None:
    """A deed that changes, inserts, and then fails."""
    with transaction() as session:
        found = session.get_one(Episode, episode_id)
        change(session, clinic.doer("amina"), found, 1, "review:sign", state="in-care")
        a_patient(session, clinic)
        _ = 1 / 0


def test_a_name_and_a_birthday_never_reach_the_audit_trail(clinic: Clinic):
    """Inserted and then changed: the trail says that they changed, not what they are."""
    with transaction() as session:
        runner = a_patient(session, clinic, given_name="Secretia", family_name="Hiddenham", phone="555-0100")
        new = {"family_name": "Married", "date_of_birth": date(1977, 7, 7), "phone": "555-0199"}
        change(session, clinic.doer("noor"), runner, 1, "patient:correct", **new)
    with reading() as session:
        trail = json.dumps([[e.before, e.after, e.reason, e.record_id] for e in queries.audit_events(session)])
        event = last_event(session)
    for private in ("Secretia", "Hiddenham", "Married", "1977", "555", "1990", "TEST-", "secretia", "married"):
        assert private not in trail
    assert event.after == {"changed": ["date_of_birth", "family_name", "phone"]}


@pytest.mark.parametrize("table", sorted(Row.metadata.tables))
def test_no_free_text_answer_or_identity_of_any_table_may_be_copied_into_the_trail(table: str):
    """Every column that can hold words, answers or identity is withheld, whatever table it is in."""
    from db.records import _may_be_traced

    may = {column.name for column in Row.metadata.tables[table].columns if _may_be_traced(column)}
    private = "given_name family_name date_of_birth sex_at_birth phone record_number family_key given_key record_key"
    private += " postal_code fitting terms wrapped"
    words = "name person_name comment reason note answers entered value document texts before after"
    withheld = set(private.split()) | (set(words.split()) - ({"value"} if table == "outcome" else set()))
    assert may & withheld == set()


def test_a_corrected_name_is_found_under_the_new_name(clinic: Clinic):
    """The search keys follow the name."""
    with transaction() as session:
        runner = a_patient(session, clinic, family_name="Søndergård")
        change(session, clinic.doer("noor"), runner, 1, "patient:correct", family_name="Łukasik")
        found = {typed: queries.patients_starting(session, typed, None) for typed in ("lukas", "ines", "sonder")}
    assert found == {"lukas": (runner,), "ines": (runner,), "sonder": ()}


def test_a_record_changed_by_assignment_is_refused(clinic: Clinic):
    """A change that went around the version check is found before it is written."""
    with transaction() as session:
        episode = an_episode(session, clinic)
        episode.urgency = 3
        with pytest.raises(ValueError, match="outside change"):
            change(session, clinic.doer("amina"), episode, 1, "review:sign", state="in-care")
        session.refresh(episode)


def test_a_deed_without_a_record_is_noted_too(clinic: Clinic):
    """A refusal or an export is an audit event of its own."""
    with transaction() as session:
        note(session, clinic.doer("mallory"), "episode:read refused", "episode", 7, reason="inactive")
    with reading() as session:
        event = last_event(session)
    assert (event.person_name, event.deed, event.record_id) == ("Mallory", "episode:read refused", "7")


def test_many_rows_at_once_follow_the_same_rules_as_one(clinic: Clinic):
    """Rows stored in bulk are found as rows stored one by one."""
    runner = a_runner(clinic.sites["north"], family_name="Ångström")
    row = runner.model_dump(exclude={"id", "family_key", "given_key", "record_key"})
    with transaction() as session:
        assert insert_many(session, Patient, [{**row, "record_number": f"TEST-{n}"} for n in range(3)]) == 3
        assert insert_many(session, Patient, []) == 0
        found = [queries.patients_starting(session, typed, None) for typed in ("angst", "test-1")]
    assert [[patient.record_number for patient in each] for each in found] == [
        [f"TEST-{n}" for n in range(3)],
        ["TEST-1"],
    ]


@pytest.mark.parametrize(
    ("row", "column", "wrong"),
    [
        (Episode, "urgency", 4),
        (Episode, "state", "lost"),
        (Draft, "state", "forgotten"),
        (Referral, "kind", "massage"),
        (Referral, "state", "mislaid"),
        (Decision, "verdict", "perhaps"),
    ],
)
def test_a_code_nobody_knows_is_refused_by_the_database(clinic: Clinic, row: type[Row], column: str, wrong: Any):
    """A slip in a program cannot leave an episode that no list shows."""
    with transaction() as session:
        rows = one_of_each(session, clinic)
    with pytest.raises(Exception, match=r"(?i)check constraint"), transaction() as session:
        change(session, clinic.doer("amina"), session.get_one(row, rows[row]), 1, "test", **{column: wrong})


def one_of_each(session: Session, clinic: Clinic) -> dict[type[Row], Any]:
    """The id of an episode, a draft, a referral and a decision."""
    from db.tables import Assessment, KnowledgeText

    episode = an_episode(session, clinic)
    noor, amina = clinic.people["noor"].id, clinic.people["amina"].id
    whose: dict[str, Any] = {"episode_id": episode.id, "patient_id": episode.patient_id, "site_id": episode.site_id}
    draft = put(session, Draft(patient_id=episode.patient_id, owner_id=noor))
    referral = put(session, Referral(**whose, kind="imaging", created_by=amina, month="2026-03"))
    knowledge = {"knowledge_version": "1", "knowledge_sha256": "ab" * 32}
    put(session, KnowledgeText(sha256="ab" * 32, knowledge_version="1"))
    intake = session.exec(select(Intake)).one()
    said = put(session, Assessment(intake_id=intake.id, episode_id=episode.id, made_by=noor, **knowledge))
    signed = {"verdict": "accepted", "signed_by": amina, "signed_at": NINE_O_CLOCK}
    decision = put(session, Decision(episode_id=episode.id, assessment_id=said.id, **signed))
    return {Episode: episode.id, Draft: draft.id, Referral: referral.id, Decision: decision.id}


def test_a_number_is_told_in_the_trail(clinic: Clinic):
    """An outcome's value is a number, not words: the trail holds it."""
    with transaction() as session:
        episode = an_episode(session, clinic)
        taken = {"instrument": "nprs_back", "value": 6.0, "taken_on": date(2026, 3, 2), "weeks_since_intake": 0}
        whose = {"episode_id": episode.id, "patient_id": episode.patient_id, "entered_by": clinic.people["noor"].id}
        insert(session, clinic.doer("noor"), Outcome(**whose, **taken), "outcome:record")
    with reading() as session:
        event = last_event(session)
    assert event.after is not None
    assert (event.after["value"], event.after["taken_on"]) == (6.0, "2026-03-02")
