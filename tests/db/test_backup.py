"""Backup and restore: what was there comes back, whoever works meanwhile, and a bad file harms nothing."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select

from db import __main__ as command
from db import queries
from db.backup import BackupFailed, backup, restore
from db.engine import file_url, forget
from db.records import insert
from db.schema import newest_revision, state
from db.tables import Invitation, Patient, SignIn, now
from tests.cast import Clinic, a_runner
from tests.db.rows import a_patient, an_episode
from tests.postgres import binaries_on_path
from tests.sessions import reading, transaction


@pytest.fixture(autouse=True)
def client_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's own programs of the server's version, as on a machine where they are installed."""
    monkeypatch.setenv("PATH", binaries_on_path())


def runners() -> list[str]:
    """The record numbers of everyone registered."""
    with reading() as session:
        return sorted(session.exec(select(Patient.record_number)).all())


def register(clinic: Clinic, number: int) -> None:
    """One more runner."""
    with transaction() as session:
        insert(session, clinic.doer("noor"), a_runner(clinic.sites["north"], number), "patient:register")


def note_revision(revision: str, url: str) -> None:
    """Make a database say that it was written at some revision."""
    with transaction(url) as session:
        session.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


def test_what_was_backed_up_comes_back(clinic: Clinic, tmp_path: Path):
    """Rows made after the backup are gone after restoring it, rows before it are there."""
    register(clinic, 1)
    backup(tmp_path / "monday.backup")
    register(clinic, 2)
    restore(tmp_path / "monday.backup")
    assert runners() == ["TEST-0001"]
    assert state() == "current"


