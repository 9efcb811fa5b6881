"""The tablet in the patient's hand, and answers awaiting a look."""

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Nothing yet."""
