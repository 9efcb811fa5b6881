"""Identifiers sealed where the database's files are not; the blind index; keys kept for older rows."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from db import blind, keyring, sealed
from db.columns import folded

revision = "0007"
down_revision = "0006"

IDENTIFIERS = ("record_number", "given_name", "family_name", "date_of_birth", "phone", "postal_code")
STEADY = "record_number"
AT_ONCE = 1000


def upgrade() -> None:
    """Make the new tables and columns; on PostgreSQL seal the rows there are."""
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    make_keptkey()
    add_columns(on_postgresql)
    make_patientindex(on_postgresql)
    if on_postgresql:
        keyring.make_mark(op.get_bind())
        seal_patients()
        move_terms_apart()
    else:
        op.execute("UPDATE patient SET postal_code = ''")


def make_keptkey() -> None:
    op.create_table(
        "keptkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_keptkey"),
    )


def numbers(on_postgresql: bool) -> Any:
    """The hashes of the blind index; SQLite stores none."""
    return ARRAY(sa.BigInteger()) if on_postgresql else sa.JSON()


def add_columns(on_postgresql: bool) -> None:
    sealed_text = sa.LargeBinary() if on_postgresql else sa.String()
    op.add_column("patient", sa.Column("postal_code", sealed_text, nullable=True))
    op.add_column("patient", sa.Column("fitting", sa.LargeBinary(), nullable=True))
    op.add_column("patient", sa.Column("terms", numbers(on_postgresql), nullable=True))


def make_patientindex(on_postgresql: bool) -> None:
    op.create_table(
        "patientindex",
        sa.Column("patient_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("terms", numbers(on_postgresql), nullable=True),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patient.id"],
            name="fk_patientindex_patient_id",
            ondelete="CASCADE",
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.PrimaryKeyConstraint("patient_id", name="pk_patientindex"),
    )


def seal_patients() -> None:
    """Seal every identifier and write the blind index; nothing of what stood there in plain stays in the table."""
    for index in ("family_key", "given_key", "record_key", "date_of_birth"):
        op.drop_index(f"patient_by_{index}", "patient")
    op.drop_constraint("uq_patient_record_number", "patient")
    columns = ", ".join(f"{name} bytea" for name in (*IDENTIFIERS, "fitting"))
    op.execute(f"CREATE TEMPORARY TABLE sealing (id integer PRIMARY KEY, {columns}) ON COMMIT DROP")
    for rows in some_at_a_time():
        seal_some(rows)
    # A change of type writes the whole table anew, without the values it had.
    emptied = ", ".join(f"ALTER COLUMN {name} TYPE bytea USING ''::bytea" for name in IDENTIFIERS)
    op.execute(f"ALTER TABLE patient ALTER COLUMN phone DROP DEFAULT, {emptied}")
    put = ", ".join(f"{name} = sealing.{name}" for name in (*IDENTIFIERS, "fitting"))
    keys = "family_key = '', given_key = '', record_key = ''"
    op.execute(f"UPDATE patient SET {put}, {keys} FROM sealing WHERE sealing.id = patient.id")
    # And once more, without the search keys.
    op.execute("ALTER TABLE patient ALTER COLUMN fitting TYPE bytea USING fitting || ''::bytea")
    op.create_unique_constraint("uq_patient_record_number", "patient", ["record_number"])
    # What the new rows refer to is looked at now: a table with that still to do takes no index.
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    op.create_index("patientindex_by_terms", "patientindex", ["terms"], postgresql_using="gin")


def some_at_a_time() -> Iterator[list[Any]]:
    """Every patient as stored in plain, some rows at a time."""
    last = 0
    after = sa.text(
        "SELECT id, record_number, given_name, family_name, date_of_birth, phone FROM patient "
        f"WHERE id > :last ORDER BY id LIMIT {AT_ONCE}"
    )
    while rows := list(op.get_bind().execute(after, {"last": last}).mappings()):
        yield rows
        last = rows[-1]["id"]


def seal_some(rows: list[Any]) -> None:
    plain = [{**row, "postal_code": ""} for row in rows]
    names = ("id", *IDENTIFIERS, "fitting")
    into = f"INSERT INTO sealing ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})"
    op.get_bind().execute(sa.text(into), [sealed_row(row) for row in plain])
    found = sa.text("INSERT INTO patientindex (patient_id, terms) VALUES (:id, :terms)")
    op.get_bind().execute(found, [{"id": row["id"], "terms": terms(row)} for row in plain])


def sealed_row(row: dict[str, Any]) -> dict[str, Any]:
    words = {name: told(row[name]) for name in IDENTIFIERS}
    there = {name: sealed.seal(words[name], f"patient.{name}", steady=name == STEADY) for name in IDENTIFIERS}
    return {"id": row["id"], **there, "fitting": sealed.fitting([words[name] for name in IDENTIFIERS])}


def terms(row: dict[str, Any]) -> list[int]:
    family, given, record = (folded(row[name]) for name in ("family_name", "given_name", "record_number"))
    return blind.terms(blind.Searched(family, given, record, row["date_of_birth"].isoformat()))


def told(value: str | date) -> str:
    return value.isoformat() if isinstance(value, date) else value


def move_terms_apart() -> None:
    """What a row is searched by comes with the row, and is stored apart from it."""
    op.execute(
        "CREATE FUNCTION patient_keeps_terms_apart() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NEW.terms IS NOT NULL THEN "
        "INSERT INTO patientindex (patient_id, terms) VALUES (NEW.id, NEW.terms) "
        "ON CONFLICT (patient_id) DO UPDATE SET terms = EXCLUDED.terms; NEW.terms := NULL; "
        "END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER patient_terms_apart BEFORE INSERT OR UPDATE ON patient "
        "FOR EACH ROW EXECUTE FUNCTION patient_keeps_terms_apart()"
    )
