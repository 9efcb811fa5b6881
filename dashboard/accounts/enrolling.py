"""Setting up a second factor: shown, proven by a code, and only then asked for."""

from __future__ import annotations

import hmac

from sqlmodel import Session

from dashboard.accounts import clock, second_factor, trail
from dashboard.accounts.shapes import Enrolling, Refused
from dashboard.clinic import Clinic, clinic
from db import engine, queries
from db.accounts import sealed, unsealed
from db.keys import subkey
from db.scope import program
from db.tables import Account, Person

NOT_NOW = "There is nothing to set up: ask an administrator for an invitation, or take the second factor off first."
WRONG = "That code does not fit. Wait for the next one, and see that the telephone's clock is right."


def enrol(person_id: int) -> Enrolling | Refused:
    """A new secret to put on a telephone; the one shown before counts no more. Refused where one is in use."""
    secret = second_factor.new_secret()
    with engine.transaction(scope=program("setting up a second factor")) as session:
        person, account = _without_one(session, person_id)
        if person is None or account is None:
            return Refused(NOT_NOW)
        account.offered_factor = sealed(secret, person_id, subkey("second-factor"))
        return Enrolling(secret, second_factor.address(secret, person.code, _issuer(clinic())))


def enrolled(person_id: int, secret: str, code: str) -> tuple[str, ...] | Refused:
    """Ask for this second factor from now on, if the code proves it is on the telephone; the codes for paper."""
    codes, now = second_factor.on_paper(), clock.now()
    with engine.transaction(scope=program("setting up a second factor")) as session:
        person, account = _without_one(session, person_id)
        if person is None or account is None or not _was_offered(account, secret):
            return Refused(NOT_NOW)
        step = second_factor.step_shown(secret, second_factor.plain(code), now, account.last_step)
        if step is None:
            return Refused(WRONG)
        account.second_factor, account.offered_factor = account.offered_factor, None
        account.last_step, account.recovery_hashes = step, [second_factor.kept(each) for each in codes]
        account.changed_at = now
        trail.about(session, trail.doer(person), "account:second-factor", person)
        return codes


def _without_one(session: Session, person_id: int) -> tuple[Person | None, Account | None]:
    """The person and their account, if it has no second factor yet."""
    account = queries.account_of(session, person_id)
    if account is not None:
        session.refresh(account, with_for_update=True)
    open_to_it = account is not None and account.second_factor is None
    return (session.get(Person, person_id), account) if open_to_it else (None, None)


def _was_offered(account: Account, secret: str) -> bool:
    """Whether the secret is the one shown last: a page cannot bring along one of its own."""
    if account.offered_factor is None:
        return False
    offered = unsealed(account.offered_factor, account.person_id, subkey("second-factor"))
    return offered is not None and hmac.compare_digest(offered.encode(), secret.encode("utf-8", "replace"))


def _issuer(here: Clinic) -> str:
    """What the app on the telephone calls it."""
    return here.name if here.source and "name" not in here.defaulted else "Backstride"
