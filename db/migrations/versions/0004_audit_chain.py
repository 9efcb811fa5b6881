"""The audit trail's chain: what seals each event to the one before."""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Nothing yet."""
