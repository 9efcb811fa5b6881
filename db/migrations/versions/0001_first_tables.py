"""The first tables: sites, people, patients, and the way of an episode from draft to outcome."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

WHOLE, NUMBER, TRUTH = sa.Integer(), sa.Float(), sa.Boolean()
TEXT, DOCUMENT, PACKED = sa.String(), sa.JSON(), sa.LargeBinary()
DAY, MOMENT = sa.Date(), sa.DateTime(timezone=True)
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")

COUNTED = (
    *("site_id", "clinician_id", "leading_condition", "urgency", "step"),
    *("age_band", "sex", "surface", "shoe_type", "nprs_back", "odi_percent", "rmdq_total"),
)
APPEND_ONLY = ("auditevent", "draftrevision", "referralmove")


def upgrade() -> None:
    """Make every table, in the order in which they refer to each other."""
    make_knowledgetext()
    make_site()
    make_patient()
    make_person()
    make_auditevent()
    make_draft()
    make_episode()
    make_draftrevision()
    make_intake()
    make_outcome()
    make_referral()
    make_assessment()
    make_referralmove()
    make_decision()
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


def make_knowledgetext() -> None:
    op.create_table(
        "knowledgetext",
        filled("version", WHOLE),
        filled("created_at", MOMENT),
        filled("updated_at", MOMENT),
        filled("id", WHOLE),
        filled("sha256", TEXT),
        filled("knowledge_version", TEXT),
        filled("texts", PACKED),
        sa.PrimaryKeyConstraint("id", name="pk_knowledgetext"),
        sa.UniqueConstraint("sha256", name="uq_knowledgetext_sha256"),
    )


def make_site() -> None:
    op.create_table(
        "site",
        filled("version", WHOLE),
        filled("created_at", MOMENT),
        filled("updated_at", MOMENT),
        filled("id", WHOLE),
        filled("code", TEXT),
        filled("name", TEXT),
        filled("state", TEXT),
        sa.PrimaryKeyConstraint("id", name="pk_site"),
        sa.UniqueConstraint("code", name="uq_site_code"),
    )


def make_patient() -> None:
    op.create_table(
        "patient",
        filled("version", WHOLE),
        filled("created_at", MOMENT),
        filled("updated_at", MOMENT),
        filled("id", WHOLE),
        filled("record_number", TEXT),
        filled("given_name", TEXT),
        filled("family_name", TEXT),
        filled("date_of_birth", DAY),
        filled("sex_at_birth", TEXT),
        filled("phone", TEXT),
        filled("site_id", WHOLE),
        filled("family_key", KEY),
        filled("given_key", KEY),
        filled("record_key", KEY),
        refers("patient", "site_id", "site.id"),
        sa.PrimaryKeyConstraint("id", name="pk_patient"),
        sa.UniqueConstraint("record_number", name="uq_patient_record_number"),
    )
    op.create_index("patient_by_date_of_birth", "patient", ["date_of_birth"])
    op.create_index("patient_by_family_key", "patient", ["family_key", "given_key"])
    op.create_index("patient_by_given_key", "patient", ["given_key", "family_key"])
    op.create_index("patient_by_record_key", "patient", ["record_key"])


def make_person() -> None:
    op.create_table(
        "person",
        filled("version", WHOLE),
        filled("created_at", MOMENT),
        filled("updated_at", MOMENT),
        filled("id", WHOLE),
        filled("code", TEXT),
        filled("name", TEXT),
        filled("role", TEXT),
        filled("active", TRUTH),
        optional("site_id", WHOLE),
        refers("person", "site_id", "site.id"),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("code", name="uq_person_code"),
    )


def make_auditevent() -> None:
    op.create_table(
        "auditevent",
        filled("id", WHOLE),
        filled("at", MOMENT),
        optional("person_id", WHOLE),
        filled("person_name", TEXT),
        filled("role", TEXT),
        filled("deed", TEXT),
        filled("record", TEXT),
        filled("record_id", TEXT),
        optional("before", DOCUMENT),
        optional("after", DOCUMENT),
        filled("reason", TEXT),
        refers("auditevent", "person_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name="pk_auditevent"),
    )
    op.create_index("auditevent_by_deed", "auditevent", ["deed", "at", "id"])
    op.create_index("auditevent_by_person", "auditevent", ["person_id", "at", "id"])
    op.create_index("auditevent_by_person_and_deed", "auditevent", ["person_id", "deed", "at", "id"])
    op.create_index("auditevent_by_record", "auditevent", ["record", "record_id", "at"])
    op.create_index("auditevent_by_time", "auditevent", ["at", "id"])


def make_draft() -> None:
    op.create_table(
        "draft",
        filled("version", WHOLE),
        filled("created_at", MOMENT),
        filled("updated_at", MOMENT),
        filled("id", TEXT),
        filled("patient_id", WHOLE),
        filled("form", TEXT),
        filled("owner_id", WHOLE),
        filled("answers", DOCUMENT),
        filled("entered", DOCUMENT),
        optional("section", TEXT),
        filled("state", TEXT),
        optional("submitted_intake_id", WHOLE),
        sa.CheckConstraint("state IN ('open', 'submitted', 'discarded')", name="draft_state_known"),
        refers("draft", "owner_id", "person.id"),
        refers("draft", "patient_id", "patient.id"),
        sa.PrimaryKeyConstraint("id", name="pk_draft"),
    )
    op.create_index("draft_by_owner_id", "draft", ["owner_id"])
    op.create_index("draft_by_state", "draft", ["state", "updated_at"])
    op.create_index(
        "draft_one_open",
        "draft",
        ["patient_id", "form"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )


def make_episode() -> None:
    op.create_table(
        "episode",
        filled("version", WHOLE),
        filled("created_at", MOMENT),
        filled("updated_at", MOMENT),
        filled("id", WHOLE),
        filled("patient_id", WHOLE),
        filled("site_id", WHOLE),
        optional("clinician_id", WHOLE),
        filled("opened_on", DAY),
        optional("closed_on", DAY),
        filled("state", TEXT),
        filled("urgency", WHOLE),
        optional("leading_condition", TEXT),
        optional("step", TEXT),
        filled("submitted_at", MOMENT),
        optional("latest_assessment_id", WHOLE),
        optional("review_due_on", DAY),
        sa.CheckConstraint("state IN ('awaiting-review', 'in-care', 'closed')", name="episode_state_known"),
        sa.CheckConstraint("urgency BETWEEN 0 AND 3", name="episode_urgency_known"),
        refers("episode", "clinician_id", "person.id"),
        refers("episode", "patient_id", "patient.id"),
        refers("episode", "site_id", "site.id"),
        sa.PrimaryKeyConstraint("id", name="pk_episode"),
    )
    op.create_index("episode_by_clinician_id", "episode", ["clinician_id"])
    op.create_index("episode_by_patient_id", "episode", ["patient_id"])
    op.create_index("episode_reviews_due", "episode", ["state", "review_due_on"])
    op.create_index("episode_worklist", "episode", ["state", sa.text("urgency DESC"), "submitted_at", "id"])


def make_draftrevision() -> None:
    op.create_table(
        "draftrevision",
        filled("id", WHOLE),
        filled("at", MOMENT),
        filled("draft_id", TEXT),
        filled("item", TEXT),
        optional("value", DOCUMENT),
        filled("by", WHOLE),
        refers("draftrevision", "by", "person.id"),
        refers("draftrevision", "draft_id", "draft.id"),
        sa.PrimaryKeyConstraint("id", name="pk_draftrevision"),
    )
    op.create_index("draftrevision_by_draft_id", "draftrevision", ["draft_id"])


def make_intake() -> None:
    op.create_table(
        "intake",
        filled("version", WHOLE),
        filled("created_at", MOMENT),
        filled("updated_at", MOMENT),
        filled("id", WHOLE),
        filled("episode_id", WHOLE),
        filled("patient_id", WHOLE),
        filled("site_id", WHOLE),
        optional("clinician_id", WHOLE),
        optional("draft_id", TEXT),
        filled("submitted_by", WHOLE),
        filled("submitted_at", MOMENT),
        filled("month", TEXT),
        filled("answers", DOCUMENT),
        filled("entered", DOCUMENT),
        optional("age_years", WHOLE),
        optional("age_band", TEXT),
        optional("sex", TEXT),
        optional("surface", TEXT),
        optional("shoe_type", TEXT),
        filled("urgency", WHOLE),
        optional("leading_condition", TEXT),
        optional("step", TEXT),
        optional("nprs_back", NUMBER),
        optional("odi_percent", NUMBER),
        optional("rmdq_total", NUMBER),
        refers("intake", "clinician_id", "person.id"),
        refers("intake", "draft_id", "draft.id"),
        refers("intake", "episode_id", "episode.id"),
        refers("intake", "patient_id", "patient.id"),
        refers("intake", "site_id", "site.id"),
        refers("intake", "submitted_by", "person.id"),
        sa.PrimaryKeyConstraint("id", name="pk_intake"),
        sa.UniqueConstraint("draft_id", name="uq_intake_draft_id"),
    )
    op.create_index("intake_by_clinician", "intake", ["clinician_id", "month"])
    op.create_index("intake_by_episode_id", "intake", ["episode_id", "id", "month", *COUNTED])
    op.create_index("intake_by_patient_id", "intake", ["patient_id"])
    op.create_index("intake_cohort", "intake", ["month", *COUNTED, "episode_id", "id"])


def make_outcome() -> None:
    op.create_table(
        "outcome",
        filled("version", WHOLE),
        filled("created_at", MOMENT),
        filled("updated_at", MOMENT),
        filled("id", WHOLE),
        filled("episode_id", WHOLE),
        filled("patient_id", WHOLE),
        filled("instrument", TEXT),
        filled("value", NUMBER),
        filled("taken_on", DAY),
        filled("weeks_since_intake", WHOLE),
        filled("entered_by", WHOLE),
        refers("outcome", "entered_by", "person.id"),
        refers("outcome", "episode_id", "episode.id"),
        refers("outcome", "patient_id", "patient.id"),
        sa.PrimaryKeyConstraint("id", name="pk_outcome"),
    )
    op.create_index("outcome_by_episode_id", "outcome", ["episode_id"])
    op.create_index("outcome_by_patient_id", "outcome", ["patient_id"])
    op.create_index("outcome_cohort", "outcome", ["instrument", "episode_id", "weeks_since_intake", "value"])


def make_referral() -> None:
    op.create_table(
        "referral",
        filled("version", WHOLE),
        filled("created_at", MOMENT),
        filled("updated_at", MOMENT),
        filled("id", WHOLE),
        filled("episode_id", WHOLE),
        filled("patient_id", WHOLE),
        filled("site_id", WHOLE),
        filled("kind", TEXT),
        filled("state", TEXT),
        filled("priority", WHOLE),
        filled("reason", TEXT),
        filled("created_by", WHOLE),
        optional("due_on", DAY),
        filled("month", TEXT),
        sa.CheckConstraint(
            "kind IN ('physical_therapy', 'imaging', 'spine_specialist', 'prp_discussion', 'stem_cell_discussion')",
            name="referral_kind_known",
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'sent', 'received', 'scheduled', 'completed', 'declined', 'withdrawn')",
            name="referral_state_known",
        ),
        refers("referral", "created_by", "person.id"),
        refers("referral", "episode_id", "episode.id"),
        refers("referral", "patient_id", "patient.id"),
        refers("referral", "site_id", "site.id"),
        sa.PrimaryKeyConstraint("id", name="pk_referral"),
    )
    op.create_index("referral_by_episode_id", "referral", ["episode_id", "id", "kind", "state", "month"])
    op.create_index("referral_by_patient_id", "referral", ["patient_id"])
    op.create_index("referral_by_state", "referral", ["state", "due_on", "id"])


def make_assessment() -> None:
    op.create_table(
        "assessment",
        filled("version", WHOLE),
        filled("created_at", MOMENT),
        filled("updated_at", MOMENT),
        filled("id", WHOLE),
        filled("intake_id", WHOLE),
        filled("episode_id", WHOLE),
        filled("made_at", MOMENT),
        filled("made_by", WHOLE),
        filled("knowledge_version", TEXT),
        filled("knowledge_sha256", TEXT),
        filled("urgency", WHOLE),
        optional("leading_condition", TEXT),
        optional("step", TEXT),
        filled("basis", TEXT),
        filled("answers", DOCUMENT),
        filled("document", PACKED),
        sa.CheckConstraint("basis IN ('intake', 'exam')", name="assessment_basis_known"),
        refers("assessment", "episode_id", "episode.id"),
        refers("assessment", "intake_id", "intake.id"),
        refers("assessment", "knowledge_sha256", "knowledgetext.sha256"),
        refers("assessment", "made_by", "person.id"),
        sa.PrimaryKeyConstraint("id", name="pk_assessment"),
    )
    op.create_index("assessment_by_episode_id", "assessment", ["episode_id"])
    op.create_index("assessment_by_intake_id", "assessment", ["intake_id", "id", "step"])
    op.create_index("assessment_by_knowledge_sha256", "assessment", ["knowledge_sha256"])


def make_referralmove() -> None:
    op.create_table(
        "referralmove",
        filled("id", WHOLE),
        filled("at", MOMENT),
        filled("referral_id", WHOLE),
        filled("from_state", TEXT),
        filled("to_state", TEXT),
        filled("by", WHOLE),
        filled("note", TEXT),
        refers("referralmove", "by", "person.id"),
        refers("referralmove", "referral_id", "referral.id"),
        sa.PrimaryKeyConstraint("id", name="pk_referralmove"),
    )
    op.create_index("referralmove_by_referral_id", "referralmove", ["referral_id", "to_state"])


def make_decision() -> None:
    op.create_table(
        "decision",
        filled("version", WHOLE),
        filled("created_at", MOMENT),
        filled("updated_at", MOMENT),
        filled("id", WHOLE),
        filled("episode_id", WHOLE),
        filled("assessment_id", WHOLE),
        filled("verdict", TEXT),
        optional("condition", TEXT),
        optional("step", TEXT),
        optional("urgency", WHOLE),
        optional("reason_code", TEXT),
        filled("comment", TEXT),
        filled("signed_by", WHOLE),
        filled("signed_at", MOMENT),
        sa.CheckConstraint("verdict IN ('accepted', 'changed', 'rejected')", name="decision_verdict_known"),
        refers("decision", "assessment_id", "assessment.id"),
        refers("decision", "episode_id", "episode.id"),
        refers("decision", "signed_by", "person.id"),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
    )
    op.create_index("decision_by_assessment_id", "decision", ["assessment_id", "id", "verdict", "step"])
    op.create_index("decision_by_episode_id", "decision", ["episode_id"])
    op.create_index("decision_by_signed_by", "decision", ["signed_by"])
