"""Sign-ins: begun with a token told once, living while they are used, ended at once when they must be."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col

from dashboard.access import Forbidden, Role
from dashboard.accounts import clock, throttle, tokens, trail
from dashboard.accounts.shapes import Begun, Known
from dashboard.clinic import clinic
from db import engine, queries
from db.queries.accounts import CLOCK_SET_BACK
from db.records import Actor
from db.scope import program
from db.tables import Person, SignIn

WRITTEN_EVERY = timedelta(seconds=20)
"""A sign-in in use is written down as seen at most this often."""
KEPT_FOR = timedelta(days=1)
"""How long after its last possible moment a sign-in's row is kept; what happened stays in the audit trail."""
CLEARED_AT_ONCE = 50
WAYS = ("password", "open-id", "demo")


def begin(person_id: int, how: str, role: str | None = None, at: str = "") -> Begun:
    """Sign a person in who proved who they are; in ``role`` if they have it, else in their first one.

    ``at``: the database they proved it in, "" for the open one. In another one the same number is somebody else.
    Raises Forbidden for nobody, someone who left, for "demo" unless the demo clinic is open, and where another
    database was opened since.
    """
    place = at or engine.database_url()
    if how not in WAYS or (how == "demo" and not _is_the_demo(place)) or place != engine.database_url():
        raise Forbidden("Nobody signs in like this here.")
    now, token = clock.now(), tokens.new()
    with engine.transaction(place, scope=program("signing in")) as session:
        person = session.get(Person, person_id)
        if person is None or not person.active:
            raise Forbidden("This person no longer works here.")
        _clear(session, now)
        row = _begun(person, how, role, tokens.kept(token), now)
        session.add(row)
        session.flush()
        trail.about_sign_in(session, trail.doer(person, row.role), "sign-in:begin", row, how=how, role=row.role)
        return Begun(token, row.id)


def known(token: str) -> Known | None:
    """The living sign-in of a browser's token; None when there is none (any more). Asking does not prolong it."""
    if not tokens.is_plausible(token):
        return None
    now = clock.now()
    with engine.reading(scope=program("signing in")) as session:
        row = queries.sign_in_of_token(session, tokens.kept(token))
        if row is None or row.ended_at is not None:
            return None
        person = session.get(Person, row.person_id)
        why = over(row, person, now)
        if not why and person is not None:
            return _told(session, row, person, now)
    end(row.id, why)
    return None


def touch(sign_in: str) -> None:
    """The person did something: the idle time begins again, if the sign-in still lasts."""
    now = clock.now()
    with engine.reading(scope=program("signing in")) as session:
        row = session.get(SignIn, sign_in)
    if row is None or timedelta(0) <= now - row.seen_at < WRITTEN_EVERY:
        return
    with engine.transaction(scope=program("signing in")) as session:
        row = _to_change(session, sign_in)
        if row is not None and not over(row, session.get(Person, row.person_id), now):
            row.seen_at = max(row.seen_at, now)
            row.idle_until = now + idle_time()


def end(sign_in: str, why: str) -> None:
    """End a sign-in, now; ``why`` is a word such as "signed-out" or "idle". Nothing happens if it ended before."""
    with engine.transaction(scope=program("signing out")) as session:
        row = _to_change(session, sign_in)
        if row is not None:
            person = session.get(Person, row.person_id)
            _end(session, row, trail.doer(person, row.role) if person else trail.PROGRAM, why, clock.now())


def end_all(person_id: int, why: str) -> int:
    """End every sign-in of a person, and return how many there were."""
    with engine.transaction(scope=program("signing out")) as session:
        return end_all_in(session, trail.PROGRAM, person_id, why)


def end_all_in(session: Session, doer: Actor, person_id: int, why: str, but: str = "") -> int:
    """As ``end_all``, inside somebody's transaction and in their name; the sign-in ``but`` may go on."""
    rows = [row for row in queries.open_sign_ins(session, person_id, to_end=True) if row.id != but]
    for row in rows:
        _end(session, row, doer, why, clock.now())
    return len(rows)


def alive(sign_ins: Iterable[str]) -> set[str]:
    """Those of the sign-ins that still last and are in nobody else's hands: what open connections are asked by."""
    with engine.reading(scope=program("signing in")) as session:
        return queries.sign_ins_in_own_hands(session, list(sign_ins), clock.now())


