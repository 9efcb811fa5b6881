"""Is this who they say they are? The same work and the same answer for a wrong name, password or second factor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col

from dashboard.accounts import browsers, clock, passwords, second_factor, sign_ins, strangers, throttle, trail
from dashboard.accounts.shapes import Checked
from dashboard.clinic import clinic
from dashboard.letters import one_line
from db import engine, queries, records
from db.accounts import unsealed
from db.keys import subkey
from db.scope import program
from db.tables import Account, Person, SignIn

PROVED_FOR = timedelta(minutes=5)
"""How long what the clinic's OpenID provider said anew may be used, once."""


@dataclass(frozen=True)
class _Tried:
    """An attempt that was counted and is now looked at."""

    key: str
    person_id: int | None
    """Of someone who may sign in with a password; None for everybody else."""
    known_id: int | None
    """Of whom the name belongs to, whether they may sign in or not."""
    password_hash: str | None
    locks: bool
    """Whether the name is locked unless this attempt is right."""
    failures: int
    """In a row, with this one if it is wrong."""


def check(code: str, password: str, second: str = "", browser: str = "") -> Checked:
    """Whose name, password and second factor these are; an attempt counts before it is looked at.

    ``browser``: the mark of one this person came in with before, which is counted apart from everybody else's.
    Nobody's where the clinic's settings switch passwords off.
    """
    if not clinic().open_id.local_passwords:
        return Checked()
    with engine.transaction(scope=program("signing in")) as session:
        person = queries.person_by_code(session, typed := as_code(code))
        account = _account(session, person)
        key = browsers.counted_under(person, account, browser) or throttle.key_of(person, typed)
        tried = _counted(session, person, account, key)
    return tried if isinstance(tried, Checked) else _looked_at(tried, password, second)


def confirm(sign_in: str, password: str = "", second: str = "") -> bool:
    """Whether the person of a living sign-in proves again who they are.

    A press is enough in the demo; whoever came through the clinic's OpenID provider goes there again first. Attempts
    are not those at the door, so that no stranger keeps a clinician from a patient; five wrong ones end the sign-in.
    """
    now = clock.now()
    with engine.transaction(scope=program("confirming")) as session:
        row = session.get(SignIn, sign_in)
        if row is None or not queries.sign_in_alive(session, sign_in, now):
            return False
        if row.how != "password":
            return _confirmed(session, row, now, _is_proved(row, now))
        person = session.get(Person, row.person_id)
        tried = _counted(session, person, _account(session, person), throttle.confirming(row.person_id))
    if isinstance(tried, Checked):
        return False
    is_right = _looked_at(tried, password, second).person_id is not None
    if not is_right and tried.failures >= throttle.FREE:
        sign_ins.end(sign_in, "guessing")
        return False
    with engine.transaction(scope=program("confirming")) as session:
        row = session.get(SignIn, sign_in)
        return is_right and row is not None and row.ended_at is None and _confirmed(session, row, now, True)


def proved(sign_in: str) -> None:
    """The clinic's OpenID provider said anew who this is; ``confirm`` may use it once in the next five minutes."""
    with engine.transaction(scope=program("confirming")) as session:
        row = session.get(SignIn, sign_in)
        if row is not None and row.how == "open-id" and row.ended_at is None:
            row.proved_at = clock.now()


def as_code(typed: str) -> str:
    """A name as it is looked up: "Noor " is noor."""
    return one_line(typed[:200]).casefold()


def _account(session: Session, person: Person | None) -> Account | None:
    """What a person who works here signs in with."""
    return queries.account_of(session, person.id or 0) if person and person.active else None


def _counted(session: Session, person: Person | None, account: Account | None, key: str) -> _Tried | Checked:
    now = clock.now()
    attempts, counts = throttle.counted(session, key, now)
    if not counts:
        return Checked(wait_seconds=throttle.waits(attempts, now), locked=attempts.locked_at is not None)
    return _Tried(
        key,
        person.id if person and account else None,
        person.id if person else None,
        account.password_hash if account else None,
        attempts.locked_at is not None,
        attempts.failures,
    )


def _looked_at(tried: _Tried, password: str, second: str) -> Checked:
    is_right = passwords.matches(tried.password_hash, password)
    now = clock.now()
    with engine.transaction(scope=program("signing in")) as session:
        account = queries.account_of(session, tried.person_id) if is_right and tried.person_id else None
        # The hash looked at must still be the one kept: a password changed meanwhile lets nobody in.
        unchanged = account is not None and account.password_hash == tried.password_hash
        if account is not None and unchanged and _second_is_right(session, account, second, now):
            throttle.taken_back(session, tried.key, now)
            throttle.forgiven(session, account.person_id, now)
            _keep_up_to_date(account, password)
            return Checked(person_id=account.person_id)
        return _refused(session, tried, needs_second=not second_factor.plain(second), now=now)


def _refused(session: Session, tried: _Tried, needs_second: bool, now: datetime) -> Checked:
    times = 1 if tried.known_id is not None else strangers.to_note(now)
    if times:
        told = {"times": times} if times > 1 else None
        records.note(session, trail.STRANGER, "sign-in:refused", "person", tried.known_id or "", after=told)
    else:
        throttle.written_again(session, tried.key)
    if tried.locks and tried.known_id is not None:
        records.note(session, trail.PROGRAM, "account:lock", "person", tried.known_id)
    wait = throttle.seconds_left(session, tried.key, now)
    return Checked(wait_seconds=wait, locked=tried.locks, needs_second=needs_second)


def _second_is_right(session: Session, account: Account, second: str, now: datetime) -> bool:
    if account.second_factor is None:
        return True
    if not second_factor.is_from_a_telephone(second):
        return _is_on_paper(session, account, second)
    secret = unsealed(account.second_factor, account.person_id, subkey("second-factor"))
    if secret is None:
        return False
    step = second_factor.step_shown(secret, second_factor.plain(second), now, account.last_step)
    return step is not None and _is_first_to_take(session, account, step)


def _is_first_to_take(session: Session, account: Account, step: int) -> bool:
    """Of two sign-ins with the same code at the same moment one is refused."""
    newer = col(Account.last_step).is_(None) | (col(Account.last_step) < step)
    taken = session.execute(update(Account).where(col(Account.id) == account.id, newer).values(last_step=step))
    return bool(taken.rowcount == 1)  # type: ignore[attr-defined]


def _is_on_paper(session: Session, account: Account, second: str) -> bool:
    session.refresh(account, with_for_update=True)
    left = second_factor.without(account.recovery_hashes, second)
    if left is None:
        return False
    account.recovery_hashes = left
    session.flush()
    if person := session.get(Person, account.person_id):
        trail.about(session, trail.doer(person), "account:recovery-code", person, left=len(left))
    return True


def _keep_up_to_date(account: Account, password: str) -> None:
    if passwords.is_dated(account.password_hash):
        account.password_hash = passwords.hashed(password)


def _is_proved(row: SignIn, now: datetime) -> bool:
    if row.how == "demo":
        return engine.active_database() == "demo"
    return row.proved_at is not None and timedelta(0) <= now - row.proved_at <= PROVED_FOR


def _confirmed(session: Session, row: SignIn, now: datetime, is_proved: bool) -> bool:
    person = session.get(Person, row.person_id)
    row.proved_at = None
    if is_proved:
        row.confirmed_at = now
    session.flush()
    if person is not None:
        word = "sign-in:confirm" if is_proved else "sign-in:refused"
        trail.about_sign_in(session, trail.doer(person, row.role), word, row)
    return is_proved
