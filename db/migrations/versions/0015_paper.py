"""Paper forms keyed in twice."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

WHOLE, CODE, MOMENT, DOCUMENT = sa.Integer(), sa.String(), sa.DateTime(timezone=True), sa.JSON()
NOT_DROPPED = sa.text("state <> 'dropped'")
SEEN = (
    "(SELECT current_setting('backstride.sites', true)) = '*' "
    "OR EXISTS (SELECT 1 FROM draft WHERE draft.id = paperpass.draft_id)"
)


def upgrade() -> None:
    """Make the table, what it is looked up by, and on PostgreSQL its wall."""
    op.create_table(
        "paperpass",
        *(filled("version", WHOLE), filled("created_at", MOMENT), filled("updated_at", MOMENT), filled("id", WHOLE)),
        *(filled("draft_id", CODE), filled("number", WHOLE), filled("by", WHOLE), filled("state", CODE)),
        *(filled("texts", DOCUMENT), filled("settled", DOCUMENT)),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.CheckConstraint("number IN (1, 2)", name="paperpass_first_or_second"),
        sa.CheckConstraint("state IN ('open', 'finished', 'taken', 'dropped')", name="paperpass_state_known"),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name="fk_paperpass_draft_id"),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name="fk_paperpass_by"),
        sa.PrimaryKeyConstraint("id", name="pk_paperpass"),
    )
    op.create_index("paperpass_by_draft_id", "paperpass", ["draft_id"])
    one_of_each: dict[str, Any] = {"unique": True, "sqlite_where": NOT_DROPPED, "postgresql_where": NOT_DROPPED}
    op.create_index("paperpass_one_of_each", "paperpass", ["draft_id", "number"], **one_of_each)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE paperpass ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY paperpass_of_the_site ON paperpass USING ({SEEN}) WITH CHECK ({SEEN})")


def filled(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)
