"""Who writes a draft, until when it is kept, and answers that two people gave."""

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Nothing yet."""
