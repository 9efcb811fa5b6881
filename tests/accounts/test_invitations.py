"""Invitations: the only way to a password, used once, for a day or so, made by an administrator."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import select

from dashboard import accounts
from dashboard.access import Forbidden
from dashboard.accounts import invitations
from db import records
from db.tables import Invitation, Person
from tests.accounts.conftest import OTHER, PASSWORD, Clock, Door, TrailOf
from tests.sessions import reading, transaction


def disabled(door: Door, code: str) -> None:
    """Someone who left."""
    with transaction() as session:
        person = session.get(Person, door.id(code))
        assert person is not None
        records.change(session, door.clinic.doer("dana"), person, person.version, "person:disable", active=False)


def test_an_invited_person_gives_themselves_a_password(door: Door, trail_of: TrailOf):
    """They are greeted by name; the trail says who invited and who came, and nothing of the token."""
    token = door.invite("noor")
    assert accounts.invited(token) == "Noor"
    assert accounts.accept(token, PASSWORD) == door.id("noor")
    assert accounts.check("noor", PASSWORD).person_id == door.id("noor")
    (made,), (taken,) = trail_of("invitation:make"), trail_of("invitation:accept")
    assert (made.person_name, made.record_id) == ("Dana", str(door.id("noor")))
    assert taken.person_name == "Noor"
    assert token not in f"{made.model_dump()} {taken.model_dump()}"


def test_it_works_once(door: Door):
    """Whoever finds the link later finds nothing."""
    token = door.invite("noor")
    accounts.accept(token, PASSWORD)
    assert accounts.invited(token) is None
    assert accounts.accept(token, OTHER) == accounts.Refused(invitations.OVER)
    assert accounts.check("noor", OTHER).person_id is None


@pytest.mark.parametrize(("hours", "lasts"), [(24, 24), (48, 48), (500, 72), (0, 1)])
def test_it_lasts_a_day_or_as_said_and_never_more_than_three(door: Door, time: Clock, hours: int, lasts: int):
    """To the second."""
    token = door.invite("noor", hours)
    time.passes(hours=lasts, seconds=-1)
    assert accounts.invited(token) == "Noor"
    time.passes(seconds=1)
    assert accounts.invited(token) is None
    assert accounts.accept(token, PASSWORD) == accounts.Refused(invitations.OVER)


def test_a_newer_one_replaces_the_older(door: Door):
    """One sent to the wrong address is made worthless by inviting again."""
    first, second = (door.invite("noor") for _ in range(2))
    assert isinstance(accounts.accept(first, PASSWORD), accounts.Refused)
    assert accounts.accept(second, PASSWORD) == door.id("noor")


def test_a_password_that_cannot_be_taken_does_not_use_it_up(door: Door):
    """Also one of the person's own name."""
    token = door.invite("noor")
    for password in ("short", "noor noor noor noor", "North Harbor North"):
        assert isinstance(accounts.accept(token, password), accounts.Refused)
    assert accounts.accept(token, PASSWORD) == door.id("noor")


@pytest.mark.parametrize("token", ["", "guessed", "x" * 100_000, "\ud800", None])
def test_a_token_of_nobody_is_answered_like_an_old_one(door: Door, token: str):
    """Nothing is learnt from trying."""
    assert accounts.accept(token, PASSWORD) == accounts.Refused(invitations.OVER)
    assert accounts.invited(token) is None


def test_a_set_up_token_is_no_invitation_and_an_invitation_sets_nothing_up(door: Door):
    """Each opens its own door."""
    assert isinstance(accounts.accept(accounts.first_token(), PASSWORD), accounts.Refused)
    token = door.invite("noor")
    assert accounts.set_up_people(token) == ()


def test_who_left_is_not_invited_and_cannot_come_with_an_old_invitation(door: Door):
    """Also when they left after the link was sent."""
    token = door.invite("noor")
    disabled(door, "noor")
    assert accounts.invited(token) is None
    assert isinstance(accounts.accept(token, PASSWORD), accounts.Refused)
    for code in ("noor", "mallory"):
        with pytest.raises(Forbidden):
            door.invite(code)


def test_a_new_password_takes_everything_older_away(door: Door, time: Clock):
    """Signed out everywhere, the second factor set up anew, nothing counted against the name."""
    door.account("amina")
    telephone = door.telephone("amina")
    begun = accounts.begin(door.id("amina"), "password")
    for _ in range(6):
        accounts.check("amina", OTHER)
    token = door.invite("amina")
    assert accounts.known(begun.token) is not None
    accounts.accept(token, OTHER)
    assert accounts.known(begun.token) is None
    assert accounts.check("amina", PASSWORD, telephone.at(time())).person_id is None
    assert accounts.check("amina", PASSWORD, door.paper[0]).person_id is None
    assert accounts.check("amina", OTHER).person_id == door.id("amina")


def test_a_person_changes_their_own_password(door: Door, trail_of: TrailOf):
    """With the old one; every other browser of theirs is signed out, this one stays."""
    door.account("amina")
    here, elsewhere = (accounts.begin(door.id("amina"), "password") for _ in range(2))
    wrong = accounts.change_password(here.sign_in, OTHER, "", "lanterns forget the violin")
    weak = accounts.change_password(here.sign_in, PASSWORD, "", "amina amina amina")
    assert all(isinstance(each, accounts.Refused) for each in (wrong, weak))
    assert accounts.change_password(here.sign_in, PASSWORD, "", OTHER) is None
    assert accounts.alive([here.sign_in, elsewhere.sign_in]) == {here.sign_in}
    assert accounts.check("amina", PASSWORD).person_id is None
    assert accounts.check("amina", OTHER).person_id == door.id("amina")
    assert len(trail_of("account:password")) == 1


def test_where_passwords_are_off_nobody_makes_one_or_comes_in_with_one(door: Door, own_settings: Path):
    """The clinic's own accounts are the only door; switched on again, everything is as it was."""
    door.account("amina")
    token = door.invite("noor")
    own_settings.write_text(
        '[open_id]\nissuer = "https://accounts.example.org"\nclient_id = "x"\nlocal_passwords = false\n'
        'address = "https://clinic.example.org"\n',
        encoding="utf-8",
    )
    assert accounts.accept(token, PASSWORD) == accounts.Refused(invitations.OFF)
    assert accounts.check("amina", PASSWORD) == accounts.Checked()
    own_settings.write_text("", encoding="utf-8")
    assert accounts.check("amina", PASSWORD).person_id == door.id("amina")
    assert accounts.accept(token, PASSWORD) == door.id("noor")


def test_nothing_of_an_invitation_stays_when_it_was_used(door: Door):
    """Except that it was, and when."""
    accounts.accept(door.invite("noor"), PASSWORD)
    with reading() as session:
        (row,) = session.exec(select(Invitation)).all()
    assert row.used_at is not None
