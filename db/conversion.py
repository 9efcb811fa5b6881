"""Sealing a whole SQLite file anew, under another key or for the first time: the old file or the new, never half."""

import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from random import uniform
from time import monotonic, sleep

import sqlcipher3.dbapi2 as driver  # type: ignore[import-untyped]

from db import keys, sqlite

PATIENCE_SECONDS = 5
"""How long to wait until nobody else has the file open."""

PLAIN = b""
"""In the place of a key: the file is not sealed."""

_REMAINS = ".old"
_WAITING = ".sealing"
_BLOCK = 1 << 20


class InUse(RuntimeError):  # noqa: N818 - the word the clinic uses
    """Somebody else has the file open; nothing was changed."""


class NotSame(RuntimeError):  # noqa: N818 - the word the clinic uses
    """The sealed copy does not hold what the file held; the file is as it was."""


def seal_if_plain(file: Path) -> bool:
    """Seal a file that an older Backstride stored in plain, and say so; whether there was anything to do.

    Killed at any moment it leaves the plain file or the sealed one, and the next call finishes what was begun.
    """
    if not sqlite.is_plain(file):
        finish(file)
        return False
    try:
        seal_anew(file, PLAIN, keys.clinic_key())
    except (InUse, NotSame, keys.WrongKey, sqlite.NotSealed, driver.Error, OSError):
        if sqlite.is_plain(file):
            raise
        return False  # another process sealed it meanwhile
    print(
        f"Backstride: {file} was stored in plain. It is encrypted now; the plain file was overwritten and removed. "
        "Backups made before are still in plain: lock them away or destroy them.",
        file=sys.stderr,
        flush=True,
    )
    return True


def _nothing_more(_copy: Path) -> None:
    """The copy is complete as it is."""


def seal_anew(file: Path, old: bytes, new: bytes, then: Callable[[Path], None] = _nothing_more) -> None:
    """Replace a file sealed with the clinic's key ``old`` (PLAIN: not sealed) by the same rows sealed with ``new``.

    ``then`` may still write into the copy before it takes the file's place. What was there is overwritten before its
    space is given back. InUse while anybody else has the file open.
    """
    waiting = _beside(file, _WAITING)
    with _alone(file, old) as source:
        finish(file)
        try:
            copy_sealed(source, waiting, new)
            then(waiting)
            os.link(file, _beside(file, _REMAINS))
            waiting.replace(file)
        finally:
            _discard(waiting)
        _keep_names(file)
        # While still alone: whoever opened the old file meanwhile must find nothing to write into.
        _overwrite(_beside(file, _REMAINS))
    finish(file)


def copy_sealed(source: sqlite3.Connection, file: Path, key: bytes) -> None:
    """Write all that a connection sees into a new file sealed with the clinic's key ``key``, checked and flushed."""
    sqlite.make_private(file)
    # SQLCipher takes the key of an attached file as an expression, so it never stands in a statement's text.
    source.execute("ATTACH DATABASE ? AS sealed KEY ?", (str(file), sqlite.quoted(key).strip('"')))
    try:
        source.execute("SELECT sqlcipher_export('sealed')")
    finally:
        source.execute("DETACH DATABASE sealed")
    with closing(sqlite.connect(file, key)) as copy:
        there = _sizes(copy)
        if copy.execute("PRAGMA cipher_integrity_check").fetchone() is not None or not there or there != _sizes(source):
            raise NotSame(f"{file}: the copy is not what was copied; nothing was changed")
    with file.open("rb") as written:
        os.fsync(written.fileno())


def _sizes(connection: sqlite3.Connection) -> list[tuple[str, int]]:
    """Every table, view, index and trigger, a table with the number of its rows."""
    named = connection.execute("SELECT type, name FROM sqlite_schema ORDER BY type, name").fetchall()
    return [
        (name, connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] if kind == "table" else -1)
        for kind, name in named
        if not name.startswith("sqlite_stat")
    ]


@contextmanager
def _alone(file: Path, key: bytes) -> Iterator[sqlite3.Connection]:
    """A connection to a file nobody else has open or can open meanwhile; its journal is folded into it."""
    until = monotonic() + PATIENCE_SECONDS
    while (connection := _taken(file, key)) is None:
        if monotonic() > until:
            raise InUse(f"{file}: in use by another program; stop the server first")
        # Closed meanwhile, and for a time of its own: of several that wait, each would keep the others waiting.
        sleep(uniform(0.01, 0.1))
    with closing(connection):
        yield connection


def _taken(file: Path, key: bytes) -> sqlite3.Connection | None:
    """A connection that has the file for itself; None while others have it open."""
    before = file.stat()
    connection = sqlite.connect(file, key)
    try:
        connection.execute("PRAGMA busy_timeout = 50")
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        _link_journal(file)
        for statement in ("PRAGMA journal_mode = DELETE", "BEGIN EXCLUSIVE", "COMMIT"):
            connection.execute(statement)
        # Another process may have sealed it while this one waited: then what is open here is no longer the file.
        if not os.path.samestat(before, file.stat()):
            raise InUse(f"{file}: another program put a new file in its place meanwhile; try again")
    except driver.OperationalError as refused:
        connection.close()
        if "locked" not in str(refused):
            raise
        return None
    except BaseException:
        connection.close()
        raise
    return connection


def _link_journal(file: Path) -> None:
    """A second name for the journal, so that it can be overwritten once SQLite has removed the first."""
    journal, second = Path(f"{file}-wal"), _beside(file, f"{_REMAINS}-wal")
    _put_an_end_to(second, journal)
    with suppress(FileNotFoundError, FileExistsError):
        os.link(journal, second)


def finish(file: Path) -> None:
    """Overwrite and remove what an earlier sealing replaced, also one that was killed."""
    _put_an_end_to(_beside(file, f"{_REMAINS}-wal"), Path(f"{file}-wal"))
    _put_an_end_to(_beside(file, _REMAINS), file)
    for ending in ("", "-journal", "-wal", "-shm"):
        _discard(_beside(file, _WAITING + ending))


def _put_an_end_to(left: Path, live: Path) -> None:
    """Overwrite and remove a file that was replaced; if it is a mere second name of what is in use, only remove it."""
    with suppress(FileNotFoundError):
        if not (live.exists() and left.samefile(live)):
            _overwrite(left)
        left.unlink()


def _discard(file: Path) -> None:
    file.unlink(missing_ok=True)


def _overwrite(file: Path) -> None:
    """Zeros in place of everything a file holds, down to the disk."""
    with file.open("r+b") as opened:
        left = file.stat().st_size
        while left > 0:
            left -= opened.write(bytes(min(left, _BLOCK)))
        opened.flush()
        os.fsync(opened.fileno())


def _keep_names(file: Path) -> None:
    """Make a folder's new names last; not every system knows how to."""
    if os.name == "posix":
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _beside(file: Path, ending: str) -> Path:
    return file.with_name(file.name + ending)
