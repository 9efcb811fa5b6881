"""Decisions one suggestion at a time: their lines, what was opened before, second clinicians, confirmed diagnoses."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

WHOLE, NUMBER, TEXT = sa.Integer(), sa.Float(), sa.String()
DAY, MOMENT = sa.Date(), sa.DateTime(timezone=True)

LINE_COUNTED = (
    *("kind", "subject", "verdict", "reason_code", "knowledge_version", "month"),
    *("assessment_id", "id"),
)
DIAGNOSIS_COUNTED = ("id", "condition", "leader", "place", "band", "knowledge_version")
APPEND_ONLY = ("decisionline", "opening", "differentialplace")


def upgrade() -> None:
    """Make the new tables, in the order in which they refer to each other."""
    make_decisionline()
    make_opening()
    make_lowering()
    make_confirmeddiagnosis()
    make_differentialplace()
    for table in APPEND_ONLY:
        refuse_changes(table)


def filled(name: str, kind: Any) -> sa.Column[Any]:
    """A column that always has a value."""
    return sa.Column(name, kind, nullable=False)


def optional(name: str, kind: Any) -> sa.Column[Any]:
    """A column that may be without a value."""
    return sa.Column(name, kind, nullable=True)


def refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    """A column that names a row of another table."""
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")


def refuse_changes(table: str) -> None:
    """Let rows be added to a table and nothing else, whoever asks."""
    if op.get_bind().dialect.name == "sqlite":
        refuse_changes_on_sqlite(table)
    else:
        refuse_changes_on_postgresql(table)


def refuse_changes_on_sqlite(table: str) -> None:
    """One trigger a deed; the third refuses to put a row in another's place."""
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table}: rows are only ever added'); END"
    op.execute(f"CREATE TRIGGER {table}_unchanged BEFORE UPDATE ON {table} {refuse}")
    op.execute(f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} {refuse}")
    taken = f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"
    op.execute(f"CREATE TRIGGER {table}_not_replaced BEFORE INSERT ON {table} WHEN {taken} {refuse}")


def refuse_changes_on_postgresql(table: str) -> None:
    """One function for the three deeds; emptying a table is a deed of its own."""
    op.execute(
        f"CREATE FUNCTION {table}_refuses() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table}: rows are only ever added'; END $$"
    )
    does = f"EXECUTE FUNCTION {table}_refuses()"
    op.execute(f"CREATE TRIGGER {table}_unchanged BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {does}")
    op.execute(f"CREATE TRIGGER {table}_kept BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {does}")


def make_decisionline() -> None:
    op.create_table(
        "decisionline",
        filled("id", WHOLE),
        filled("at", MOMENT),
        filled("decision_id", WHOLE),
        filled("assessment_id", WHOLE),
        filled("intake_id", WHOLE),
        filled("kind", TEXT),
        filled("subject", TEXT),
        filled("verdict", TEXT),
        optional("changed_to", TEXT),
        optional("reason_code", TEXT),
        filled("comment", TEXT),
        filled("knowledge_version", TEXT),
        filled("month", TEXT),
        sa.CheckConstraint(
            "kind IN ('red_flag', 'condition', 'step', 'orthobiologic')", name="decisionline_kind_known"
        ),
        sa.CheckConstraint("verdict IN ('accepted', 'changed', 'rejected')", name="decisionline_verdict_known"),
        sa.CheckConstraint(
            "(verdict = 'changed') = (changed_to IS NOT NULL)", name="decisionline_changed_to_something"
        ),
        sa.CheckConstraint("(verdict = 'accepted') = (reason_code IS NULL)", name="decisionline_departure_has_reason"),
        refers("decisionline", "assessment_id", "assessment.id"),
        refers("decisionline", "decision_id", "decision.id"),
        refers("decisionline", "intake_id", "intake.id"),
        sa.PrimaryKeyConstraint("id", name="pk_decisionline"),
        sa.UniqueConstraint("decision_id", "kind", "subject", name="decisionline_one_each"),
    )
    op.create_index("decisionline_by_assessment_id", "decisionline", ["assessment_id", "kind", "subject", "id"])
    op.create_index("decisionline_counted", "decisionline", ["intake_id", *LINE_COUNTED])


