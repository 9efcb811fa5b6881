"""The hashes a patient is found by tell the site as well: of a small one no other patient is passed by."""

from alembic import op

revision = "0016"
down_revision = "0015"

AT_SITE = "ARRAY(SELECT hash # {site}::bigint FROM unnest({terms}) AS hash)"


def upgrade() -> None:
    """On PostgreSQL: every hash with its patient's site in it, those there are and those that come."""
    if op.get_bind().dialect.name == "postgresql":
        index_anew()
        keep_with_the_site()


def index_anew() -> None:
    """The hashes there are, put in anew: an index made of rows that were changed would hold the old ones as well."""
    there = AT_SITE.format(site="patient.site_id", terms="patientindex.terms")
    op.execute(
        f"CREATE TABLE hashing AS SELECT patient_id, {there} AS terms "
        "FROM patientindex JOIN patient ON patient.id = patientindex.patient_id"
    )
    # A table with constraints still to be looked at, as of rows an earlier step put in, cannot be emptied.
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    op.execute("TRUNCATE patientindex")
    op.drop_index("patientindex_by_terms", "patientindex")
    op.execute("INSERT INTO patientindex (patient_id, terms) SELECT patient_id, terms FROM hashing ORDER BY patient_id")
    op.drop_table("hashing")
    op.create_index("patientindex_by_terms", "patientindex", ["terms"], postgresql_using="gin")
    op.execute("SET CONSTRAINTS ALL DEFERRED")


def keep_with_the_site() -> None:
    """What a row is searched by comes with the row, and is stored apart from it; it goes along to another site."""
    new, moved = (
        AT_SITE.format(site="NEW.site_id", terms="NEW.terms"),
        AT_SITE.format(site="(OLD.site_id # NEW.site_id)", terms="terms"),
    )
    op.execute(
        "CREATE OR REPLACE FUNCTION patient_keeps_terms_apart() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NEW.terms IS NOT NULL THEN "
        f"INSERT INTO patientindex (patient_id, terms) VALUES (NEW.id, {new}) "
        "ON CONFLICT (patient_id) DO UPDATE SET terms = EXCLUDED.terms; NEW.terms := NULL; "
        "ELSIF TG_OP = 'UPDATE' AND NEW.site_id <> OLD.site_id THEN "
        f"UPDATE patientindex SET terms = {moved} WHERE patient_id = NEW.id; "
        "END IF; RETURN NEW; END $$"
    )
