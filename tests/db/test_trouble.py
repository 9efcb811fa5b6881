"""What is told as trouble of the surroundings, and what is left to the engineers."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from db.backup import BackupFailed
from db.engine import DatabaseBusy, choose_database, file_of
from db.schema import WrongSchema
from db.sqlite import UnsafeSqlite, WrongAddress
from db.trouble import is_trouble, says
from tests.sessions import reading

GONE = Exception("the server closed the connection")


@pytest.mark.parametrize(
    "error",
    [
        *(kind("told") for kind in (BackupFailed, DatabaseBusy, UnsafeSqlite, WrongAddress, WrongSchema)),
        OperationalError("SELECT 1", {}, GONE),
        PoolTimeout("no connection free"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_server_that_is_gone_a_disk_and_an_address_are_trouble(error: Exception, home: Path):
    """Somebody at the clinic can mend them; each is one line."""
    assert is_trouble(error)
    assert len(says(error).splitlines()) == 1


@pytest.mark.parametrize("kind", [IntegrityError, DataError, ProgrammingError])
def test_a_broken_rule_is_a_fault_of_the_program(kind: type[IntegrityError]):
    """It is not blamed on the clinic's machine, and whoever reads the log sees where it came from."""
    assert not is_trouble(kind("INSERT", {}, GONE))
    assert not is_trouble(ValueError("a fault"))


def test_a_file_that_is_no_database_is_trouble(home: Path):
    """It is no database at all, or of another key: nobody can tell them apart, and both cures are said."""
    choose_database("clinic")
    file_of("clinic").write_text("not a database, but long enough to be looked at" * 100)
    with pytest.raises(Exception, match="the key does not fit this file") as met, reading() as session:
        session.execute(text("SELECT 1"))
    assert is_trouble(met.value)
    assert says(met.value).startswith(f"{file_of('clinic')}: ")
    assert "python -m db restore" in says(met.value)
