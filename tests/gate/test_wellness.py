"""Health and readiness: for whoever watches the server, with reasons and without secrets."""

from __future__ import annotations

import json
import shutil
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from dashboard.casework import readiness
from dashboard.gate.wall import Wall
from db import backup
from db.engine import choose_database
from tests.gate.asking import ask
from tests.sessions import transaction

NOW = datetime.now(UTC)


def ready(wall: Wall) -> tuple[int, list[str]]:
    """Status and reasons of /readyz, as anybody may ask it."""
    answer = ask(wall, "/readyz", headers=[("Host", "10.0.0.7:8501")], client="10.0.0.9")
    said = json.loads(answer.body)
    assert said["ready"] == (answer.status == 200)
    return answer.status, said["reasons"]


def opened(days_ago: float) -> None:
    """Let the clinic have been set up that long ago."""
    at = (NOW - timedelta(days=days_ago)).strftime("%Y-%m-%d %H:%M:%S.%f")
    with transaction() as session:
        session.execute(text("UPDATE site SET created_at = :at"), {"at": at})


def test_the_server_says_that_it_answers(home: Path, wall: Wall):
    """Even where there is no clinic yet, and to whoever asks from wherever."""
    answer = ask(wall, "/healthz", headers=[("Host", "10.0.0.7:8501")], client="10.0.0.9")
    assert (answer.status, answer.text) == (200, '{"status":"ok"}')


def test_a_clinic_at_work_is_ready(staffed: Path, wall: Wall):
    """Tables up to date, room on the disk, set up today."""
    opened(0)
    assert ready(wall) == (200, [])


def test_before_a_clinic_was_chosen_nobody_can_work(home: Path, wall: Wall):
    """Nothing is wrong with the machine, but there is nothing to be ready for."""
    assert ready(wall) == (503, ["no clinic was chosen yet"])


def test_a_clinic_without_a_backup_of_two_days_is_not_ready(staffed: Path, wall: Wall, monkeypatch: pytest.MonkeyPatch):
    """Neither one that never had one, nor one whose last is older; a fresh one is enough."""
    opened(3)
    assert ready(wall) == (503, ["no backup was ever made"])
    monkeypatch.setattr(backup, "last_made", lambda: datetime.now(UTC) - timedelta(hours=50, minutes=5))
    assert ready(wall) == (503, ["the last backup is 50 hours old"])
    monkeypatch.setattr(backup, "last_made", lambda: datetime.now(UTC) - timedelta(hours=47))
    assert ready(wall) == (200, [])


def test_the_demo_needs_no_backup(staffed: Path, wall: Wall):
    """What is invented can be invented again."""
    opened(3)
    shutil.copy(staffed / "clinic.sqlite", staffed / "demo.sqlite")
    choose_database("demo")
    assert ready(wall) == (200, [])


def test_a_full_disk_is_a_reason(staffed: Path, wall: Wall, monkeypatch: pytest.MonkeyPatch):
    """It says how little is left."""
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(readiness.shutil, "disk_usage", lambda place: usage(10**12, 10**12, 200_000_000))
    assert "only 200 MB are free on the disk" in ready(wall)[1]


def test_an_unreachable_database_is_a_reason_and_no_secret_is_told(
    staffed: Path, wall: Wall, monkeypatch: pytest.MonkeyPatch
):
    """No address, no password, no name: whoever watches is not signed in."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:s3cret@127.0.0.1:1/x")
    status, reasons = ready(wall)
    assert status == 503
    assert any("database" in reason for reason in reasons)
    assert not any(word in " ".join(reasons) for word in ("s3cret", "127.0.0.1", str(staffed)))


def test_older_tables_are_a_reason(staffed: Path, wall: Wall):
    """Migrations run at the start; until then nobody should be sent here."""
    with transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0002'"))
    assert "the database's tables are behind" in ready(wall)[1]
