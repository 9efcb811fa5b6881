"""Bringing a database's tables up to date: all steps in one transaction, by one process at a time."""

from functools import cache
from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from db import audit, conversion, sqlite
from db.engine import database_url, engine, forget, reading
from db.postgresql import let_through
from db.scope import program

State = Literal["empty", "behind", "current", "unknown"]
"""Without tables; with older tables; as this program expects; made by another program or a newer one."""

ONE_AT_A_TIME = 0x6261636B
"""The advisory lock (PostgreSQL) that makes a second upgrade wait for the first."""


class WrongSchema(RuntimeError):  # noqa: N818 - the word the clinic uses
    """The database's tables are not the ones this program works with."""


def upgrade(url: str | None = None) -> str:
    """Run the steps that are missing, all or none, and return the revision reached; safe to call at any time."""
    _seal(url or database_url())
    if state(url) == "current":
        return newest_revision()
    with engine(url).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
            let_through(connection, program("bringing tables up to date"))
        if _state(connection) == "unknown":
            raise WrongSchema(_says_unknown(connection))
        command.upgrade(_configuration(connection), "head")
    audit.begin(url or database_url())
    return newest_revision()


def state(url: str | None = None) -> State:
    """How the database stands to what this program expects; a file in plain is behind whatever its tables are."""
    place = url or database_url()
    if place.startswith("sqlite") and sqlite.is_plain(sqlite.file_in(place)):
        return "behind"
    with reading(url, scope=program("looking at the tables")) as session:
        return _state(session.connection())


def says_unknown(url: str | None = None) -> str:
    """Why a database in the state "unknown" cannot be worked with, and the cure."""
    with reading(url, scope=program("looking at the tables")) as session:
        return _says_unknown(session.connection())


def _seal(url: str) -> None:
    """Files of an older Backstride are in plain: seal them before anything is read."""
    if not url.startswith("sqlite"):
        return
    file = sqlite.file_in(url)
    if sqlite.is_plain(file):
        forget(url)
    conversion.seal_if_plain(file)


def newest_revision() -> str:
    """The revision this program expects."""
    revision = _steps().get_current_head()
    assert revision is not None
    return revision


def revisions() -> frozenset[str]:
    """Every revision this program knows."""
    return frozenset(step.revision for step in _steps().walk_revisions())


def _state(connection: Connection) -> State:
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        return "unknown" if inspect(connection).has_table("auditevent") else "empty"
    if revision == newest_revision():
        return "current"
    return "behind" if revision in revisions() else "unknown"


def _says_unknown(connection: Connection) -> str:
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        return "the tables of Backstride are there but not the note of their revision; restore a backup"
    return (
        f"the database is at revision {revision!r}, which this version of Backstride does not know (it knows up to "
        f"{newest_revision()!r}); start the newer Backstride that wrote it, or restore a backup"
    )


def _configuration(connection: Connection | None = None) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    configuration.attributes["connection"] = connection
    return configuration


@cache
def _steps() -> ScriptDirectory:
    return ScriptDirectory.from_config(_configuration())
