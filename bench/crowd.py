"""The demo clinic with a long past: its people and their work many times over, nothing of it waiting."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import Connection, Engine, NullPool, create_engine, inspect

from db.sqlite import connect, driver

STRIDE = 1_000_000
"""What is taken from every id, once a copy: copies are numbered before the demo's own rows, which stay the newest."""
YEARS, ERAS = 2, 5
"""The demo clinic covers two years; the copies are spread over so many times two years before it."""

COPIED = ("patient", "episode", "intake", "assessment", "decision", "referral", "referralmove", "outcome")
"""Not the audit trail: its events are sealed to one another and take no copies in between."""
IDS = {"id", "patient_id", "episode_id", "intake_id", "assessment_id", "referral_id", "latest_assessment_id"}
"""Columns that name a copied row; sites, people and the knowledge stay those there are."""
DAYS = {"opened_on", "closed_on", "due_on", "taken_on"}
MOMENTS = {"created_at", "updated_at", "submitted_at", "made_at", "signed_at", "at"}

OPEN_REFERRAL = "state IN ('draft', 'sent', 'received', 'scheduled')"
INSTEAD = {
    # Nobody new waits: what waits is what waited in the demo clinic.
    ("episode", "state"): "CASE state WHEN 'awaiting-review' THEN 'closed' ELSE state END",
    ("episode", "review_due_on"): "CASE state WHEN 'in-care' THEN DATE('now', '+1 year') END",
    ("referral", "state"): f"CASE WHEN {OPEN_REFERRAL} THEN 'completed' ELSE state END",
    ("patient", "record_number"): "record_number || '-' || n",
    ("patient", "record_key"): "record_key || '-' || n",
    ("intake", "draft_id"): "'crowd' || n || '-' || id",
}
DRAFTS = f"""
    INSERT INTO draft (id, version, created_at, updated_at, patient_id, form, owner_id, answers, entered, state,
                       submitted_intake_id)
    SELECT 'crowd' || n || '-' || id, 1, created_at, updated_at, patient_id - n * {STRIDE}, 'intake', submitted_by,
           answers, entered, 'submitted', id - n * {STRIDE}
    FROM copy, intake WHERE id > 0
"""
"""Every copied intake was once a draft."""


def grown(demo: Path, target: Path, copies: int) -> Path:
    """A copy of the demo clinic's file with everything in it ``copies`` more times, long ago and finished."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(demo, target)
    opened = _opened(target)
    with opened.connect() as connection:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "foreign_keys = OFF", "cache_size = -400000"):
            connection.exec_driver_sql(f"PRAGMA {pragma}")
        connection.exec_driver_sql("BEGIN")
        _count_to(connection, copies)
        connection.exec_driver_sql(DRAFTS)
        for table in COPIED:
            connection.exec_driver_sql(_copying(connection, table))
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA journal_mode = WAL")
    opened.dispose()
    return target


def _opened(file: Path) -> Engine:
    """The file under the clinic's key, without the guards that keep a clinic's data safe and make copying slow."""
    return create_engine("sqlite://", module=driver, creator=lambda: connect(file), poolclass=NullPool)


def _count_to(connection: Connection, copies: int) -> None:
    """The copies' numbers, the last first, so that ids are given out in rising order."""
    counting = f"WITH RECURSIVE c(n) AS (SELECT {copies} UNION ALL SELECT n - 1 FROM c WHERE n > 1)"
    connection.exec_driver_sql(f"CREATE TEMP TABLE copy AS {counting} SELECT n FROM c")


def _copying(connection: Connection, table: str) -> str:
    """The statement that adds every copy of a table's rows."""
    columns = [column["name"] for column in inspect(connection).get_columns(table)]
    values = ", ".join(_copied(table, column) for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    return f"INSERT INTO {table} ({names}) SELECT {values} FROM copy CROSS JOIN {table} WHERE id > 0"


def _copied(table: str, column: str) -> str:
    """What a copy holds in a column, in SQL."""
    back = f"'-' || ({YEARS} * (1 + n % {ERAS})) || ' years'"
    if (table, column) in INSTEAD:
        return INSTEAD[table, column]
    if column in IDS:
        return f"{column} - n * {STRIDE}"
    if column in DAYS:
        return f"DATE({column}, {back})"
    if column in MOMENTS:
        return f"STRFTIME('%Y-%m-%d %H:%M:%f000', {column}, {back})"
    if column == "month":
        return f"SUBSTR(DATE(month || '-01', {back}), 1, 7)"
    return f'"{column}"'


def intakes_in(file: Path) -> int:
    """How many intakes a database file holds."""
    opened = _opened(file)
    with opened.connect() as connection:
        found = int(connection.exec_driver_sql("SELECT COUNT(*) FROM intake").scalar_one())
    opened.dispose()
    return found
