"""Who can sign in and how, who is signed in, who was invited, and how often a name was tried."""

import secrets
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, delete, select, text, update
from sqlmodel import Field, Session, col

from db.base import PRIVATE, Record, Row, now, opaque_id
from db.columns import Code, Document, Moment

STILL_OPEN = text("ended_at IS NULL")
_NONCE = 12


class Account(Record, table=True):
    """How one person signs in here: the password's hash, the second factor sealed under the clinic's key."""

    person_id: int = Field(foreign_key="person.id", unique=True)
    password_hash: str
    changed_at: datetime = Field(default_factory=now, sa_type=Moment)
    second_factor: bytes | None = Field(default=None, sa_type=LargeBinary)
    offered_factor: bytes | None = Field(default=None, sa_type=LargeBinary)
    """A second factor shown but not yet proven to be on anybody's telephone."""
    last_step: int | None = None
    """The newest time step a code was taken for: no code works twice, and no older one after it."""
    recovery_hashes: list[str] = Field(default_factory=list, sa_type=Document)


class Attempt(Row, table=True):
    """How often a name was tried lately; ``key`` is a person's, or a keyed hash of what names nobody."""

    __table_args__ = (Index("attempt_by_last_at", "last_at"),)

    key: str = Field(primary_key=True, sa_type=Code)
    failures: int = 0
    """In a row."""
    guesses: int = 0
    """Since ``guesses_since``, whatever succeeded in between."""
    guesses_since: datetime = Field(sa_type=Moment)
    last_at: datetime = Field(sa_type=Moment)
    wait_until: datetime | None = Field(default=None, sa_type=Moment)
    locked_at: datetime | None = Field(default=None, sa_type=Moment)


class SignIn(Row, table=True):
    """One person at one browser, from signing in to the end; the browser's token is kept as its hash only."""

    __table_args__ = (
        Index("signin_open_by_person", "person_id", sqlite_where=STILL_OPEN, postgresql_where=STILL_OPEN),
        Index("signin_open_by_idle_until", "idle_until", sqlite_where=STILL_OPEN, postgresql_where=STILL_OPEN),
        Index("signin_by_lasts_until", "lasts_until"),
        CheckConstraint("how IN ('password', 'open-id', 'demo')", name="signin_how_known"),
    )

    id: str = Field(default_factory=opaque_id, primary_key=True)
    token_sha256: str = Field(unique=True, sa_column_kwargs={"info": PRIVATE})
    person_id: int = Field(foreign_key="person.id")
    role: str = Field(sa_type=Code)
    """The job acted in; a person with two has one at a time."""
    how: str = Field(sa_type=Code)
    begun_at: datetime = Field(sa_type=Moment)
    seen_at: datetime = Field(sa_type=Moment)
    idle_until: datetime = Field(sa_type=Moment)
    lasts_until: datetime = Field(sa_type=Moment)
    confirmed_at: datetime = Field(sa_type=Moment)
    """When the person last proved to be who they are."""
    proved_at: datetime | None = Field(default=None, sa_type=Moment)
    """When the clinic's OpenID provider last said so anew, not yet used to confirm anything."""
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    ended_why: str = Field(default="", sa_type=Code)
    # No foreign key: a table that refers to a patient's rows stands behind the walls, and whoever signs in does not.
    handed_over: int | None = None
    """While the tablet is in a patient's hands: the handover it is for; nothing else can be done under this sign-in."""


class Invitation(Record, table=True):
    """A link that makes an account, once: for a person, or (without one) for whoever sets the clinic up."""

    __table_args__ = (Index("invitation_by_expires_at", "expires_at"),)

    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    token_sha256: str = Field(unique=True, sa_column_kwargs={"info": PRIVATE})
    expires_at: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)


class Identity(Record, table=True):
    """Whom an OpenID provider's subject is here; linked beforehand, never by an address."""

    __table_args__ = (UniqueConstraint("issuer", "subject", name="uq_identity_issuer_subject"),)

    issuer: str
    subject: str
    person_id: int = Field(foreign_key="person.id", index=True)
    linked_by: int | None = Field(default=None, foreign_key="person.id")


def sealed(secret: str, person_id: int, key: bytes) -> bytes:
    """A second factor's secret, encrypted for this person: another person's row cannot use it."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, secret.encode(), _bound_to(person_id))


def unsealed(kept: bytes, person_id: int, key: bytes) -> str | None:
    """The secret again; None under another key, for another person or when a bit was changed."""
    try:
        return AESGCM(key).decrypt(kept[:_NONCE], kept[_NONCE:], _bound_to(person_id)).decode()
    except InvalidTag:
        return None


def shut_everybody_out(session: Session) -> None:
    """End every sign-in and take every unused invitation back: a copy of earlier holds some that are over."""
    still_open = update(SignIn).where(col(SignIn.ended_at).is_(None))
    session.execute(still_open.values(ended_at=now(), ended_why="restored"))
    session.execute(delete(Invitation).where(col(Invitation.used_at).is_(None)))


def reseal(session: Session, old: bytes, new: bytes) -> int:
    """Seal every second factor under a new key, and return how many accounts have one; ValueError under a wrong one."""
    accounts = session.scalars(select(Account).where(col(Account.second_factor).is_not(None))).all()
    for account in accounts:
        kept: Any = account.second_factor
        secret = unsealed(kept, account.person_id, old)
        if secret is None:
            raise ValueError("a second factor is not sealed under the key given")
        account.second_factor = sealed(secret, account.person_id, new)
    for account in session.scalars(select(Account).where(col(Account.offered_factor).is_not(None))):
        account.offered_factor = None
    session.flush()
    return len(accounts)


def _bound_to(person_id: int) -> bytes:
    return f"account.second_factor.{person_id}".encode()
