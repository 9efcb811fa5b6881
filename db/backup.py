"""Backup and restore: a complete copy while the clinic works, and back again, checked before and after."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from db import conversion, keys, postgresql, records, sqlite
from db.engine import database_url, forget, transaction
from db.schema import newest_revision, revisions, upgrade
from db.scope import program
from db.sqlite import driver


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
    except driver.Error as error:
        raise BackupFailed(f"{file}: the copy could not be made: {error}") from None
    finally:
        waiting.unlink(missing_ok=True)


def restore(file: Path, url: str | None = None, key: bytes | None = None) -> Path | None:
    """Put a backup in place of what is there, bring it up to date, and say so in its audit trail.

    ``key`` is the clinic's key the backup was made with, if not the present one. On SQLite what was there is kept in
    a file of its own, which is returned.
    """
    if not file.is_file():
        raise BackupFailed(f"there is no file {file}")
    place = url or database_url()
    kept = None
    if place.startswith("sqlite"):
        with _under_present_key(file, sqlite.file_in(place), key) as fitting:
            kept = _restore_sqlite(place, fitting)
    else:
        _restore_postgresql(place, file)
    upgrade(place)
    with transaction(place, scope=program("noting a restore")) as session:
        records.note(session, Console(), "database:restore", "database", reason=f"from {file.name}")
    return kept


def _copy_sqlite(url: str, file: Path) -> None:
    source = sqlite.file_in(url)
    if not source.exists():
        raise BackupFailed(f"there is no database {source} to copy")
    with closing(sqlite.connect(source)) as connection:
        connection.execute("VACUUM INTO ?", (str(file),))
    _require_whole(file, source)
    with file.open("rb") as written:
        os.fsync(written.fileno())


@contextmanager
def _under_present_key(file: Path, target: Path, key: bytes | None) -> Iterator[Path]:
    """The backup itself when the present key fits; else a copy sealed with it, beside the target, while it is needed.

    A backup of an older Backstride is in plain and needs no key.
    """
    made_with = _key_of(file, key)
    if made_with == keys.clinic_key():
        yield file
        return
    _require_whole(file, key=made_with)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target.parent, prefix="restoring-") as folder:
        fitting = Path(folder) / file.name
        with closing(sqlite.connect(file, made_with)) as source:
            conversion.copy_sealed(source, fitting, keys.clinic_key())
        yield fitting


def _key_of(file: Path, given: bytes | None) -> bytes:
    """Which key a file is sealed with, among those at hand; BackupFailed when none of them."""
    if sqlite.is_plain(file):
        return conversion.PLAIN
    found = next((key for key in (keys.clinic_key(), given) if key and sqlite.fits(file, key)), None)
    if found is None:
        raise BackupFailed(
            f"{file} is not a Backstride database, or was made with another key than this clinic's present one: "
            "restore FILE --key-file KEYFILE takes the key it was made with"
        )
    return found


def _restore_sqlite(url: str, file: Path) -> Path | None:
    _require_whole(file)
    target = sqlite.file_in(url)
    if not target.exists():
        put_in_place(file, url)
        return None
    _seal_what_was_there(target)
    kept = target.with_name(f"{target.stem}.before-restore-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.sqlite")
    try:
        backup(kept, url)
    except (BackupFailed, keys.WrongKey):  # damaged, or a newer Backstride's: kept as the bytes it is
        _replace_whole(target, kept, file, url)
    else:
        put_in_place(file, url)
    return kept


def _seal_what_was_there(target: Path) -> None:
    """What a restore keeps must not be in plain; if it is damaged it is kept as it is."""
    with suppress(driver.Error, conversion.NotSame):
        conversion.seal_if_plain(target)


def _replace_whole(target: Path, kept: Path, file: Path, url: str) -> None:
    """Move a database that cannot be copied aside and make it anew from ``file``; back again when that fails."""
    forget(url)
    _move(target, kept)
    try:
        put_in_place(file, url)
    except (BackupFailed, OSError):
        _move(kept, target)
        raise


def _move(file: Path, to: Path) -> None:
    """A database with the journal it may not have taken up yet."""
    for ending in ("-wal", "-shm", ""):
        part, there = file.with_name(file.name + ending), to.with_name(to.name + ending)
        there.unlink(missing_ok=True)
        if part.exists():
            part.rename(there)


def put_in_place(file: Path, url: str) -> None:
    """Make an SQLite database's content that of ``file``, in one step, also while others have it open."""
    forget(url)
    target = sqlite.file_in(url)
    sqlite.make_private(target)
    try:
        with closing(sqlite.connect(file)) as source, closing(sqlite.connect(target)) as into:
            # SQLite's own copying: one transaction, so that readers see the old or the new and never half.
            source.backup(into)
    except (driver.Error, keys.WrongKey) as error:
        raise BackupFailed(f"{target}: {file} could not be put in its place: {error}") from None


def _require_whole(file: Path, called: Path | None = None, key: bytes | None = None) -> None:
    """Refuse a file that is no whole database of this program; ``called``: whose copy it is."""
    try:
        with closing(sqlite.connect(file, key, reads_only=True)) as connection:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except (driver.DatabaseError, keys.WrongKey) as error:
        raise BackupFailed(f"{called or file} is not a Backstride database: {error}") from None
    if verdict != "ok":
        raise BackupFailed(f"{called or file} is damaged: {verdict.splitlines()[0]}")
    _require_known(revision and revision[0], called or file)


def _require_known(revision: str | None, file: Path) -> None:
    if revision not in revisions():
        raise BackupFailed(f"{file} was made by another Backstride; this one knows revisions up to {newest_revision()}")


def _dump_postgresql(url: str, file: Path) -> None:
    _run_client("pg_dump", url, ["--format=custom", f"--file={file}"])


def _restore_postgresql(url: str, file: Path) -> None:
    _require_known(_dumped_revision(file), file)
    options = ["--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error", str(file)]
    _run_client("pg_restore", url, options)
    forget(url)


def _dumped_revision(file: Path) -> str | None:
    """The revision a dump was made at, read before anything is replaced; None in a dump of something else."""
    rows = _run("pg_restore", ["--data-only", "--table=alembic_version", "--file=-", str(file)], {}).splitlines()
    start = next((number for number, row in enumerate(rows, 1) if row.startswith("COPY ")), None)
    return rows[start].strip() if start is not None else None


def _run_client(program: str, url: str, options: list[str]) -> None:
    """Run a program on a database; the password travels in the environment, where ps does not show it."""
    address = postgresql.address(url).set(drivername="postgresql")
    place = address.set(password=None).render_as_string()
    _run(program, [f"--dbname={place}", *options], {"PGPASSWORD": str(address.password)} if address.password else {})


def _run(program: str, options: list[str], secrets: Mapping[str, str]) -> str:
    """Run one of PostgreSQL's own programs and return what it printed; BackupFailed with its first complaint."""
    if shutil.which(program) is None:
        raise BackupFailed(
            f"{program} is not on the PATH: install PostgreSQL's client programs (Debian: apt-get install "
            f"postgresql-client) or ask whoever runs the server"
        )
    done = subprocess.run([program, *options], env={**os.environ, **secrets}, capture_output=True, text=True)
    if done.returncode:
        complaint = (done.stderr.strip() or "failed without a word").splitlines()[0]
        raise BackupFailed(f"{program}: {complaint.removeprefix(f'{program}: ')}")
    return done.stdout
