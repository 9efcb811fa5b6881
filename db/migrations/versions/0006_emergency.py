"""Emergency access to one patient's record."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

WHOLE, TEXT, MOMENT = sa.Integer(), sa.String(), sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table, and what it is looked up by."""
    op.create_table(
        "emergencyaccess",
        *(filled("version", WHOLE), filled("created_at", MOMENT), filled("updated_at", MOMENT), filled("id", WHOLE)),
        filled("person_id", WHOLE),
        filled("patient_id", WHOLE),
        filled("reason", TEXT),
        filled("confirmed", TEXT),
        filled("opened_at", MOMENT),
        filled("until", MOMENT),
        optional("ended_at", MOMENT),
        optional("reviewed_by", WHOLE),
        optional("reviewed_at", MOMENT),
        filled("review_words", TEXT),
        sa.CheckConstraint("until > opened_at", name="emergencyaccess_has_a_length"),
        sa.CheckConstraint("confirmed IN ('password', 'open-id', 'demo')", name="emergencyaccess_confirmed_known"),
        refers("emergencyaccess", "person_id", "person.id"),
        refers("emergencyaccess", "patient_id", "patient.id"),
        refers("emergencyaccess", "reviewed_by", "person.id"),
        sa.PrimaryKeyConstraint("id", name="pk_emergencyaccess"),
    )
    op.create_index("emergencyaccess_by_person", "emergencyaccess", ["person_id", "until"])
    op.create_index("emergencyaccess_by_review", "emergencyaccess", ["reviewed_at", "opened_at"])
    op.create_index("emergencyaccess_by_patient_id", "emergencyaccess", ["patient_id"])


def filled(name: str, kind: Any) -> sa.Column[Any]:
    """A column that always has a value."""
    return sa.Column(name, kind, nullable=False)


def optional(name: str, kind: Any) -> sa.Column[Any]:
    """A column that may be without a value."""
    return sa.Column(name, kind, nullable=True)


def refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    """A column that names a row of another table."""
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")
