"""The tablet in the patient's hand, and answers awaiting a look."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

WHOLE, TEXT, MOMENT, YES_NO, DOCUMENT = sa.Integer(), sa.String(), sa.DateTime(timezone=True), sa.Boolean(), sa.JSON()

SITES = "current_setting('backstride.sites', true)"


def upgrade() -> None:
    """Make the table behind the wall of its draft, and let a sign-in say that it is handed over."""
    op.create_table(
        "handover",
        *(filled("version", WHOLE), filled("created_at", MOMENT), filled("updated_at", MOMENT), filled("id", WHOLE)),
        filled("draft_id", TEXT),
        filled("sign_in", TEXT),
        filled("begun_by", WHOLE),
        filled("begun_at", MOMENT),
        filled("language", TEXT),
        optional("section", TEXT),
        filled("items", DOCUMENT),
        filled("pin", TEXT),
        filled("wrong_pins", WHOLE),
        filled("seen_at", MOMENT),
        filled("state", TEXT),
        filled("asked_back", YES_NO),
        *(filled("answers", DOCUMENT), filled("entered", DOCUMENT), filled("declined", DOCUMENT)),
        *(filled("typed", DOCUMENT), filled("given", DOCUMENT), filled("alarms", DOCUMENT)),
        filled("urgency", WHOLE),
        filled("reviews", DOCUMENT),
        optional("ended_at", MOMENT),
        filled("ended_why", TEXT),
        optional("reviewed_by", WHOLE),
        optional("reviewed_at", MOMENT),
        sa.CheckConstraint("state IN ('begun', 'wiped', 'returned', 'reviewed')", name="handover_state_known"),
        sa.CheckConstraint("language IN ('en', 'es')", name="handover_language_known"),
        sa.CheckConstraint("urgency BETWEEN 0 AND 3", name="handover_urgency_known"),
        refers("handover", "draft_id", "draft.id"),
        refers("handover", "begun_by", "person.id"),
        refers("handover", "reviewed_by", "person.id"),
        sa.PrimaryKeyConstraint("id", name="pk_handover"),
    )
    op.create_index("handover_by_state", "handover", ["state", "urgency"])
    op.create_index("handover_by_draft_id", "handover", ["draft_id"])
    op.add_column("signin", optional("handed_over", WHOLE))
    if op.get_bind().dialect.name == "postgresql":
        _shut()


def _shut() -> None:
    """Let through what the transaction says: the rows of drafts that are let through themselves."""
    reached = f"(SELECT {SITES}) = '*' OR EXISTS (SELECT 1 FROM draft WHERE draft.id = handover.draft_id)"
    op.execute("ALTER TABLE handover ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY handover_of_the_site ON handover USING ({reached}) WITH CHECK ({reached})")


def filled(name: str, kind: Any) -> sa.Column[Any]:
    """A column that always has a value."""
    return sa.Column(name, kind, nullable=False)


def optional(name: str, kind: Any) -> sa.Column[Any]:
    """A column that may be without a value."""
    return sa.Column(name, kind, nullable=True)


def refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    """A column that names a row of another table."""
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")
