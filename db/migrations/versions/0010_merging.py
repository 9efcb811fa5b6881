"""One patient registered twice: merged, and taken apart again."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

WHOLE, TEXT, MOMENT, DOCUMENT = sa.Integer(), sa.String(), sa.DateTime(timezone=True), sa.JSON()
STANDING, MERGED = sa.text("undone_at IS NULL"), sa.text("merged_into_id IS NOT NULL")
SEEN = (
    "(SELECT current_setting('backstride.sites', true)) = '*' "
    "OR EXISTS (SELECT 1 FROM patient WHERE patient.id = patientmerge.merged_id)"
)


def upgrade() -> None:
    """Let a patient say which other one it became, and make the ledger of what was moved, with its wall."""
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    # No foreign key: SQLite adds none to a table that is there.
    op.add_column("patient", optional("merged_into_id", WHOLE))
    op.create_index(
        "patient_by_merged_into_id", "patient", ["merged_into_id"], sqlite_where=MERGED, postgresql_where=MERGED
    )
    make_patientmerge(sa.LargeBinary() if on_postgresql else TEXT)
    if on_postgresql:
        op.execute("ALTER TABLE patientmerge ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY patientmerge_of_the_site ON patientmerge USING ({SEEN}) WITH CHECK ({SEEN})")


def make_patientmerge(sealed: Any) -> None:
    op.create_table(
        "patientmerge",
        *(filled("version", WHOLE), filled("created_at", MOMENT), filled("updated_at", MOMENT), filled("id", WHOLE)),
        *(filled("survivor_id", WHOLE), filled("merged_id", WHOLE)),
        *(filled("merged_by", WHOLE), filled("merged_at", MOMENT), filled("reason_code", TEXT)),
        *(filled("moved", DOCUMENT), filled("put_aside", DOCUMENT), filled("identifiers", sealed)),
        *(optional("undone_at", MOMENT), optional("undone_by", WHOLE), optional("undone_reason", TEXT)),
        sa.CheckConstraint("survivor_id <> merged_id", name="patientmerge_two_patients"),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by IS NULL) AND (undone_at IS NULL) = (undone_reason IS NULL)",
            name="patientmerge_undone_by_someone",
        ),
        *(refers(column, target) for column, target in REFERS),
        sa.PrimaryKeyConstraint("id", name="pk_patientmerge"),
    )
    one: dict[str, Any] = {"unique": True, "sqlite_where": STANDING, "postgresql_where": STANDING}
    op.create_index("patientmerge_one_standing", "patientmerge", ["merged_id"], **one)
    for column in ("survivor_id", "merged_id"):
        op.create_index(f"patientmerge_by_{column}", "patientmerge", [column, "id"])


REFERS = (
    ("survivor_id", "patient.id"),
    ("merged_id", "patient.id"),
    ("merged_by", "person.id"),
    ("undone_by", "person.id"),
)


def filled(name: str, kind: Any) -> sa.Column[Any]:
    """A column that always has a value."""
    return sa.Column(name, kind, nullable=False)


def optional(name: str, kind: Any) -> sa.Column[Any]:
    """A column that may be without a value."""
    return sa.Column(name, kind, nullable=True)


def refers(column: str, target: str) -> sa.ForeignKeyConstraint:
    """A column that names a row of another table."""
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_patientmerge_{column}")
