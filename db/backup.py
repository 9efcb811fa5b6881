"""Backup and restore: a complete copy while the clinic works, and back again, checked before and after."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlcipher3.dbapi2 as driver  # type: ignore[import-untyped]

from db import accounts, conversion, dumps, keys, records, rekey, sqlite
from db.doers import COMMAND_LINE
from db.dumps import OTHER_KEY, BackupFailed, require_known
from db.engine import database_url, file_url, forget, transaction
from db.last_backup import keep_mark, last_made, mark_of
from db.schema import state, upgrade
from db.scope import program

__all__ = ["BackupFailed", "backup", "last_made", "put_in_place", "restore"]


def backup(file: Path, url: str | None = None) -> None:
    """Write a complete, checked copy of the database to a new ``file``; others may keep working meanwhile."""
    if file.exists():
        raise BackupFailed(f"{file} is already there; name a new file, a backup never overwrites another")
    file.parent.mkdir(parents=True, exist_ok=True)
    place = url or database_url()
    mark = mark_of(place, file) if url is None else None
    waiting = file.with_name(file.name + ".part")
    waiting.unlink(missing_ok=True)
    os.close(os.open(waiting, os.O_CREAT | os.O_RDWR, 0o600))
    try:
        (_copy_sqlite if place.startswith("sqlite") else dumps.dump)(place, waiting)
        waiting.replace(file)
    except driver.Error as error:
        raise BackupFailed(f"{file}: the copy could not be made: {error}") from None
    finally:
        waiting.unlink(missing_ok=True)
    if mark is not None:
        keep_mark(mark)


def note_backup(file: Path, url: str | None = None) -> None:
    """Say in the trail that a copy left, by the file's name; not in tables older than the trail's seals."""
    place = url or database_url()
    if state(place) == "current":
        with transaction(place, scope=program("noting a backup")) as session:
            records.note(session, COMMAND_LINE, "backup:make", "database", reason=f"to {file.name}")


def restore(file: Path, url: str | None = None, key: bytes | None = None) -> Path | None:
    """Put a backup in place of what is there, bring it up to date, and say so in its audit trail.

    Everybody signs in anew, and who was invited is invited anew: what the backup says of them may be over since.

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
        dumps.put_back(place, file, key)
    upgrade(place)
    with transaction(place, scope=program("noting a restore")) as session:
        accounts.shut_everybody_out(session)
        records.note(session, COMMAND_LINE, "database:restore", "database", reason=f"from {file.name}")
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
        if made_with:
            with transaction(file_url(fitting), scope=program("restoring a backup")) as session:
                rekey.seal_rows_anew(session, made_with, keys.clinic_key())
            forget(file_url(fitting))
        yield fitting


def _key_of(file: Path, given: bytes | None) -> bytes:
    """Which key a file is sealed with, among those at hand; BackupFailed when none of them."""
    if sqlite.is_plain(file):
        return conversion.PLAIN
    found = next((key for key in (keys.clinic_key(), given) if key and sqlite.fits(file, key)), None)
    if found is None:
        raise BackupFailed(OTHER_KEY.format(file=file))
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
    require_known(revision and revision[0], called or file)
