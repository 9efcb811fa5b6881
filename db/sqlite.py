"""SQLite, embedded: a driver without the known corruption race, durable commits, explicit BEGIN."""

import os
import sqlite3
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import sqlcipher3.dbapi2 as driver  # type: ignore[import-untyped]
from sqlalchemy import Connection, Engine, create_engine, event, make_url

from db.columns import compact

OLDEST_SAFE = (3, 51, 3)
"""Before it, two connections to one write-ahead log could corrupt the file (sqlite.org/wal.html, WAL-reset bug)."""

LASTING = {"journal_mode": "WAL", "synchronous": "FULL", "foreign_keys": "ON", "recursive_triggers": "ON"}
"""FULL: a commit that was acknowledged survives a power cut. Recursive triggers: REPLACE cannot slip past a
trigger that refuses deleting."""

BUSY_MILLISECONDS = 30_000


class UnsafeSqlite(RuntimeError):  # noqa: N818 - the word the clinic uses
    """The SQLite library at hand may damage its files."""


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
    _on_connect(opened, reads_only)
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


def _on_connect(opened: Engine, reads_only: bool) -> None:
    @event.listens_for(opened, "connect")
    def set_pragmas(connection: sqlite3.Connection, _record: Any) -> None:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
        for pragma, value in LASTING.items():
            _insist(connection, f"PRAGMA {pragma} = {value}")
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
