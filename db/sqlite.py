"""SQLite, embedded: sealed files, a driver without the known corruption race, durable commits, explicit BEGIN."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import sqlcipher3.dbapi2 as driver  # type: ignore[import-untyped]
from sqlalchemy import Connection, Engine, create_engine, event, make_url

from db import keys
from db.columns import compact

OLDEST_SAFE = (3, 51, 3)
"""Before it, two connections to one write-ahead log could corrupt the file (sqlite.org/wal.html, WAL-reset bug)."""

LASTING = {"journal_mode": "WAL", "synchronous": "FULL", "foreign_keys": "ON", "recursive_triggers": "ON"}
"""FULL: a commit that was acknowledged survives a power cut. Recursive triggers: REPLACE cannot slip past a
trigger that refuses deleting."""

BUSY_MILLISECONDS = 30_000

PLAIN_START = keys.NOT_SEALED
"""How a file begins that was never sealed; a sealed one begins with random bytes."""

SEALED = {"cipher_log": "off", "cipher_memory_security": "OFF", "temp_store": "MEMORY"}
"""Nothing is sorted in a file, and the driver's own log, which nobody reads, is off. Memory is not wiped page by page:
that locks and unlocks every small piece, which made an audited write twenty times as slow."""


class UnsafeSqlite(RuntimeError):  # noqa: N818 - the word the clinic uses
    """The SQLite library at hand may damage its files."""


class NotSealed(RuntimeError):  # noqa: N818 - the word the clinic uses
    """The file is of a Backstride that stored in plain; the message says how to seal it."""


class WrongAddress(ValueError):  # noqa: N818 - the word the clinic uses
    """DATABASE_URL does not say where to store; the message says how to write it, and repeats nothing secret."""


def require_safe(version: tuple[int, ...] = driver.sqlite_version_info) -> None:
    """Raise UnsafeSqlite, with the cure, when the library is older than OLDEST_SAFE."""
    if version < OLDEST_SAFE:
        have, need = (".".join(map(str, v)) for v in (version, OLDEST_SAFE))
        raise UnsafeSqlite(
            f"SQLite {have} can corrupt a database in use; Backstride needs {need} or newer. "
            "Reinstall the pinned driver: python -m pip install --require-hashes -r requirements.txt"
        )


def open_engine(url: str, reads_only: bool) -> Engine:
    """An engine on an SQLite file (made, readable by its owner only, if it is not there)."""
    require_safe()
    make_private(file_in(url))
    opened = create_engine(
        make_url(url).set(drivername="sqlite+pysqlite"),
        module=driver,
        # None: the driver begins nothing by itself, so that DDL and writes stand in the transaction we begin.
        connect_args={"isolation_level": None, "check_same_thread": False, "timeout": BUSY_MILLISECONDS / 1000},
        hide_parameters=True,
        json_serializer=compact,
        pool_size=10,
        max_overflow=40,
    )
    _on_connect(opened, reads_only, file_in(url))
    _on_begin(opened, "BEGIN" if reads_only else "BEGIN IMMEDIATE")
    return opened


def file_in(url: str) -> Path:
    """The file an SQLite URL names; WrongAddress for a database in memory, which no two sessions could share."""
    name = make_url(url).database
    if not name or name == ":memory:":
        raise WrongAddress("an SQLite URL must name a file: sqlite:////full/path/clinic.sqlite")
    return Path(name)


def make_private(file: Path) -> None:
    """Make an empty file that only its owner may read, if it is not there; its folder too."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))


def connect(file: Path, key: bytes | None = None, reads_only: bool = False) -> sqlite3.Connection:
    """A connection of its own, without a transaction, to a sealed file; close it.

    ``key`` is the clinic's key the file is sealed with, b"" for a file in plain; default: the clinic's present key.
    WrongKey when the key does not fit.
    """
    # As a URI: a "?" or "#" in a file's name would otherwise open another file.
    address = f"{file.resolve().as_uri()}{'?mode=ro' if reads_only else ''}"
    connection: sqlite3.Connection = driver.connect(address, uri=True, isolation_level=None)
    try:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
        unlock(connection, key := keys.clinic_key() if key is None else key)
        _require_readable(connection, file, key)
    except BaseException:
        connection.close()
        raise
    return connection


def unlock(connection: sqlite3.Connection, key: bytes) -> None:
    """Give a new connection its key, which must be the first thing it is told; nothing is read yet."""
    for pragma, value in SEALED.items():
        connection.execute(f"PRAGMA {pragma} = {value}")
    if key:
        connection.execute(f"PRAGMA key = {quoted(key)}")


def quoted(key: bytes) -> str:
    """What SQLCipher is told for a clinic's key; the key of a page needs no stretching, it is random already."""
    return f"\"x'{keys.subkey('database', key).hex()}'\""


def is_plain(file: Path) -> bool:
    """Whether there is a file that was never sealed."""
    try:
        with file.open("rb") as opened:
            return opened.read(len(PLAIN_START)) == PLAIN_START
    except FileNotFoundError:
        return False


def fits(file: Path, key: bytes) -> bool:
    """Whether a file can be read with a key; b"": without any."""
    try:
        with closing(connect(file, key, reads_only=True)):
            return True
    except (keys.WrongKey, NotSealed):
        return False


def _require_readable(connection: sqlite3.Connection, file: Path, key: bytes) -> None:
    """The first look at a file: WrongKey or NotSealed when it cannot be read with the key given."""
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except driver.DatabaseError as error:
        raise (refused(file, error) if key else error) from None


def refused(file: Path, error: Exception) -> Exception:
    """What is wrong with a file that the driver calls no database; any other error as it is."""
    if "not a database" not in str(error):
        return error
    if is_plain(file):
        return NotSealed(f"{file}: not encrypted yet; stop the server and run: python -m db upgrade")
    return keys.WrongKey(
        f"{file}: the key does not fit this file; give the key it was made with (BACKSTRIDE_KEY or "
        "BACKSTRIDE_KEY_FILE). If that is the one given, the file is damaged: python -m db restore FILE"
    )


def _on_connect(opened: Engine, reads_only: bool, file: Path) -> None:
    @event.listens_for(opened, "connect", insert=True)
    def set_pragmas(connection: sqlite3.Connection, _record: Any) -> None:
        unlock(connection, keys.clinic_key())
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
        try:
            for pragma, value in LASTING.items():
                _insist(connection, f"PRAGMA {pragma} = {value}")
        except driver.DatabaseError as error:
            raise refused(file, error) from None
        if reads_only:
            connection.execute("PRAGMA query_only = ON")


def _insist(connection: sqlite3.Connection, statement: str) -> None:
    """Execute a statement, again while the file is locked and nobody has waited BUSY_MILLISECONDS yet.

    Of processes that turn a new file to its write-ahead log at once, SQLite refuses the later ones without waiting.
    """
    until = monotonic() + BUSY_MILLISECONDS / 1000
    while True:
        try:
            connection.execute(statement)
        except driver.OperationalError as refused:
            if "locked" not in str(refused) or monotonic() > until:
                raise
            sleep(0.01)
        else:
            return


def _on_begin(opened: Engine, statement: str) -> None:
    @event.listens_for(opened, "begin")
    def begin(connection: Connection) -> None:
        # IMMEDIATE takes the write lock at once: a deferred one that reads first and then writes fails under load.
        connection.exec_driver_sql(statement)
