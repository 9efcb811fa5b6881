"""Bringing a database up to date: all steps or none, by one process at a time, and nothing left to do after."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from alembic import command
from sqlalchemy import insert, text

from db import queries
from db.engine import engine
from db.postgresql import let_through
from db.schema import WrongSchema, _configuration, newest_revision, state, upgrade
from db.scope import program
from db.tables import APPEND_ONLY, Patient, Row, Site
from tests.conftest import EmptyDatabase
from tests.db.describing import description
from tests.sessions import transaction

KILLED_IN_THE_MIDDLE = """
import os, signal
from alembic import op
from db.schema import upgrade

make_index, calls = op.create_index, []

def die_at_the_tenth(*arguments, **options):
    calls.append(1)
    if len(calls) == 10:
        os.kill(os.getpid(), signal.SIGKILL)
    return make_index(*arguments, **options)

op.create_index = die_at_the_tenth
upgrade()
"""

_BEGUN = "1, '2026-01-01', '2026-01-01', 1"
OF_THE_FIRST_RELEASE = (
    "INSERT INTO site (version, created_at, updated_at, id, code, name, state) "
    f"VALUES ({_BEGUN}, 'hill', 'Hill', 'OR')",
    "INSERT INTO person (version, created_at, updated_at, id, code, name, role, active, site_id) "
    f"VALUES ({_BEGUN}, 'noor', 'Noor', 'staff', true, 1)",
    "INSERT INTO auditevent (id, at, person_name, role, deed, record, record_id, reason) "
    "VALUES (1, '2026-01-01', 'set-up', 'administrator', 'person:add', 'person', '1', '')",
)
"""Rows as they were written then, when the tables had only the columns they had then."""


def a_process(script: str) -> subprocess.Popen[bytes]:
    """Another process that runs a script against the database in use."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([sys.executable, "-c", script], env=os.environ, **pipes)


def test_an_empty_database_is_brought_up_to_date(empty_database: str):
    """Empty before, current after, and at the revision this program expects."""
    assert state() == "empty"
    assert upgrade() == newest_revision()
    assert state() == "current"


def test_the_steps_make_exactly_the_tables_the_program_declares(empty_database: str, another: EmptyDatabase):
    """Every column, type, key, check and index: what the steps build is what the declarations would build."""
    upgrade()
    declared = another()
    with engine(declared).begin() as connection:
        Row.metadata.create_all(connection)
    assert description(empty_database) == description(declared)


def test_upgrading_twice_changes_nothing(empty_database: str):
    """The second time finds nothing to do."""
    upgrade()
    before = description(empty_database)
    assert upgrade() == newest_revision()
    assert description(empty_database) == before


def test_an_upgrade_killed_in_the_middle_leaves_nothing_half_done(empty_database: str):
    """Killed after several tables were made, the database is as empty as before and the next upgrade succeeds."""
    killed = a_process(KILLED_IN_THE_MIDDLE)
    killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    assert (state(), description(empty_database)) == ("empty", {})
    upgrade()
    assert state() == "current"


def test_a_database_of_the_first_release_keeps_everything_and_gains_the_newer_tables(
    empty_database: str, another: EmptyDatabase
):
    """Stepped up from revision 0001: it then equals one made at once, and its rows are those of before."""
    with engine(empty_database).begin() as connection:
        command.upgrade(_configuration(connection), "0001")
    with engine(empty_database).begin() as connection:
        for deed in OF_THE_FIRST_RELEASE:
            connection.execute(text(deed))
    assert state() == "behind"
    assert upgrade() == newest_revision()
    upgrade(at_once := another())
    assert description(empty_database) == description(at_once)
    with transaction() as session:
        assert session.execute(text("SELECT code, role FROM person")).all() == [("noor", "staff")]
        assert session.execute(text("SELECT deed, person_name FROM auditevent")).first() == ("person:add", "set-up")


