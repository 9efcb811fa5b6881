"""Guessing: slow from the sixth attempt on, over after a hundred, and no faster when others sign in between."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dashboard import accounts
from dashboard.accounts import throttle, trail
from db.tables import Attempt
from tests.accounts.conftest import OTHER, PASSWORD, Clock, Door, TrailOf
from tests.sessions import reading, transaction


def guesses(code: str, time: Clock, hours: float, right_between: str = "") -> int:
    """How many guesses at a name are looked at in so many hours, by somebody who never waits longer than they must."""
    made, until = 0, time() + timedelta(hours=hours)
    while time() < until:
        answer = accounts.check(code, OTHER)
        made += answer.needs_second
        if answer.locked:
            break
        if right_between and made % 4 == 0:
            accounts.check(code, right_between)
        time.passes(seconds=max(1, answer.wait_seconds))
    return made


def wrong_in_a_row(door: Door, code: str, failures: int) -> None:
    """So many wrong attempts, made over the days before."""
    person = f"person:{door.id(code)}"
    before = door.time() - timedelta(days=2)
    with transaction() as session:
        row = session.get(Attempt, person) or Attempt(key=person, guesses_since=before, last_at=before)
        row.failures, row.guesses, row.guesses_since, row.last_at = failures, 0, before, before
        row.wait_until = row.locked_at = None
        session.add(row)


@pytest.mark.parametrize("code", ["amina", "nobody"])
def test_a_day_of_guessing_is_at_most_a_hundred_and_ten_guesses(door: Door, time: Clock, code: str):
    """At a name with an account as at one of nobody."""
    door.account("amina")
    assert 10 < guesses(code, time, hours=24) <= 110


def test_a_day_of_guessing_between_true_sign_ins_is_no_more(door: Door, time: Clock):
    """Whoever waits until Amina has signed in does not begin anew: the day's count goes on."""
    door.account("amina")
    assert 10 < guesses("amina", time, hours=24, right_between=PASSWORD) <= 110


