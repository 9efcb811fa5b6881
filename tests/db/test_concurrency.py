"""Many at once, and a server that dies: nothing acknowledged is ever lost, and nobody overwrites anybody."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from db.records import StaleRecord, change, insert
from db.tables import AuditEvent, Draft, Episode, Patient
from tests.cast import Clinic, a_runner
from tests.db.rows import a_patient, an_episode
from tests.sessions import reading, transaction

WRITERS = 20
EACH = 5
CYCLES = 3

COMMIT_UNTIL_KILLED = """
from db.engine import transaction
from db.records import note
from db.scope import program

class Console:
    person_id, name, role = None, "test", "administrator"

while True:
    with transaction(scope=program("a test")) as session:
        event = note(session, Console(), "write", "test")
    print(event.id, flush=True)
"""


def test_twenty_writers_at_once_lose_nothing(clinic: Clinic):
    """Every row and every audit event of every writer is there."""
    start = Barrier(WRITERS)

    def register(writer: int) -> None:
        start.wait()
        for turn in range(EACH):
            with transaction() as session:
                runner = a_runner(clinic.sites["north"], writer * EACH + turn)
                insert(session, clinic.doer("noor"), runner, "patient:register")

    with ThreadPoolExecutor(WRITERS) as threads:
        list(threads.map(register, range(WRITERS)))
    with reading() as session:
        runners = session.scalar(select(func.count()).select_from(Patient))
        events = session.scalar(
            select(func.count()).select_from(AuditEvent).where(AuditEvent.deed == "patient:register")
        )
    assert (runners, events) == (WRITERS * EACH, WRITERS * EACH)


def test_of_twenty_who_saw_the_same_version_exactly_one_saves(clinic: Clinic):
    """The others are told that it changed; the record has moved on by one version."""
    with transaction() as session:
        episode = an_episode(session, clinic)
    start = Barrier(WRITERS)

    def sign(_: int) -> bool:
        start.wait()
        try:
            with transaction() as session:
                found = session.get_one(Episode, episode.id)
                change(session, clinic.doer("amina"), found, 1, "review:sign", state="in-care")
        except StaleRecord:
            return False
        return True

    with ThreadPoolExecutor(WRITERS) as threads:
        saved = list(threads.map(sign, range(WRITERS)))
    with reading() as session:
        assert (sum(saved), session.get_one(Episode, episode.id).version) == (1, 2)


def test_of_twenty_who_open_a_draft_for_the_same_runner_exactly_one_does(clinic: Clinic):
    """One open draft a patient and form, however many screens ask at once."""
    with transaction() as session:
        runner = a_patient(session, clinic)
    start = Barrier(WRITERS)

    def open_draft(_: int) -> bool:
        start.wait()
        try:
            with transaction() as session:
                draft = Draft(patient_id=runner.id, owner_id=clinic.people["noor"].id)
                insert(session, clinic.doer("noor"), draft, "draft:open")
        except IntegrityError:
            return False
        return True

    with ThreadPoolExecutor(WRITERS) as threads:
        assert sum(threads.map(open_draft, range(WRITERS))) == 1


@pytest.mark.parametrize("state", ["submitted", "discarded"])
def test_after_a_draft_is_closed_the_next_can_be_opened(clinic: Clinic, state: str):
    """The rule is about open drafts only."""
    noor = clinic.doer("noor")
    with transaction() as session:
        runner = a_patient(session, clinic)
        for _ in range(3):
            draft = insert(session, noor, Draft(patient_id=runner.id, owner_id=noor.person_id), "draft:open")
            change(session, noor, draft, 1, "draft:close", state=state)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_killed_writer_loses_nothing_it_had_acknowledged(clinic: Clinic):
    """Killed without warning in the middle of its work, again and again: every number it had printed is stored."""
    for _ in range(CYCLES):
        acknowledged = numbers_until_killed(after=25)
        with reading() as session:
            stored = set(session.scalars(select(AuditEvent.id).where(AuditEvent.deed == "write")))
        assert len(acknowledged) >= 25
        assert acknowledged <= stored


def numbers_until_killed(after: int) -> set[int]:
    """What a writing process acknowledged before it was killed, a little after its ``after``-th write."""
    writer = subprocess.Popen(
        [sys.executable, "-c", COMMIT_UNTIL_KILLED], env=os.environ, stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    seen = [writer.stdout.readline() for _ in range(after)]
    writer.send_signal(signal.SIGKILL)
    rest, _ = writer.communicate()
    whole_lines = [line for line in [*seen, *rest.splitlines(keepends=True)] if line.endswith("\n")]
    return {int(line) for line in whole_lines}
