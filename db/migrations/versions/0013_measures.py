"""What an intake keeps of outcome measures beyond their totals: which intake measured them, and how."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Say of an outcome which intake it was measured at; once a measure and intake. Row-level security is 0008's."""
    op.add_column("outcome", sa.Column("intake_id", sa.Integer(), nullable=True))
    op.add_column("outcome", sa.Column("how", sa.String(), nullable=True))
    op.create_index("outcome_of_an_intake", "outcome", ["intake_id", "instrument"], unique=True)