def test_the_wait_doubles_from_the_sixth_attempt_to_a_quarter_of_an_hour(door: Door, time: Clock):
    """Five are free: people mistype."""
    door.account("amina")
    waits = []
    for _ in range(17):
        waits.append(accounts.check("amina", OTHER).wait_seconds)
        time.passes(seconds=waits[-1])
    assert waits == [0, 0, 0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


def test_while_it_waits_even_the_right_password_is_not_looked_at(door: Door, time: Clock):
    """And asking does not make the wait longer, nor is it counted."""
    door.account("amina")
    for _ in range(6):
        accounts.check("amina", OTHER)
    for _ in range(30):
        assert accounts.check("amina", PASSWORD) == accounts.Checked(wait_seconds=2)
    time.passes(seconds=2)
    assert accounts.check("amina", PASSWORD).person_id == door.id("amina")


def test_a_clock_that_ran_ahead_keeps_nobody_out_once_it_is_right(door: Door, time: Clock):
    """Guesses made a year too early do not have to wait for that year; a wait of the present stays one."""
    door.account("amina")
    right = time.at
    time.passes(days=365)
    for _ in range(8):
        time.passes(seconds=accounts.check("amina", OTHER).wait_seconds)
    time.at = right
    assert accounts.check("amina", OTHER).wait_seconds > 0
    assert accounts.check("amina", PASSWORD).person_id is None
    time.passes(minutes=15)
    assert accounts.check("amina", PASSWORD).person_id == door.id("amina")


def test_after_the_right_password_nothing_is_counted_against_anybody(door: Door, time: Clock):
    """Four wrong, one right, four wrong: no wait."""
    door.account("amina")
    for _ in range(3):
        assert [accounts.check("amina", OTHER).wait_seconds for _ in range(4)] == [0] * 4
        assert accounts.check("amina", PASSWORD).person_id == door.id("amina")


def test_a_wrong_second_factor_counts_like_a_wrong_password(door: Door, time: Clock):
    """Whoever has the password cannot try the million codes."""
    door.account("amina")
    door.telephone("amina")
    waits = [accounts.check("amina", PASSWORD, "000000").wait_seconds for _ in range(7)]
    assert waits == [0, 0, 0, 0, 0, 2, 2]


def test_a_hundred_wrong_in_a_row_lock_the_name_until_somebody_unlocks_it(door: Door, time: Clock, trail_of: TrailOf):
    """Days of waiting do not open it; the administrator does, and the trail says who."""
    door.account("amina")
    wrong_in_a_row(door, "amina", throttle.LOCKED_AT - 2)
    answers = []
    for _ in range(2):
        answers.append(accounts.check("amina", OTHER))
        time.passes(seconds=answers[-1].wait_seconds)
    assert [answer.locked for answer in answers] == [False, True]
    time.passes(days=30)
    assert accounts.check("amina", PASSWORD).locked
    assert accounts.locked(door.id("amina"))
    with transaction() as session:
        assert accounts.unlock_in(session, trail.COMMAND_LINE, door.id("amina"))
        assert not accounts.unlock_in(session, trail.COMMAND_LINE, door.id("amina"))
    assert accounts.check("amina", PASSWORD).person_id == door.id("amina")
    assert [event.record_id for event in trail_of("account:lock")] == [str(door.id("amina"))]
    assert [event.person_name for event in trail_of("account:unlock")] == ["command line"]


def test_the_hundredth_attempt_may_still_be_the_right_one(door: Door, time: Clock):
    """Ninety-nine wrong and one right sign in; nothing is locked."""
    door.account("amina")
    wrong_in_a_row(door, "amina", throttle.LOCKED_AT - 1)
    assert accounts.check("amina", PASSWORD).person_id == door.id("amina")
    assert not accounts.locked(door.id("amina"))


def test_a_browser_one_came_in_with_before_is_counted_apart(door: Door, time: Clock):
    """Strangers who guess at Amina's name, to the lock and beyond, do not keep Amina from her own desk."""
    door.account("amina")
    telephone = door.telephone("amina")
    mine = accounts.mark(door.id("amina"))
    wrong_in_a_row(door, "amina", throttle.LOCKED_AT - 1)
    assert accounts.check("amina", OTHER).locked
    assert accounts.check("amina", PASSWORD, telephone.at(time())).locked
    assert accounts.check("amina", PASSWORD, "", mine) == accounts.Checked(needs_second=True)
    assert accounts.check("amina", PASSWORD, telephone.at(time()), mine).person_id == door.id("amina")
    assert accounts.check("amina", OTHER).locked


def test_guessing_in_such_a_browser_is_as_slow(door: Door, time: Clock):
    """The mark opens nothing: five free, then the waits, whoever found it."""
    door.account("amina")
    mine = accounts.mark(door.id("amina"))
    waits = [accounts.check("amina", OTHER, "", mine).wait_seconds for _ in range(8)]
    assert waits == [0, 0, 0, 0, 0, 2, 2, 2]
    assert accounts.check("amina", OTHER).wait_seconds == 0


def test_a_mark_is_one_persons_and_ends_with_the_password(door: Door, time: Clock):
    """Amina's is worth nothing at Bruno's name, changed by a letter, or after she gave herself a new password."""
    door.account("amina")
    door.account("bruno")
    mine = accounts.mark(door.id("amina"))
    flipped = mine[:-1] + ("0" if mine[-1] != "0" else "1")
    for shown in (mine, flipped, "", "ü" * 54, "x" * 10_000):
        wrong_in_a_row(door, "bruno", throttle.LOCKED_AT - 1)
        assert accounts.check("bruno", OTHER, "", shown).locked
    door.account("amina", OTHER)
    wrong_in_a_row(door, "amina", throttle.LOCKED_AT - 1)
    assert accounts.check("amina", PASSWORD, "", mine).locked
    assert accounts.mark(door.id("noor")) == ""


def test_somebody_signed_in_stays_in_when_their_name_is_locked(door: Door, time: Clock):
    """Guessing from outside throws nobody out."""
    begun = accounts.begin(door.id("amina"), "password")
    for _ in range(throttle.FREE + 1):
        accounts.check("amina", OTHER)
    assert accounts.known(begun.token) is not None


def test_a_flood_of_names_of_nobody_does_not_fill_the_trail(door: Door, time: Clock, trail_of: TrailOf):
    """One event a minute that says how many; every attempt at somebody's name is still an event of its own."""
    for number in range(12):
        accounts.check(f"nobody-{number}", OTHER)
    accounts.check("noor", OTHER)
    accounts.check("noor", OTHER)
    time.passes(minutes=1)
    accounts.check("nobody-at-last", OTHER)
    told = [(event.record_id, event.after) for event in trail_of("sign-in:refused")]
    noor = str(door.id("noor"))
    assert told == [("", None), (noor, None), (noor, None), ("", {"times": 12})]


def test_names_of_nobody_are_forgotten_after_two_days(door: Door, time: Clock):
    """A stranger who tries a thousand names leaves nothing that stays."""
    for number in range(5):
        accounts.check(f"nobody-{number}", OTHER)
    accounts.check("noor", OTHER)
    time.passes(days=3)
    accounts.begin(door.id("bruno"), "password")
    with reading() as session:
        kept = session.connection().exec_driver_sql("SELECT key FROM attempt").scalars().all()
    assert kept == [f"person:{door.id('noor')}"]


def test_how_somebodys_signing_in_stands(door: Door, time: Clock):
    """What an administrator sees of everybody."""
    door.account("amina")
    door.telephone("amina")
    accounts.begin(door.id("amina"), "password")
    door.invite("noor")
    with reading() as session:
        told = accounts.standing(session, [door.id("amina"), door.id("noor"), door.id("bruno")])
    assert told == {
        door.id("amina"): accounts.Standing(has_account=True, has_second_factor=True, signed_in=1),
        door.id("noor"): accounts.Standing(invited=True),
        door.id("bruno"): accounts.Standing(),
    }
