"""What a database consists of, as the database itself tells it."""

from __future__ import annotations

from sqlalchemy import Connection, text

from db.engine import engine

POSTGRESQL = {
    "columns": """SELECT table_name || '.' || column_name,
                         concat_ws(' ', data_type, is_nullable, collation_name, column_default, ordinal_position)
                  FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraints": """SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
                      FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
}


def description(url: str) -> dict[str, str]:
    """Name -> definition of every table, column, key, check and index; triggers and the revision table left out."""
    with engine(url).connect() as connection:
        told = _sqlite(connection) if connection.dialect.name == "sqlite" else _postgresql(connection)
    return {name: definition for name, definition in told.items() if "alembic_version" not in name}


def _sqlite(connection: Connection) -> dict[str, str]:
    """Each column with its type, each index with its columns in order, each key and check."""
    told = {}
    names = text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    told |= {f"index {name}": " ".join(sql.split()) for name, sql in connection.execute(names)}
    tables = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
    for table, sql in tables.all():
        lines = {line.strip().rstrip(",") for line in sql.splitlines()[1:]}
        told[f"table {table}"] = "\n".join(sorted(lines))
    return told


def _postgresql(connection: Connection) -> dict[str, str]:
    told = {}
    for kind, question in POSTGRESQL.items():
        told |= {f"{kind} {name}": definition for name, definition in connection.execute(text(question))}
    return told
