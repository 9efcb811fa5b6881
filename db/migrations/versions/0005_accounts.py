"""Accounts and sign-ins."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

WHOLE, TEXT, DOCUMENT, BYTES = sa.Integer(), sa.String(), sa.JSON(), sa.LargeBinary()
MOMENT = sa.DateTime(timezone=True)
STILL_OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Make the five tables, and room for a person's second job."""
    op.add_column("person", optional("also_role", TEXT))
    make_account()
    make_attempt()
    make_signin()
    make_invitation()
    make_identity()


def filled(name: str, kind: Any) -> sa.Column[Any]:
    """A column that always has a value."""
    return sa.Column(name, kind, nullable=False)


def optional(name: str, kind: Any) -> sa.Column[Any]:
    """A column that may be without a value."""
    return sa.Column(name, kind, nullable=True)


def counted() -> list[sa.Column[Any]]:
    """What every row that may change begins with."""
    return [filled("version", WHOLE), filled("created_at", MOMENT), filled("updated_at", MOMENT), filled("id", WHOLE)]


def refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    """A column that names a row of another table."""
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")


def make_account() -> None:
    op.create_table(
        "account",
        *counted(),
        filled("person_id", WHOLE),
        filled("password_hash", TEXT),
        filled("changed_at", MOMENT),
        optional("second_factor", BYTES),
        optional("offered_factor", BYTES),
        optional("last_step", WHOLE),
        filled("recovery_hashes", DOCUMENT),
        refers("account", "person_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("person_id", name="uq_account_person_id"),
    )


def make_attempt() -> None:
    op.create_table(
        "attempt",
        filled("key", TEXT),
        filled("failures", WHOLE),
        filled("guesses", WHOLE),
        filled("guesses_since", MOMENT),
        filled("last_at", MOMENT),
        optional("wait_until", MOMENT),
        optional("locked_at", MOMENT),
        sa.PrimaryKeyConstraint("key", name="pk_attempt"),
    )
    op.create_index("attempt_by_last_at", "attempt", ["last_at"])


def make_signin() -> None:
    op.create_table(
        "signin",
        filled("id", TEXT),
        filled("token_sha256", TEXT),
        filled("person_id", WHOLE),
        filled("role", TEXT),
        filled("how", TEXT),
        filled("begun_at", MOMENT),
        filled("seen_at", MOMENT),
        filled("idle_until", MOMENT),
        filled("lasts_until", MOMENT),
        filled("confirmed_at", MOMENT),
        optional("proved_at", MOMENT),
        optional("ended_at", MOMENT),
        filled("ended_why", TEXT),
        sa.CheckConstraint("how IN ('password', 'open-id', 'demo')", name="signin_how_known"),
        refers("signin", "person_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name="pk_signin"),
        sa.UniqueConstraint("token_sha256", name="uq_signin_token_sha256"),
    )
    for name, column in (("signin_open_by_person", "person_id"), ("signin_open_by_idle_until", "idle_until")):
        op.create_index(name, "signin", [column], sqlite_where=STILL_OPEN, postgresql_where=STILL_OPEN)
    op.create_index("signin_by_lasts_until", "signin", ["lasts_until"])


def make_invitation() -> None:
    op.create_table(
        "invitation",
        *counted(),
        optional("person_id", WHOLE),
        filled("token_sha256", TEXT),
        filled("expires_at", MOMENT),
        optional("used_at", MOMENT),
        refers("invitation", "person_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        sa.UniqueConstraint("token_sha256", name="uq_invitation_token_sha256"),
    )
    op.create_index("invitation_by_person_id", "invitation", ["person_id"])
    op.create_index("invitation_by_expires_at", "invitation", ["expires_at"])


def make_identity() -> None:
    op.create_table(
        "identity",
        *counted(),
        filled("issuer", TEXT),
        filled("subject", TEXT),
        filled("person_id", WHOLE),
        optional("linked_by", WHOLE),
        refers("identity", "person_id", "person.id"),
        refers("identity", "linked_by", "person.id"),
        sa.PrimaryKeyConstraint("id", name="pk_identity"),
        sa.UniqueConstraint("issuer", "subject", name="uq_identity_issuer_subject"),
    )
    op.create_index("identity_by_person_id", "identity", ["person_id"])
