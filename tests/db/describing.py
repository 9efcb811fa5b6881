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
        told[f"table {table}"] = "\n".join(sorted(_parts(sql[sql.index("(") + 1 : sql.rindex(")")])))
    return told


def _parts(definition: str) -> list[str]:
    """What stands between the commas of a table's definition, except those inside brackets or quotes."""
    parts, depth, quoted = [""], 0, False
    for sign in definition:
        quoted ^= sign == "'"
        depth += {"(": 1, ")": -1}.get(sign, 0) if not quoted else 0
        if sign == "," and depth == 0 and not quoted:
            parts.append("")
        else:
            parts[-1] += sign
    return [" ".join(part.split()) for part in parts]


def _postgresql(connection: Connection) -> dict[str, str]:
    told = {}
    for kind, question in POSTGRESQL.items():
        told |= {f"{kind} {name}": definition for name, definition in connection.execute(text(question))}
    return told
