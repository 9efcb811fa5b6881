"""Finding patients by everything the desk knows of them: numbers, days, and names however spelled."""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Nothing yet."""
