"""The life of the knowledge: its versions, the difference reports made before one takes effect, and what they list."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

WHOLE, TEXT, DOCUMENT = sa.Integer(), sa.String(), sa.JSON()
DAY, MOMENT = sa.Date(), sa.DateTime(timezone=True)
ADOPTED = sa.text("origin = 'adopted'")


def upgrade() -> None:
    """Make the three tables, in the order in which they refer to each other."""
    make_knowledgeversion()
    make_knowledgereport()
    make_knowledgedifference()
    refuse_changes("knowledgedifference")


def filled(name: str, kind: Any) -> sa.Column[Any]:
    """A column that always has a value."""
    return sa.Column(name, kind, nullable=False)


def optional(name: str, kind: Any) -> sa.Column[Any]:
    """A column that may be without a value."""
    return sa.Column(name, kind, nullable=True)


def refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    """A column that names a row of another table."""
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")


def make_knowledgeversion() -> None:
    op.create_table(
        "knowledgeversion",
        filled("version", WHOLE),
        filled("created_at", MOMENT),
        filled("updated_at", MOMENT),
        filled("id", WHOLE),
        filled("sha256", TEXT),
        filled("knowledge_version", TEXT),
        filled("origin", TEXT),
        optional("based_on_sha256", TEXT),
        filled("state", TEXT),
        filled("sentence", TEXT),
        optional("proposed_by", WHOLE),
        filled("proposed_at", MOMENT),
        optional("approved_by", WHOLE),
        optional("approved_at", MOMENT),
        optional("effective_on", DAY),
        optional("report_id", WHOLE),
        optional("ended_by", WHOLE),
        filled("ending_words", TEXT),
        sa.CheckConstraint("origin IN ('adopted', 'edit', 'files', 'rollback')", name="knowledgeversion_origin_known"),
        sa.CheckConstraint(
            "state IN ('candidate', 'approved', 'refused', 'withdrawn')", name="knowledgeversion_state_known"
        ),
        sa.CheckConstraint("approved_by <> proposed_by", name="knowledgeversion_second_person"),
        sa.CheckConstraint(
            "state <> 'approved' OR (effective_on IS NOT NULL AND approved_at IS NOT NULL AND (origin = 'adopted' OR "
            "(proposed_by IS NOT NULL AND approved_by IS NOT NULL AND report_id IS NOT NULL)))",
            name="knowledgeversion_approved_whole",
        ),
        refers("knowledgeversion", "sha256", "knowledgetext.sha256"),
        refers("knowledgeversion", "proposed_by", "person.id"),
        refers("knowledgeversion", "approved_by", "person.id"),
        refers("knowledgeversion", "ended_by", "person.id"),
        sa.PrimaryKeyConstraint("id", name="pk_knowledgeversion"),
    )
    op.create_index("knowledgeversion_in_force", "knowledgeversion", ["state", "effective_on", "approved_at"])
    op.create_index(
        "knowledgeversion_one_adopted",
        "knowledgeversion",
        ["origin"],
        unique=True,
        sqlite_where=ADOPTED,
        postgresql_where=ADOPTED,
    )
    op.create_index("knowledgeversion_by_sha256", "knowledgeversion", ["sha256"])


def make_knowledgereport() -> None:
    op.create_table(
        "knowledgereport",
        filled("version", WHOLE),
        filled("created_at", MOMENT),
        filled("updated_at", MOMENT),
        filled("id", WHOLE),
        filled("candidate_id", WHOLE),
        filled("from_sha256", TEXT),
        filled("to_sha256", TEXT),
        filled("state", TEXT),
        filled("begun_by", WHOLE),
        filled("begun_at", MOMENT),
        optional("finished_at", MOMENT),
        filled("last_assessment_id", WHOLE),
        filled("total", WHOLE),
        filled("done", WHOLE),
        filled("reached_intake_id", WHOLE),
        filled("counts", DOCUMENT),
        sa.CheckConstraint("state IN ('running', 'done', 'stopped')", name="knowledgereport_state_known"),
        refers("knowledgereport", "candidate_id", "knowledgeversion.id"),
        refers("knowledgereport", "from_sha256", "knowledgetext.sha256"),
        refers("knowledgereport", "to_sha256", "knowledgetext.sha256"),
        refers("knowledgereport", "begun_by", "person.id"),
        sa.PrimaryKeyConstraint("id", name="pk_knowledgereport"),
    )
    op.create_index("knowledgereport_by_candidate_id", "knowledgereport", ["candidate_id", "id"])


def make_knowledgedifference() -> None:
    op.create_table(
        "knowledgedifference",
        filled("id", WHOLE),
        filled("at", MOMENT),
        filled("report_id", WHOLE),
        filled("episode_id", WHOLE),
        filled("assessment_id", WHOLE),
        filled("weight", WHOLE),
        filled("before", DOCUMENT),
        filled("after", DOCUMENT),
        refers("knowledgedifference", "report_id", "knowledgereport.id"),
        refers("knowledgedifference", "episode_id", "episode.id"),
        refers("knowledgedifference", "assessment_id", "assessment.id"),
        sa.PrimaryKeyConstraint("id", name="pk_knowledgedifference"),
    )
    op.create_index("knowledgedifference_by_report_id", "knowledgedifference", ["report_id", "weight", "id"])
    op.create_index("knowledgedifference_by_episode_id", "knowledgedifference", ["episode_id"])


def refuse_changes(table: str) -> None:
    """Let rows be added to a table and nothing else, whoever asks."""
    if op.get_bind().dialect.name == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table}: rows are only ever added'); END"
        op.execute(f"CREATE TRIGGER {table}_unchanged BEFORE UPDATE ON {table} {refuse}")
        op.execute(f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} {refuse}")
        taken = f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"
        op.execute(f"CREATE TRIGGER {table}_not_replaced BEFORE INSERT ON {table} WHEN {taken} {refuse}")
        return
    op.execute(
        f"CREATE FUNCTION {table}_refuses() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table}: rows are only ever added'; END $$"
    )
    does = f"EXECUTE FUNCTION {table}_refuses()"
    op.execute(f"CREATE TRIGGER {table}_unchanged BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {does}")
    op.execute(f"CREATE TRIGGER {table}_kept BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {does}")
