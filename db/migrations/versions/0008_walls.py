"""Row-level security: the database's own refusal of another site's rows."""

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Nothing yet."""