def make_opening() -> None:
    op.create_table(
        "opening",
        filled("id", WHOLE),
        filled("at", MOMENT),
        filled("assessment_id", WHOLE),
        filled("person_id", WHOLE),
        filled("kind", TEXT),
        filled("subject", TEXT),
        refers("opening", "assessment_id", "assessment.id"),
        refers("opening", "person_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name="pk_opening"),
        sa.UniqueConstraint("assessment_id", "person_id", "kind", "subject", name="opening_once"),
    )


def make_lowering() -> None:
    op.create_table(
        "lowering",
        filled("version", WHOLE),
        filled("created_at", MOMENT),
        filled("updated_at", MOMENT),
        filled("id", WHOLE),
        filled("episode_id", WHOLE),
        filled("decision_id", WHOLE),
        filled("from_urgency", WHOLE),
        filled("to_urgency", WHOLE),
        optional("leading_condition", TEXT),
        optional("step", TEXT),
        filled("asked_by", WHOLE),
        filled("state", TEXT),
        optional("second_by", WHOLE),
        optional("settled_at", MOMENT),
        optional("reason_code", TEXT),
        filled("comment", TEXT),
        sa.CheckConstraint("state IN ('waiting', 'confirmed', 'refused', 'overtaken')", name="lowering_state_known"),
        sa.CheckConstraint(
            "to_urgency >= 0 AND to_urgency < from_urgency AND from_urgency <= 3", name="lowering_lowers"
        ),
        sa.CheckConstraint("second_by IS NULL OR second_by <> asked_by", name="lowering_two_people"),
        sa.CheckConstraint(
            "(state IN ('confirmed', 'refused')) = (second_by IS NOT NULL AND settled_at IS NOT NULL)",
            name="lowering_settled_by_someone",
        ),
        sa.CheckConstraint("state <> 'refused' OR reason_code IS NOT NULL", name="lowering_refused_with_reason"),
        refers("lowering", "asked_by", "person.id"),
        refers("lowering", "decision_id", "decision.id"),
        refers("lowering", "episode_id", "episode.id"),
        refers("lowering", "second_by", "person.id"),
        sa.PrimaryKeyConstraint("id", name="pk_lowering"),
        sa.UniqueConstraint("decision_id", name="uq_lowering_decision_id"),
    )
    op.create_index("lowering_by_episode_id", "lowering", ["episode_id", "state"])
    op.create_index(
        "lowering_one_waiting",
        "lowering",
        ["episode_id"],
        unique=True,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )


def make_confirmeddiagnosis() -> None:
    op.create_table(
        "confirmeddiagnosis",
        filled("version", WHOLE),
        filled("created_at", MOMENT),
        filled("updated_at", MOMENT),
        filled("id", WHOLE),
        filled("episode_id", WHOLE),
        filled("intake_id", WHOLE),
        filled("assessment_id", WHOLE),
        optional("condition", TEXT),
        filled("words", TEXT),
        filled("how", TEXT),
        filled("confirmed_on", DAY),
        filled("recorded_by", WHOLE),
        filled("knowledge_version", TEXT),
        optional("leader", TEXT),
        optional("place", WHOLE),
        optional("band", TEXT),
        optional("probability", NUMBER),
        sa.CheckConstraint(
            "how IN ('imaging', 'procedure', 'specialist', 'clinical_course')", name="confirmeddiagnosis_how_known"
        ),
        sa.CheckConstraint("condition IS NOT NULL OR words <> ''", name="confirmeddiagnosis_says_something"),
        refers("confirmeddiagnosis", "assessment_id", "assessment.id"),
        refers("confirmeddiagnosis", "episode_id", "episode.id"),
        refers("confirmeddiagnosis", "intake_id", "intake.id"),
        refers("confirmeddiagnosis", "recorded_by", "person.id"),
        sa.PrimaryKeyConstraint("id", name="pk_confirmeddiagnosis"),
        sa.UniqueConstraint("episode_id", name="uq_confirmeddiagnosis_episode_id"),
    )
    op.create_index("confirmeddiagnosis_counted", "confirmeddiagnosis", ["intake_id", *DIAGNOSIS_COUNTED])


def make_differentialplace() -> None:
    op.create_table(
        "differentialplace",
        filled("id", WHOLE),
        filled("at", MOMENT),
        filled("diagnosis_id", WHOLE),
        filled("condition", TEXT),
        filled("place", WHOLE),
        filled("band", TEXT),
        filled("probability", NUMBER),
        refers("differentialplace", "diagnosis_id", "confirmeddiagnosis.id"),
        sa.PrimaryKeyConstraint("id", name="pk_differentialplace"),
        sa.UniqueConstraint("diagnosis_id", "condition", name="differentialplace_one_each"),
    )
    op.create_index(
        "differentialplace_counted", "differentialplace", ["diagnosis_id", "band", "condition", "probability", "place"]
    )
