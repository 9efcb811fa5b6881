"""What the kind of database matters for: many at once, and what a stolen database would give away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from dashboard import accounts
from dashboard.accounts import clock, passwords, sign_ins, throttle
from db.accounts import reseal
from db.tables import Account
from tests.accounts.conftest import OTHER, PASSWORD, Clock, Door, TrailOf
from tests.conftest import database  # noqa: F401 - both kinds again
from tests.sessions import reading, transaction


def test_many_guesses_at_once_are_no_more_guesses(door: Door, monkeypatch: pytest.MonkeyPatch):
    """Each is counted before it is looked at: of forty at the same moment five are, and one starts the wait."""
    door.account("amina")
    looked_at: list[str] = []
    real = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda kept, told: (looked_at.append(told), real(kept, told))[1])
    with ThreadPoolExecutor(16) as attackers:
        answers = list(attackers.map(lambda number: accounts.check("amina", f"{OTHER} {number}"), range(40)))
    assert len(looked_at) == throttle.FREE + 1
    assert sum(answer.wait_seconds > 0 for answer in answers) >= 40 - throttle.FREE
    assert {answer.person_id for answer in answers} == {None}


def test_one_code_signs_in_once_however_many_hold_it(door: Door, time: Clock):
    """A code read over a shoulder and typed at the same moment lets one of them in."""
    door.account("amina")
    code = door.telephone("amina").at(time())
    with ThreadPoolExecutor(4) as browsers:
        answers = list(browsers.map(lambda _: accounts.check("amina", PASSWORD, code).person_id, range(4)))
    assert sorted(answers, key=str) == [door.id("amina"), None, None, None]


def test_one_code_on_paper_signs_in_once(door: Door):
    """It is crossed out by whoever comes first."""
    door.account("amina")
    door.telephone("amina")
    with ThreadPoolExecutor(4) as browsers:
        answers = list(browsers.map(lambda _: accounts.check("amina", PASSWORD, door.paper[3]).person_id, range(4)))
    assert sorted(answers, key=str) == [door.id("amina"), None, None, None]


def test_one_invitation_makes_one_account(door: Door):
    """Of two who open the same link one gives the password."""
    token = door.invite("noor")
    with ThreadPoolExecutor(4) as browsers:
        made = list(browsers.map(lambda each: accounts.accept(token, f"{PASSWORD} {each}"), range(4)))
    assert sorted(isinstance(each, accounts.Refused) for each in made) == [False, True, True, True]
    answers = [accounts.check("noor", f"{PASSWORD} {each}").person_id for each in range(4)]
    assert answers == [each if isinstance(each, int) else None for each in made]


def test_two_browsers_that_end_it_at_once_note_one_end(door: Door, trail_of: TrailOf):
    """The row is taken by one of them."""
    begun = accounts.begin(door.id("amina"), "password")
    with ThreadPoolExecutor(4) as browsers:
        list(browsers.map(lambda _: sign_ins.end(begun.sign_in, "signed-out"), range(8)))
    assert len(trail_of("sign-in:end")) == 1


def test_what_nobody_ended_is_ended_once_however_many_come_in(door: Door, time: Clock, trail_of: TrailOf):
    """Everybody who signs in clears up behind those who closed their browsers; each end is noted once."""
    for _ in range(3):
        accounts.begin(door.id("amina"), "password")
    time.passes(minutes=20)
    with ThreadPoolExecutor(4) as browsers:
        list(browsers.map(lambda code: accounts.begin(door.id(code), "password"), ("noor", "bruno", "chidi", "dana")))
    assert len(trail_of("sign-in:end")) == 3


def test_a_database_read_by_a_thief_signs_nobody_in(door: Door):
    """No password, no second factor, no code on paper, no token of any kind stands in any table."""
    door.account("amina")
    offered = door.telephone("amina")
    begun = accounts.begin(door.id("amina"), "password")
    invitation = door.invite("noor")
    accounts.check("password typed as a name", OTHER)
    secrets = (PASSWORD, offered.secret, *door.paper, begun.token, invitation, "password typed as a name")
    with transaction() as session:
        tables = ("account", "attempt", "signin", "invitation", "identity", "auditevent")
        stored = "\n".join(str(row) for table in tables for row in session.execute(text(f"SELECT * FROM {table}")))
    assert [secret for secret in secrets if secret in stored or secret.replace("-", "") in stored] == []
    assert offered.secret.encode() not in stored.encode()


def test_a_second_factor_moved_to_another_account_opens_nothing(door: Door, time: Clock):
    """It is sealed for one person: whoever can write the database cannot lend it."""
    door.account("amina")
    telephone = door.telephone("amina")
    door.account("dana")
    with transaction() as session:
        session.execute(
            text(
                "UPDATE account SET second_factor = (SELECT second_factor FROM account WHERE person_id = :amina) "
                "WHERE person_id = :dana"
            ),
            {"amina": door.id("amina"), "dana": door.id("dana")},
        )
    assert accounts.check("dana", PASSWORD, telephone.at(time())).person_id is None
    assert accounts.check("amina", PASSWORD, telephone.at(time())).person_id == door.id("amina")


def test_a_new_key_of_the_clinic_keeps_every_telephone(door: Door, time: Clock, monkeypatch: pytest.MonkeyPatch):
    """Sealed anew, and the old key opens it no more; a wrong old key changes nothing."""
    from dashboard.accounts import checking
    from db.keys import subkey

    door.account("amina")
    telephone = door.telephone("amina")
    old, new = subkey("second-factor"), bytes(range(32))
    with pytest.raises(ValueError, match="not sealed under the key"), transaction() as session:
        reseal(session, new, old)
    with transaction() as session:
        assert reseal(session, old, new) == 1
    assert accounts.check("amina", PASSWORD, telephone.at(time())).person_id is None
    monkeypatch.setattr(checking, "subkey", lambda purpose: new)
    assert accounts.check("amina", PASSWORD, telephone.at(time())).person_id == door.id("amina")
    with reading() as session:
        assert session.get(Account, 1) is not None


def test_the_clock_is_one_clock():
    """In use it is the machine's, aware and in UTC."""
    assert clock.now().utcoffset() is not None
