"""Finding patients by everything the desk knows of them: numbers, days, and names however spelled."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

from db import blind, sealed
from db.blocks import number_of
from db.columns import folded

revision = "0009"
down_revision = "0008"

AT_ONCE = 1000
SEARCHED = ("record_number", "given_name", "family_name", "date_of_birth", "phone")
INDEXES = {
    "family_key": ("family_key", "given_key", "site_id"),
    "given_key": ("given_key", "family_key", "site_id"),
    "record_key": ("record_key", "site_id"),
    "date_of_birth": ("date_of_birth", "site_id"),
    "phone_key": ("phone_key", "site_id"),
    "phone_tail": ("phone_tail", "site_id"),
}


def upgrade() -> None:
    """Make the columns and the table of blocks, and put what there is into them; on PostgreSQL into the blind index."""
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for name in ("phone_key", "phone_tail"):
        op.add_column("patient", sa.Column(name, sa.String(collation="C" if on_postgresql else None), nullable=True))
    op.execute("UPDATE patient SET phone_key = '', phone_tail = ''")
    make_patientblock()
    if on_postgresql:
        index_anew()
        wall_blocks()
    else:
        fill_blocks()
        make_triggers()
        make_indexes()
    op.create_index("patientblock_by_term", "patientblock", ["term"])


def make_patientblock() -> None:
    op.create_table(
        "patientblock",
        sa.Column("patient_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("term", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_patientblock_patient_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("patient_id", "term", name="pk_patientblock"),
        sqlite_with_rowid=False,
    )


def some_at_a_time() -> Iterator[list[Any]]:
    """Every patient as stored, some rows at a time."""
    last = 0
    wanted = ", ".join(("id", *SEARCHED))
    after = sa.text(f"SELECT {wanted} FROM patient WHERE id > :last ORDER BY id LIMIT {AT_ONCE}")
    while rows := list(op.get_bind().execute(after, {"last": last}).mappings()):
        yield rows
        last = rows[-1]["id"]


def index_anew() -> None:
    """On PostgreSQL: the hashes of every patient anew, with those of blocks and telephones among them."""
    put = sa.text("UPDATE patientindex SET terms = :terms WHERE patient_id = :id")
    for rows in some_at_a_time():
        plain = [{"id": row["id"], **unsealed(row)} for row in rows]
        op.get_bind().execute(put, [{"id": row["id"], "terms": blind.terms(searched(row))} for row in plain])


def wall_blocks() -> None:
    """Empty as it is there, the table stands behind the walls like every other that tells of a patient."""
    every = "(SELECT current_setting('backstride.sites', true)) = '*'"
    seen = "EXISTS (SELECT 1 FROM patient WHERE patient.id = patientblock.patient_id)"
    op.execute("ALTER TABLE patientblock ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY patientblock_of_the_site ON patientblock "
        f"USING ({every} OR {seen}) WITH CHECK ({every} OR {seen})"
    )


def fill_blocks() -> None:
    """On SQLite: the digits of every telephone, and the blocks every patient is in."""
    put = sa.text("UPDATE patient SET phone_key = :key, phone_tail = :tail WHERE id = :id")
    into = sa.text("INSERT INTO patientblock (patient_id, term) VALUES (:id, :term)")
    for rows in some_at_a_time():
        numbers = [(row["id"], number_of(row["phone"] or "")) for row in rows]
        op.get_bind().execute(put, [{"id": each, "key": one, "tail": one[::-1]} for each, one in numbers])
        found = [{"id": row["id"], "term": term} for row in rows for term in blind.numbers(searched(row))]
        if found:
            op.get_bind().execute(into, found)


def unsealed(row: Any) -> dict[str, str]:
    return {
        name: sealed.unseal(bytes(row[name]), f"patient.{name}", steady=name == "record_number") for name in SEARCHED
    }


def searched(row: Any) -> blind.Searched:
    family, given, record = (folded(row[name]) for name in ("family_name", "given_name", "record_number"))
    born = row["date_of_birth"]
    day = born.isoformat() if isinstance(born, date) else str(born)
    return blind.Searched(family, given, record, day, number_of(row["phone"] or ""))


def make_triggers() -> None:
    """On SQLite: what a row is searched by comes with the row, and is stored apart from it."""
    put = "INSERT INTO patientblock (term, patient_id) SELECT value, NEW.id FROM json_each(NEW.terms);"
    empty = "UPDATE patient SET terms = NULL WHERE id = NEW.id;"
    op.execute(
        "CREATE TRIGGER patient_blocks_added AFTER INSERT ON patient WHEN NEW.terms IS NOT NULL "
        f"BEGIN {put} {empty} END"
    )
    op.execute(
        "CREATE TRIGGER patient_blocks_changed AFTER UPDATE OF terms ON patient WHEN NEW.terms IS NOT NULL "
        f"BEGIN DELETE FROM patientblock WHERE patient_id = NEW.id; {put} {empty} END"
    )


def make_indexes() -> None:
    """On SQLite: the site in every index of the names, and the telephone's own."""
    for name, columns in INDEXES.items():
        if not name.startswith("phone"):
            op.drop_index(f"patient_by_{name}", "patient")
        op.create_index(f"patient_by_{name}", "patient", list(columns))