def test_the_programs_that_copy_do_not_get_the_clinics_key(
    clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """What they copy is sealed already; what a program has in its surroundings others may read."""
    given: list[dict[str, str]] = []
    run = subprocess.run

    def watched(*asked: Any, **how: Any) -> Any:
        given.append(how["env"])
        return run(*asked, **how)

    monkeypatch.setattr(subprocess, "run", watched)
    monkeypatch.setenv("BACKSTRIDE_KEY_FILE", str(tmp_path / "key"))
    backup(tmp_path / "monday.backup")
    restore(tmp_path / "monday.backup")
    assert bool(given) == clinic.url.startswith("postgresql")
    assert not [name for each in given for name in each if name.startswith("BACKSTRIDE_KEY")]


def test_after_restoring_the_rules_still_hold(clinic: Clinic, tmp_path: Path):
    """Work goes on, the audit trail says what happened and still cannot be changed."""
    backup(tmp_path / "monday.backup")
    restore(tmp_path / "monday.backup")
    register(clinic, 3)
    with reading() as session:
        deeds = [event.deed for event in queries.audit_events(session, limit=2)]
    assert deeds == ["patient:register", "database:restore"]
    with pytest.raises(Exception, match=r"rows are only ever added|permission denied"), transaction() as session:
        session.delete(queries.audit_events(session, limit=1)[0])


def test_a_backup_never_overwrites_a_file(clinic: Clinic, tmp_path: Path):
    """Last week's backup is not lost to a repeated name."""
    file = tmp_path / "monday.backup"
    file.write_text("last week's")
    with pytest.raises(BackupFailed, match="already there"):
        backup(file)
    assert file.read_text() == "last week's"


def test_a_backup_is_readable_by_its_owner_only(clinic: Clinic, tmp_path: Path):
    """It holds everything the database holds."""
    backup(tmp_path / "monday.backup")
    assert (tmp_path / "monday.backup").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\x00" + b"\xff" * 8192])
def test_a_file_that_is_no_backup_changes_nothing(clinic: Clinic, tmp_path: Path, content: bytes):
    """Refused with the file's name; the clinic's rows are as they were."""
    register(clinic, 1)
    file = tmp_path / "wrong.backup"
    file.write_bytes(content)
    with pytest.raises(BackupFailed):
        restore(file)
    assert runners() == ["TEST-0001"]


def test_a_missing_file_is_named(clinic: Clinic, tmp_path: Path):
    """The message says which."""
    with pytest.raises(BackupFailed, match=r"tuesday\.backup"):
        restore(tmp_path / "tuesday.backup")


only_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For copying that is our own work; PostgreSQL's programs do theirs."""


@only_sqlite
def test_a_backup_made_while_others_write_is_one_moment(clinic: Clinic, tmp_path: Path):
    """Every row of it is complete: as many runners as registrations in its audit trail."""
    with ThreadPoolExecutor(2) as threads:
        writing = threads.submit(lambda: [register(clinic, n) for n in range(60)])
        for n in range(5):
            backup(tmp_path / f"{n}.sqlite")
        writing.result()
    for n in range(5):
        url = file_url(tmp_path / f"{n}.sqlite")
        with reading(url) as session:
            stored = len(session.exec(select(Patient)).all())
            events = [e for e in queries.audit_events(session, limit=1000) if e.deed == "patient:register"]
        forget(url)
        assert stored == len(events)


def test_nobody_is_signed_in_or_invited_by_what_a_backup_remembers(clinic: Clinic, tmp_path: Path):
    """What was over when the copy was put back is not alive again: a sign-in that ended, a link that was used."""
    later, whose = datetime.now(UTC) + timedelta(hours=12), clinic.people["noor"].id or 0
    moments = {"begun_at": now(), "seen_at": now(), "confirmed_at": now(), "idle_until": later, "lasts_until": later}
    with transaction() as session:
        row = SignIn(id="s" * 22, token_sha256="a" * 64, person_id=whose, role="staff", how="password", **moments)
        session.add(row)
        session.add(Invitation(person_id=whose, token_sha256="b" * 64, expires_at=later))
    backup(tmp_path / "monday.backup")
    with reading() as session:
        assert queries.sign_in_alive(session, "s" * 22, now())
        assert queries.invitation_of(session, "b" * 64, now()) is not None
    restore(tmp_path / "monday.backup")
    with reading() as session:
        assert not queries.sign_in_alive(session, "s" * 22, now())
        assert queries.invitation_of(session, "b" * 64, now()) is None


@only_sqlite
def test_what_a_restore_replaces_is_kept_beside_it(clinic: Clinic, tmp_path: Path):
    """A restore of the wrong file can itself be undone."""
    backup(tmp_path / "before.sqlite")
    register(clinic, 1)
    kept = restore(tmp_path / "before.sqlite")
    assert runners() == []
    assert kept is not None
    restore(kept)
    assert runners() == ["TEST-0001"]


@only_sqlite
def test_a_reader_during_a_restore_sees_the_old_or_the_new_never_half(clinic: Clinic, tmp_path: Path):
    """The restore is one transaction; a page that was being read is read to its end."""
    with transaction() as session:
        for _ in range(50):
            an_episode(session, clinic)
    backup(tmp_path / "fifty.sqlite")
    with transaction() as session:
        a_patient(session, clinic)
    with reading() as session:
        before = len(session.exec(select(Patient)).all())
        restore(tmp_path / "fifty.sqlite")
        after = len(session.exec(select(Patient)).all())
    assert (before, after, len(runners())) == (51, 51, 50)


def test_a_backup_of_another_backstride_is_refused_before_anything_is_replaced(clinic: Clinic, tmp_path: Path):
    """A newer revision's rows would be of no use, and today's would be gone."""
    if clinic.url.startswith("sqlite"):
        backup(tmp_path / "newer")
        note_revision("9999", file_url(tmp_path / "newer"))
        forget(file_url(tmp_path / "newer"))
    else:
        note_revision("9999", clinic.url)
        backup(tmp_path / "newer")
        note_revision(newest_revision(), clinic.url)
    register(clinic, 1)
    with pytest.raises(BackupFailed, match="made by another Backstride"):
        restore(tmp_path / "newer")
    assert runners() == ["TEST-0001"]
    assert state() == "current"


def test_without_postgresqls_programs_the_backup_says_what_to_install(
    clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """One line with the cure; on SQLite nothing is missing."""
    monkeypatch.setenv("PATH", str(tmp_path))
    if clinic.url.startswith("sqlite"):
        backup(tmp_path / "monday.backup")
        return
    with pytest.raises(BackupFailed, match="apt-get install postgresql-client"):
        backup(tmp_path / "monday.backup")
    assert not (tmp_path / "monday.backup").exists()


def test_the_commands_back_up_check_and_restore(clinic: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """python -m db, as typed by whoever looks after the machine."""
    register(clinic, 1)
    file = tmp_path / "monday.backup"
    assert [command.main([deed, *words]) for deed, words in (("check", []), ("backup", [str(file)]))] == [0, 0]
    register(clinic, 2)
    assert command.main(["restore", str(file)]) == 0
    assert runners() == ["TEST-0001"]
    said = capsys.readouterr()
    assert [line.split(": ")[1].split()[0] for line in said.out.splitlines()] == ["current", "a", "restored"]
    assert said.err == ""
