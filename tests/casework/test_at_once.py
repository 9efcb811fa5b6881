"""Several people at the same moment, and a server that is killed: one of them wins, nobody's word is half kept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier
from typing import Any, TypeVar

from sqlmodel import SQLModel, select

from dashboard import casework
from db.tables import Assessment, AuditEvent, Decision, Draft, DraftRevision, Episode, Intake, ReferralMove
from tests.casework.conftest import Cast
from tests.judging import open_all
from tests.sessions import reading

ROOT = Path(__file__).parents[2]
ResultT = TypeVar("ResultT")
KILLS = 6
PIPED: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}

SUBMIT_UNTIL_KILLED = """
import os, sys
from dashboard import casework, in_force
in_force.knowledge()  # read once, before the first server is born
for drafts in sys.stdin:
    server = os.fork()
    if not server:
        noor = casework.actor_for("noor")
        print("ready", os.getpid(), flush=True)
        for draft_id in drafts.split():
            done = casework.submit_intake(noor, draft_id, casework.read_draft(noor, draft_id).version)
            print(draft_id, done.intake_id, flush=True)
        os._exit(0)
    os.waitpid(server, 0)
    print("over", flush=True)
"""
"""A program that bears a server for each line of drafts it is given: everything was imported before."""


def at_once(deeds: Sequence[Callable[[], ResultT]]) -> list[ResultT | casework.StaleRecord]:
    """All of them in threads that start together; what each returned, or that it came too late."""
    start = Barrier(len(deeds))

    def run(deed: Callable[[], ResultT]) -> ResultT | casework.StaleRecord:
        start.wait()
        try:
            return deed()
        except casework.StaleRecord as late:
            return late

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(run, deeds))


def late(results: Sequence[object]) -> int:
    """How many came too late."""
    return sum(isinstance(result, casework.StaleRecord) for result in results)


def rows(table: type[SQLModel]) -> list[SQLModel]:
    """Every row of a table."""
    with reading() as session:
        return list(session.exec(select(table)).all())


def test_of_clinicians_who_sign_at_once_exactly_one_has_signed(cast: Cast) -> None:
    """One decision, one audit event of it, and the others learn that they came too late."""
    for _ in range(3):
        file = cast.episode()
        for reader in (cast.amina, cast.bruno):
            open_all(reader, file)

        def sign(who: str, file: casework.views.EpisodeFile = file) -> object:
            return casework.sign_review(
                getattr(cast, who), file.episode.id, file.version, file.assessment_id, "accepted"
            )

        results = at_once([lambda: sign("amina"), lambda: sign("bruno")] * 3)
        assert late(results) == 5
        assert len(casework.read_episode(cast.amina, file.episode.id).decisions) == 1
    assert len(rows(Decision)) == 3


def test_people_in_one_draft_at_once_lose_no_answer(cast: Cast) -> None:
    """The desk and the clinician type into different fields; every answer is there, each with its revision."""
    draft = casework.open_draft(cast.noor, cast.runner().id)
    typed = {
        "age_years": 41,
        "nprs_back_now": 7,
        "nprs_worst": 9,
        "sessions_per_week": 5,
        "rmdq_total": 8,
        "nprs_leg": 2,
    }
    deeds = [
        lambda item=item, value=value, who=who: casework.save_answer(who, draft.id, item, value)
        for (item, value), who in zip(typed.items(), [cast.noor, cast.amina] * 3, strict=True)
    ]
    assert late(at_once(deeds)) == 0
    kept = casework.read_draft(cast.noor, draft.id)
    assert {item: kept.answers[item] for item in typed} == typed
    assert sorted(row.item for row in rows(DraftRevision)) == sorted(typed)
    assert kept.version == draft.version + len(typed)


def test_a_referral_moved_by_two_at_once_moves_once(cast: Cast) -> None:
    """Sent and withdrawn at the same moment: one of them happened, and the history says which."""
    for _ in range(3):
        file = cast.in_care()
        row = casework.refer(cast.amina, file.episode.id, file.version, "physical_therapy", "Load is tolerated.")
        before = len(rows(ReferralMove))
        results = at_once(
            [
                lambda row=row: casework.move_referral(cast.amina, row.id, row.version, "sent", ""),
                lambda row=row: casework.move_referral(cast.bruno, row.id, row.version, "withdrawn", "Not wanted."),
            ]
        )
        now = casework.read_referral(cast.amina, row.id)
        assert late(results) == 1
        assert len(rows(ReferralMove)) == before + 1
        assert now.state == rows(ReferralMove)[-1].to_state


def test_an_answer_saved_while_another_submits_is_in_the_intake_or_refused(cast: Cast) -> None:
    """Never acknowledged and then missing from what the clinicians read."""
    for value in range(1, 9):
        draft = cast.draft()
        saved, submitted = at_once(
            [
                lambda draft=draft, value=value: casework.save_answer(cast.noor, draft.id, "rmdq_total", value),
                lambda draft=draft: casework.submit_intake(cast.amina, draft.id, draft.version),
            ]
        )
        assert late([saved, submitted]) == 1
        if isinstance(submitted, casework.StaleRecord):
            assert casework.read_draft(cast.noor, draft.id).state == "open"
            assert casework.read_draft(cast.noor, draft.id).answers["rmdq_total"] == value
        else:
            assert casework.read_draft(cast.noor, draft.id).answers["rmdq_total"] == 12


def test_a_server_killed_while_submitting_leaves_whole_intakes_or_open_drafts(cast: Cast) -> None:
    """Killed without warning at any moment: what it acknowledged is there, and the rest can be submitted again."""
    drafts = [cast.draft().id for _ in range(KILLS * 3)]
    acknowledged: set[str] = set()
    with subprocess.Popen([sys.executable, "-c", SUBMIT_UNTIL_KILLED], cwd=ROOT, env=os.environ, **PIPED) as bearing:
        for turn in range(KILLS):
            waiting = [row.id for row in rows(Draft) if row.state == "open"]
            acknowledged |= submitted_until_killed(bearing, waiting, after_seconds=0.004 + 0.013 * turn)
            assert_whole(acknowledged)
        bearing.stdin.close()
    for draft_id in drafts:
        casework.submit_intake(cast.noor, draft_id, casework.read_draft(cast.noor, draft_id).version)
    assert_whole(set(drafts))
    assert len(rows(Intake)) == len(drafts)


def submitted_until_killed(bearing: subprocess.Popen[str], drafts: list[str], after_seconds: float) -> set[str]:
    """The drafts a server acknowledged before it was killed, so long after it began to submit."""
    assert bearing.stdin is not None
    assert bearing.stdout is not None
    print(*drafts, file=bearing.stdin, flush=True)
    ready, server = bearing.stdout.readline().split()
    assert ready == "ready"
    time.sleep(after_seconds)
    with suppress(ProcessLookupError):  # it had no more to submit
        os.kill(int(server), signal.SIGKILL)
    return {line.split()[0] for line in iter(bearing.stdout.readline, "over\n")}


def assert_whole(acknowledged: set[str]) -> None:
    """Every submitted draft has its intake, assessment, waiting episode and audit event; nothing hangs between."""
    submitted = {row.id: row.submitted_intake_id for row in rows(Draft) if row.state == "submitted"}
    intakes = {row.draft_id: row for row in rows(Intake)}
    assert acknowledged <= set(submitted)
    assert {draft: intake.id for draft, intake in intakes.items()} == submitted
    assert {row.intake_id for row in rows(Assessment)} == set(submitted.values())
    assert {row.id for row in rows(Episode)} == {intake.episode_id for intake in intakes.values()}
    assert {row.latest_assessment_id for row in rows(Episode)} == {row.id for row in rows(Assessment)}
    noted = {row.record_id for row in rows(AuditEvent) if row.deed == "draft:submit"}
    assert noted == set(submitted)
