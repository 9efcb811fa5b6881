"""Backup and restore: a complete copy while the clinic works, and back again, checked before and after."""

import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as driver  # type: ignore[import-untyped]

from db import postgresql, records, sqlite
from db.engine import database_url, forget, transaction
from db.schema import newest_revision, revisions, upgrade


class BackupFailed(RuntimeError):  # noqa: N818 - the word the clinic uses
    """The copy could not be made or put back; the database in use is as it was."""


class Console:
    """Who acts when a command is typed on the server itself."""

    person_id = None
    name = "command line"
    role = "administrator"


def backup(file: Path, url: str | None = None) -> None:
    """Write a complete, checked copy of the database to a new ``file``; others may keep working meanwhile."""
    if file.exists():
        raise BackupFailed(f"{file} is already there; name a new file, a backup never overwrites another")
    file.parent.mkdir(parents=True, exist_ok=True)
    place = url or database_url()
    waiting = file.with_name(file.name + ".part")
    waiting.unlink(missing_ok=True)
    os.close(os.open(waiting, os.O_CREAT | os.O_RDWR, 0o600))
    try:
        (_copy_sqlite if place.startswith("sqlite") else _dump_postgresql)(place, waiting)
        waiting.replace(file)
    finally:
        waiting.unlink(missing_ok=True)


def restore(file: Path, url: str | None = None) -> Path | None:
    """Put a backup in place of what is there, bring it up to date, and say so in its audit trail.

    On SQLite what was there is kept in a file of its own, which is returned.
    """
    if not file.is_file():
        raise BackupFailed(f"there is no file {file}")
    place = url or database_url()
    kept = None
    if place.startswith("sqlite"):
        kept = _restore_sqlite(place, file)
    else:
        _restore_postgresql(place, file)
    upgrade(place)
    with transaction(place) as session:
        records.note(session, Console(), "database:restore", "database", reason=f"from {file.name}")
    return kept


def _copy_sqlite(url: str, file: Path) -> None:
    source = sqlite.file_in(url)
    if not source.exists():
        raise BackupFailed(f"there is no database {source} to copy")
    with driver.connect(str(source), isolation_level=None) as connection:
        connection.execute(f"PRAGMA busy_timeout = {sqlite.BUSY_MILLISECONDS}")
        connection.execute("VACUUM INTO ?", (str(file),))
    connection.close()
    _require_whole(file)
    with file.open("rb") as written:
        os.fsync(written.fileno())


def _restore_sqlite(url: str, file: Path) -> Path | None:
    _require_whole(file)
    target = sqlite.file_in(url)
    kept = None
    if target.exists():
        kept = target.with_name(f"{target.stem}.before-restore-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.sqlite")
        backup(kept, url)
    put_in_place(file, url)
    return kept


def put_in_place(file: Path, url: str) -> None:
    """Make an SQLite database's content that of ``file``, in one step, also while others have it open."""
    forget(url)
    target = sqlite.file_in(url)
    sqlite.make_private(target)
    source, into = driver.connect(str(file)), driver.connect(str(target))
    try:
        into.execute(f"PRAGMA busy_timeout = {sqlite.BUSY_MILLISECONDS}")
        # SQLite's own copying: one transaction, so that readers see the old or the new and never half.
        source.backup(into)
    finally:
        source.close()
        into.close()


def _require_whole(file: Path) -> None:
    try:
        connection = driver.connect(f"file:{file}?mode=ro", uri=True)
        verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
        revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        connection.close()
    except driver.DatabaseError as error:
        raise BackupFailed(f"{file} is not a Backstride database: {error}") from None
    if verdict != "ok":
        raise BackupFailed(f"{file} is damaged: {verdict.splitlines()[0]}")
    if revision is None or revision[0] not in revisions():
        raise BackupFailed(f"{file} was made by another Backstride; this one knows revisions up to {newest_revision()}")


def _dump_postgresql(url: str, file: Path) -> None:
    _run_client("pg_dump", url, ["--format=custom", f"--file={file}"])


def _restore_postgresql(url: str, file: Path) -> None:
    options = ["--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error", str(file)]
    _run_client("pg_restore", url, options)
    forget(url)


def _run_client(program: str, url: str, options: list[str]) -> None:
    """Run one of PostgreSQL's own programs; the password travels in the environment, where ps does not show it."""
    if shutil.which(program) is None:
        raise BackupFailed(
            f"{program} is not on the PATH: install PostgreSQL's client programs (Debian: apt-get install "
            f"postgresql-client) or ask whoever runs the server"
        )
    address = postgresql.address(url).set(drivername="postgresql")
    environment = {**os.environ, **({"PGPASSWORD": str(address.password)} if address.password else {})}
    place = address.set(password=None).render_as_string()
    command: list[Any] = [program, f"--dbname={place}", *options]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise BackupFailed(f"{program}: {(done.stderr.strip() or 'failed without a word').splitlines()[0]}")