def test_whoever_was_registered_before_hashes_told_the_site_is_found_after(empty_database: str):
    """Registered at revision 0015, then at the newest: at their own site by name and day, and at the other nowhere."""
    with engine(empty_database).begin() as connection:
        command.upgrade(_configuration(connection), "0015")
    told = {"record_number": "TEST-1", "given_name": "Ines", "family_name": "Ångström", "postal_code": ""}
    told |= {"date_of_birth": date(1990, 5, 17), "phone": "", "sex_at_birth": "female", "site_id": 2}
    stamps = dict.fromkeys(("created_at", "updated_at"), datetime(2026, 1, 1, tzinfo=UTC)) | {"version": 1}
    with engine(empty_database).begin() as connection:
        if connection.dialect.name == "postgresql":
            let_through(connection, program("a test"))
        for number, code in ((1, "hill"), (2, "dale")):
            connection.execute(insert(Site.__table__), {**stamps, "id": number, "code": code, "name": code})
        connection.execute(insert(Patient.__table__), {**stamps, "id": 7, **told, **Patient.follow(told)})
    upgrade()
    with transaction() as session:
        for sites, found in (([2], [7]), ([1], []), (None, [7])):
            assert [one.id for one in queries.patients_starting(session, "angs", sites)] == found
            assert [one.id for one in queries.patients_born(session, [date(1990, 5, 17)], "", sites, 9)] == found


def test_two_processes_that_upgrade_at_once_both_succeed(empty_database: str):
    """One does the work, the other waits and finds it done."""
    both = [a_process("from db.schema import upgrade; print('ready', flush=True); input(); upgrade()") for _ in "ab"]
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
    for process in both:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        process.stdin.flush()
    said = [process.communicate()[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert state() == "current"


def test_a_database_from_a_newer_program_is_left_alone(database: str):
    """An older program says so and touches nothing."""
    with transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert state() == "unknown"
    with pytest.raises(WrongSchema, match="'9999'"):
        upgrade()
    assert state() == "unknown"


SHUT = "rows are only ever added|permission denied"
"""PostgreSQL refuses its own owner already by right, before any trigger is asked."""


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE auditevent SET deed = 'nothing happened'",
        "DELETE FROM auditevent",
        "DELETE FROM auditevent WHERE id = (SELECT max(id) FROM auditevent)",
    ],
)
def test_the_audit_trail_cannot_be_changed_or_shortened(clinic, deed: str):
    """Not even by someone who writes SQL: rows are only ever added."""
    before = audit_trail()
    with pytest.raises(Exception, match=SHUT), transaction() as session:
        session.execute(text(deed))
    assert audit_trail() == before != []


def test_an_audit_row_cannot_be_put_in_anothers_place(clinic):
    """SQLite's REPLACE, PostgreSQL's TRUNCATE: the ways around a plain delete are shut as well."""
    before = audit_trail()
    ways = {
        "sqlite": "INSERT OR REPLACE INTO auditevent (id, at, person_name, role, deed, record, record_id, reason) "
        "VALUES (1, '2026-01-01', '', '', 'forged', '', '', '')",
        "postgresql": "TRUNCATE auditevent CASCADE",
    }
    with pytest.raises(Exception, match=SHUT), transaction() as session:
        session.execute(text(ways[session.get_bind().dialect.name]))
    assert audit_trail() == before


@pytest.mark.parametrize("table", [table for table in APPEND_ONLY if "audit" not in table])
def test_what_was_typed_moved_decided_and_opened_is_only_ever_added(a_row_in: Callable[[str], None], table: str):
    """Revisions of drafts, moves of referrals, lines of decisions, what was opened and compared stay as they were."""
    a_row_in(table)
    for deed in (f"UPDATE {table} SET id = 77", f"DELETE FROM {table}"):
        with pytest.raises(Exception, match="rows are only ever added"), transaction() as session:
            session.execute(text(deed))


def audit_trail() -> list[tuple[object, ...]]:
    """Every audit row as it is stored."""
    with transaction() as session:
        return [tuple(row) for row in session.execute(text("SELECT id, deed, record_id FROM auditevent ORDER BY id"))]
