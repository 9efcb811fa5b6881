"""Accounts, sign-ins and invitations."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlmodel import Session, col

from db.accounts import Account, Identity, Invitation, SignIn
from db.tables import Person

CLOCK_SET_BACK = timedelta(minutes=5)
"""A sign-in last seen further than this in the future is over: the machine's clock cannot be believed."""


def account_of(session: Session, person_id: int) -> Account | None:
    """How a person signs in, if they do so with a password."""
    return session.scalars(select(Account).where(col(Account.person_id) == person_id)).first()


def sign_in_of_token(session: Session, token_sha256: str) -> SignIn | None:
    """The sign-in of a browser's token, ended or not."""
    return session.scalars(select(SignIn).where(col(SignIn.token_sha256) == token_sha256)).first()


def lasting(now: datetime) -> ColumnElement[bool]:
    """The condition that a sign-in has not ended, was used lately, and is not too old."""
    return and_(
        col(SignIn.ended_at).is_(None),
        col(SignIn.idle_until) > now,
        col(SignIn.lasts_until) > now,
        col(SignIn.seen_at) <= now + CLOCK_SET_BACK,
    )


def _of_someone_working_here() -> ColumnElement[bool]:
    in_this_role = or_(col(Person.role) == col(SignIn.role), col(Person.also_role) == col(SignIn.role))
    return and_(col(Person.id) == col(SignIn.person_id), col(Person.active), in_this_role)


def sign_ins_alive(session: Session, ids: Collection[str], now: datetime) -> set[str]:
    """Those of the sign-ins that last, of people who still work here in that role."""
    return set(session.scalars(_alive(ids, now)))


def _alive(ids: Collection[str], now: datetime) -> Select[str]:
    who = _of_someone_working_here()
    return select(col(SignIn.id)).join(Person, who).where(lasting(now), col(SignIn.id).in_(ids))


def in_own_hands() -> ColumnElement[bool]:
    """The condition that a sign-in's tablet is not in a patient's hands."""
    return col(SignIn.handed_over).is_(None)


def sign_ins_in_own_hands(session: Session, ids: Collection[str], now: datetime) -> set[str]:
    """As ``sign_ins_alive``, but for those whose tablet is in a patient's hands: nothing stays open under these."""
    return set(session.scalars(_alive(ids, now).where(in_own_hands())))


def sign_in_alive(session: Session, sign_in: str, now: datetime, of: tuple[int, str] | None = None) -> bool:
    """Whether somebody may act under this sign-in: it lasts, its person works here in that role, and holds the tablet.

    ``of``: is this person, in this role.
    """
    told = select(col(SignIn.person_id), col(SignIn.role)).join(Person, _of_someone_working_here())
    row = session.execute(told.where(col(SignIn.id) == sign_in, lasting(now), in_own_hands())).first()
    return row is not None and of in (None, (row.person_id, row.role))


def acting(session: Session, sign_in: str, now: datetime) -> tuple[SignIn, Person] | None:
    """A sign-in somebody may act under, as ``sign_in_alive`` says, and its person; None where there is none."""
    told = select(SignIn, Person).join(Person, _of_someone_working_here())
    row = session.execute(told.where(col(SignIn.id) == sign_in, lasting(now), in_own_hands())).first()
    return (row[0], row[1]) if row is not None else None


def open_sign_ins(session: Session, person_id: int, to_end: bool = False) -> tuple[SignIn, ...]:
    """A person's sign-ins that were not ended, also those whose time is over; ``to_end``: nobody else may meanwhile."""
    wanted = select(SignIn).where(col(SignIn.person_id) == person_id, col(SignIn.ended_at).is_(None))
    return tuple(session.scalars(wanted.with_for_update() if to_end else wanted))


def overdue_sign_ins(session: Session, now: datetime, limit: int) -> tuple[SignIn, ...]:
    """Sign-ins to end because their time is over, the oldest first; those being ended by somebody else left out."""
    wanted = select(SignIn).where(col(SignIn.ended_at).is_(None), col(SignIn.idle_until) <= now)
    oldest = wanted.order_by(col(SignIn.idle_until)).limit(limit)
    return tuple(session.scalars(oldest.with_for_update(skip_locked=True)))


def invitation_of(session: Session, token_sha256: str, now: datetime, to_use: bool = False) -> Invitation | None:
    """The invitation of a token, if it was not used and its time is not over; ``to_use``: nobody else may meanwhile."""
    wanted = select(Invitation).where(
        col(Invitation.token_sha256) == token_sha256,
        col(Invitation.used_at).is_(None),
        col(Invitation.expires_at) > now,
    )
    return session.scalars(wanted.with_for_update() if to_use else wanted).first()


def invitations_waiting(session: Session, person_id: int | None) -> tuple[Invitation, ...]:
    """What a person (None: whoever sets up the clinic) was invited with and did not use."""
    whose = col(Invitation.person_id).is_(None) if person_id is None else col(Invitation.person_id) == person_id
    return tuple(session.scalars(select(Invitation).where(whose, col(Invitation.used_at).is_(None))))


def can_an_administrator_sign_in(session: Session) -> bool:
    """Whether some active administrator has an account or is linked to the clinic's OpenID provider."""
    has_account = select(col(Account.id)).where(col(Account.person_id) == col(Person.id)).exists()
    is_linked = select(col(Identity.id)).where(col(Identity.person_id) == col(Person.id)).exists()
    of_this_role = or_(col(Person.role) == "administrator", col(Person.also_role) == "administrator")
    wanted = select(col(Person.id)).where(col(Person.active), of_this_role, or_(has_account, is_linked))
    return session.scalar(wanted.limit(1)) is not None