def act_as(sign_in: str, role: str) -> bool:
    """Go on in the other of one's two jobs; False, and nothing changes, if it is not one's own or it is over."""
    now = clock.now()
    with engine.transaction(scope=program("signing in")) as session:
        row = _to_change(session, sign_in)
        person = session.get(Person, row.person_id) if row else None
        if row is None or person is None or over(row, person, now) or role not in roles_of(person):
            return False
        if row.handed_over is not None:
            return False
        before, row.role = row.role, str(role)
        session.flush()
        trail.about_sign_in(session, trail.doer(person, row.role), "sign-in:act-as", row, role=row.role, was=before)
        return True


def hand_over_in(session: Session, sign_in: str, handover_id: int) -> bool:
    """Let nothing but a patient's questions be open under a sign-in; False, and nothing changes, if it is over.

    Inside somebody's transaction: it is handed over when that is committed.
    """
    row, now = _to_change(session, sign_in), clock.now()
    if row is None or row.handed_over is not None or over(row, session.get(Person, row.person_id), now):
        return False
    row.handed_over, row.seen_at, row.idle_until = handover_id, max(row.seen_at, now), now + idle_time()
    session.flush()
    return True


def take_back_in(session: Session, sign_in: str, handover_id: int) -> None:
    """Let the sign-in be its person's again, inside somebody's transaction."""
    row = _to_change(session, sign_in)
    if row is not None and row.handed_over == handover_id:
        row.handed_over = None
        session.flush()


def roles_of(person: Person) -> tuple[Role, ...]:
    """A person's jobs, the first one first."""
    return tuple(Role(role) for role in dict.fromkeys((person.role, person.also_role)) if role)


def idle_time() -> timedelta:
    """How long nobody has to do anything for a sign-in to end."""
    return timedelta(minutes=clinic().idle_minutes)


def must(session: Session, row: SignIn) -> str:
    """What has to be done before anything else under this sign-in: "enrol", or empty."""
    if row.how != "password" or clinic().second_factor != "required":
        return ""
    account = queries.account_of(session, row.person_id)
    return "enrol" if account is not None and account.second_factor is None else ""


def _is_the_demo(place: str) -> bool:
    return engine.active_database() == "demo" and place == engine.file_url(engine.file_of("demo"))


def _begun(person: Person, how: str, role: str | None, token_sha256: str, now: datetime) -> SignIn:
    mine = roles_of(person)
    return SignIn(
        token_sha256=token_sha256,
        person_id=person.id or 0,
        role=next((each for each in mine if each == role), mine[0]).value,
        how=how,
        begun_at=now,
        seen_at=now,
        idle_until=now + idle_time(),
        lasts_until=now + timedelta(hours=clinic().sign_in_hours),
        confirmed_at=now,
    )


def over(row: SignIn, person: Person | None, now: datetime) -> str:
    """Why a sign-in no longer lasts, in a word; empty while it does."""
    reasons = (
        ("ended", row.ended_at is not None),
        ("left", person is None or not person.active),
        ("role-taken", person is not None and row.role not in roles_of(person)),
        ("too-old", row.lasts_until <= now),
        ("idle", row.idle_until <= now),
        ("clock-set-back", row.seen_at > now + CLOCK_SET_BACK),
    )
    return next((word for word, so in reasons if so), "")


def _told(session: Session, row: SignIn, person: Person, now: datetime) -> Known:
    role = Role(row.role)
    return Known(
        sign_in=row.id,
        person_id=row.person_id,
        name=person.name,
        role=role,
        roles=(role, *(each for each in roles_of(person) if each != role)),
        how=row.how,
        idle_seconds_left=int((min(row.idle_until, row.lasts_until) - now).total_seconds()),
        seconds_left=int((row.lasts_until - now).total_seconds()),
        must=must(session, row),
        code=person.code,
        handed_over=row.handed_over,
    )


def _to_change(session: Session, sign_in: str) -> SignIn | None:
    """The row of a sign-in that was not ended, kept from others until the transaction is over."""
    row = session.get(SignIn, sign_in, with_for_update=True)
    return row if row is not None and row.ended_at is None else None


def _end(session: Session, row: SignIn, doer: Actor, why: str, now: datetime) -> None:
    row.ended_at, row.ended_why = now, why
    session.flush()
    trail.about_sign_in(session, doer, "sign-in:end", row, why=why, person_id=row.person_id)


def _clear(session: Session, now: datetime) -> None:
    """End what nobody ended, drop what is long over: neither grows with the years."""
    for row in queries.overdue_sign_ins(session, now, CLEARED_AT_ONCE):
        person = session.get(Person, row.person_id)
        _end(session, row, trail.doer(person, row.role) if person else trail.PROGRAM, "idle", now)
    session.execute(delete(SignIn).where(col(SignIn.lasts_until) < now - KEPT_FOR))
    throttle.forget_strangers(session, now)
