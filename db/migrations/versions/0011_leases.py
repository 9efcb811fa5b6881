"""Who writes a draft, where each answer came from, and answers that two people gave."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

WHOLE, TEXT, DOCUMENT, MOMENT = sa.Integer(), sa.String(), sa.JSON(), sa.DateTime(timezone=True)

EVERY = "(SELECT current_setting('backstride.sites', true)) = '*'"
OF_A_DRAFT = "EXISTS (SELECT 1 FROM draft WHERE draft.id = draftlease.draft_id)"


def upgrade() -> None:
    """Say more of each answer and each draft, and make the table of who writes one."""
    # Columns with a constant default rewrite no row, so the triggers that keep revisions as they are have no say.
    op.add_column("draft", filled("unfinished", DOCUMENT, server_default="{}"))
    op.add_column("draft", filled("asides", WHOLE, server_default="0"))
    op.add_column("draft", optional("answered_at", MOMENT))
    op.add_column("draftrevision", filled("source", TEXT, server_default="desk"))
    op.add_column("draftrevision", filled("standing", TEXT, server_default="kept"))
    op.add_column("draftrevision", optional("entered", DOCUMENT))
    op.add_column("draftrevision", optional("draft_version", WHOLE))
    op.add_column("draftrevision", optional("settles", WHOLE))
    make_lease()


def make_lease() -> None:
    op.create_table(
        "draftlease",
        filled("id", WHOLE),
        filled("draft_id", TEXT),
        filled("person_id", WHOLE),
        filled("sign_in", TEXT),
        filled("tab", TEXT),
        filled("since", MOMENT),
        filled("beat_at", MOMENT),
        optional("before_id", WHOLE),
        refers("draftlease", "draft_id", "draft.id"),
        refers("draftlease", "person_id", "person.id"),
        refers("draftlease", "before_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name="pk_draftlease"),
        sa.UniqueConstraint("draft_id", name="uq_draftlease_draft_id"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE draftlease ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(
            "CREATE POLICY draftlease_of_the_site ON draftlease "
            f"USING ({EVERY} OR {OF_A_DRAFT}) WITH CHECK ({EVERY} OR ({OF_A_DRAFT}))"
        )


def filled(name: str, kind: Any, **more: Any) -> sa.Column[Any]:
    """A column that always has a value."""
    return sa.Column(name, kind, nullable=False, **more)


def optional(name: str, kind: Any) -> sa.Column[Any]:
    """A column that may be without a value."""
    return sa.Column(name, kind, nullable=True)


def refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    """A column that names a row of another table."""
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")
