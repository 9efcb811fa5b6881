"""The desk's notes on answers that look odd and are right."""

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Nothing yet."""
