"""The desk's notes on answers that look odd and are right."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Room for notes beside the answers of a draft and of an intake; those taken before have none."""
    for table in ("draft", "intake"):
        op.add_column(table, sa.Column("notes", sa.JSON(), nullable=True))
