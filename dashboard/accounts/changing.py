"""What people change about their own account: the password, and a second factor they no longer have."""

from __future__ import annotations

from sqlmodel import Session

from dashboard.accounts import checking, clock, invitations, passwords, sign_ins, trail
from dashboard.accounts.shapes import Refused
from db import engine, queries
from db.scope import program
from db.tables import Account, Person, SignIn

WRONG = "That is not right: the password in use and, where one is set up, a code of the second factor are needed."


def change_password(sign_in: str, password: str, second: str, new: str) -> Refused | None:
    """Give oneself a new password, proving who one is; None when it was changed, and other browsers are signed out."""
    with engine.reading(scope=program("changing a password")) as session:
        person, _ = _whose(session, sign_in)
        if person is None:
            return Refused(WRONG)
        known_here = invitations.own_words(session, person.name, person.code)
    if why := passwords.problem(new, known_here):
        return Refused(why)
    if not checking.confirm(sign_in, password, second):
        return Refused(WRONG)
    kept = passwords.hashed(new)
    with engine.transaction(scope=program("changing a password")) as session:
        person, account = _whose(session, sign_in)
        if person is None or account is None:
            return Refused(WRONG)
        account.password_hash, account.changed_at = kept, clock.now()
        sign_ins.end_all_in(session, trail.doer(person), account.person_id, "new-password", but=sign_in)
        trail.about(session, trail.doer(person), "account:password", person)
    return None


def drop_second_factor(sign_in: str, password: str, second: str) -> bool:
    """Take off the second factor, proving who one is, so that another one can be set up."""
    if not checking.confirm(sign_in, password, second):
        return False
    with engine.transaction(scope=program("taking off a second factor")) as session:
        person, account = _whose(session, sign_in)
        if person is None or account is None or account.second_factor is None:
            return False
        account.second_factor, account.offered_factor = None, None
        account.recovery_hashes, account.changed_at = [], clock.now()
        trail.about(session, trail.doer(person), "account:second-factor-off", person)
        return True


def _whose(session: Session, sign_in: str) -> tuple[Person | None, Account | None]:
    """The person of a living sign-in with a password, and their account."""
    row = session.get(SignIn, sign_in)
    if row is None or row.how != "password" or not queries.sign_in_alive(session, sign_in, clock.now()):
        return None, None
    return session.get(Person, row.person_id), queries.account_of(session, row.person_id)
