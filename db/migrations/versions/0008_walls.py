"""Row-level security: the database's own refusal of another site's rows.

``backstride.sites`` says, for one transaction, whose rows are let through: ids with commas between, "*" for every
site; ``backstride.patients`` the ids of patients opened beyond these in an emergency. Where nothing was said there
are no rows. It holds for the tables' owner too, and for whatever statement.
"""

from alembic import op

revision = "0008"
down_revision = "0007"

# As subqueries, so that they are worked out once a statement and not once a row.
SITES, PATIENTS = "current_setting('backstride.sites', true)", "current_setting('backstride.patients', true)"
EVERY = f"(SELECT {SITES}) = '*'"
AT_SITE = f"site_id = ANY ((SELECT string_to_array(nullif(nullif({SITES}, '*'), ''), ',')::integer[])::integer[])"
OPENED = f"ANY ((SELECT string_to_array(nullif({PATIENTS}, ''), ',')::integer[])::integer[])"
ANY_OPENED = f"(SELECT {PATIENTS}) <> ''"

THROUGH = {
    "referral": "episode",
    "outcome": "episode",
    "lowering": "episode",
    "knowledgedifference": "episode",
    "draft": "patient",
    "emergencyaccess": "patient",
    "draftrevision": "draft",
    "assessment": "intake",
    "confirmeddiagnosis": "intake",
    "decisionline": "intake",
    "decision": "assessment",
    "opening": "assessment",
    "differentialplace": ("diagnosis_id", "confirmeddiagnosis"),
    "referralmove": "referral",
}
"""Rows that belong where the row they refer to belongs, by a column that the indexes they are counted from hold."""


def reaches(column: str, parent: str) -> str:
    """True where the row referred to is let through, by that table's own policy."""
    return f"EXISTS (SELECT 1 FROM {parent} WHERE {parent}.id = {column})"


def policies() -> dict[str, tuple[str, str]]:
    """Of each table which rows are let through, and which may be written."""
    found = {
        "patient": (f"{AT_SITE} OR id = {OPENED}",) * 2,
        "episode": (f"{AT_SITE} OR patient_id = {OPENED}", f"({AT_SITE} OR patient_id = {OPENED}) AND "
                    + reaches("patient_id", "patient")),
        # Never by the patient: that column is in no index the cohort is counted from.
        "intake": (f"{AT_SITE} OR ({ANY_OPENED} AND {reaches('episode_id', 'episode')})",
                   reaches("episode_id", "episode") + " AND " + reaches("patient_id", "patient")),
    }  # fmt: skip
    for table, way in THROUGH.items():
        column, parent = way if isinstance(way, tuple) else (f"{way}_id", way)
        found[table] = (reaches(f"{table}.{column}", parent),) * 2
    return found


def upgrade() -> None:
    """On PostgreSQL: shut every table that tells of a patient, and let through what the transaction says."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, (seen, written) in policies().items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY {table}_of_the_site ON {table} "
            f"USING ({EVERY} OR {seen}) WITH CHECK ({EVERY} OR ({written}))"
        )
