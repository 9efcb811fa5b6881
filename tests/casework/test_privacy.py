"""Names and free words stay where they belong: not in the audit trail, not in logs, not in errors."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from datetime import date

import pytest
from sqlmodel import select

from dashboard import casework
from db.tables import Assessment, AuditEvent
from tests.casework.conftest import Cast
from tests.judging import read_and_sign
from tests.sessions import reading

GIVEN, FAMILY, NUMBER, PHONE, WORDS = "Wilhelmina", "Quackenbush", "MRN-424242", "555-0199", "petunias"
PLANTED = (GIVEN, FAMILY, NUMBER, PHONE, WORDS, "1979-07-06")


def told_of(text: object) -> list[str]:
    """Which of the planted words a text repeats."""
    return [word for word in PLANTED if word.casefold() in str(text).casefold()]


def a_planted_case(cast: Cast) -> tuple[str, int]:
    """A patient with planted names and words, all the way to a referral; the draft's and the episode's id."""
    planted = {"given_name": GIVEN, "family_name": FAMILY, "record_number": NUMBER, "phone": PHONE}
    patient = cast.runner(date_of_birth=date(1979, 7, 6), **planted)
    draft = cast.draft(patient, goal_text=f"water the {WORDS}", psfs=[[f"carry {WORDS}", 4]])
    draft = casework.save_answer(cast.noor, draft.id, "rf_cancer_history_detail", f"{GIVEN} said {WORDS}")
    done = casework.submit_intake(cast.noor, draft.id, draft.version)
    file = casework.read_episode(cast.amina, done.episode_id)
    told = ("rejected", "cds-not-applicable", f"about {WORDS}")
    signed = read_and_sign(cast.amina, file, *told)
    kinds = [kind for kind, gate in file.document["referral_gates"].items() if gate["open"]]
    for kind in kinds[:1]:
        row = casework.refer(cast.amina, done.episode_id, signed.version, kind, f"for {GIVEN}: {WORDS}")
        casework.move_referral(cast.amina, row.id, row.version, "withdrawn", f"{FAMILY} prefers {WORDS}")
    return draft.id, done.episode_id


def test_the_audit_trail_knows_no_names_and_no_free_words(cast: Cast) -> None:
    """Every deed done, every column of every event searched."""
    a_planted_case(cast)
    with reading() as session:
        events = session.exec(select(AuditEvent)).all()
    assert len(events) > 10
    assert [(event.deed, told_of(event.model_dump())) for event in events if told_of(event.model_dump())] == []


def test_the_assessment_knows_no_names_and_no_free_words(cast: Cast) -> None:
    """What the reasoning said of the case is about the case, not about the person."""
    a_planted_case(cast)
    with reading() as session:
        documents = [row.document for row in session.exec(select(Assessment))]
    assert documents
    assert [told_of(document) for document in documents] == [[]]


def test_the_log_knows_no_names_and_no_free_words(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    """At the level a clinic runs with, for everything that logs."""
    with caplog.at_level(logging.INFO):
        a_planted_case(cast)
    assert told_of(caplog.text) == []


def test_no_refusal_repeats_a_name_or_free_words(cast: Cast) -> None:
    """Each way to be refused: neither message nor traceback tells of the patient."""
    draft_id, episode_id = a_planted_case(cast)
    twin = casework.NewPatient(GIVEN, FAMILY, date(1979, 7, 6), "female", cast.site("north"), NUMBER, PHONE)
    long = casework.NewPatient(GIVEN * 20, FAMILY, date(1979, 7, 6), "female", cast.site("north"))
    open_draft = cast.draft()
    deeds: list[Callable[[], object]] = [
        lambda: casework.register_patient(cast.noor, twin),
        lambda: casework.register_patient(cast.noor, long),
        lambda: casework.save_answer(cast.noor, draft_id, "goal_text", WORDS),
        lambda: casework.save_answer(cast.noor, open_draft.id, "nprs_worst", WORDS),
        lambda: casework.save_answer(cast.noor, open_draft.id, "onset_type", WORDS),
        lambda: casework.save_answer(cast.noor, open_draft.id, "weekly_distance_km", WORDS, unit="mi"),
        lambda: casework.save_answer(cast.noor, open_draft.id, "goal_text", WORDS * 1000),
        lambda: casework.read_episode(cast.sofia, episode_id),
        lambda: casework.read_episode(cast.chidi, episode_id),
        lambda: casework.sign_review(cast.amina, episode_id, 1, 1, "accepted", comment=WORDS),
        lambda: casework.refer(cast.amina, episode_id, 1, "imaging", WORDS),
    ]
    expected = (casework.BadAnswer, casework.Forbidden, casework.NotFound, casework.StaleRecord)
    for deed in deeds:
        with pytest.raises(expected) as refusal:
            deed()
        printed = "".join(traceback.format_exception_only(refusal.value))
        assert told_of(printed) == []
