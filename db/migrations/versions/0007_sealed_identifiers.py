"""Identifiers sealed where the database file itself is not."""

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Nothing yet."""
