"""Proving again who one is, before something that matters."""

from __future__ import annotations

import shutil

import pytest

from dashboard import accounts
from dashboard.accounts import passwords
from db.engine import choose_database, file_of, forget
from tests.accounts.conftest import OTHER, PASSWORD, Clock, Door, TrailOf


def test_password_and_second_factor_confirm(door: Door, time: Clock, trail_of: TrailOf):
    """Both, as at the door; the trail says under which sign-in."""
    door.account("amina")
    telephone = door.telephone("amina")
    begun = accounts.begin(door.id("amina"), "password")
    assert not accounts.confirm(begun.sign_in, PASSWORD, "000000")
    assert not accounts.confirm(begun.sign_in, OTHER, telephone.at(time()))
    assert accounts.confirm(begun.sign_in, PASSWORD, telephone.at(time()))
    assert [event.person_name for event in trail_of("sign-in:confirm")] == ["Amina"]


def test_five_wrong_in_a_row_end_the_sign_in(door: Door, time: Clock, trail_of: TrailOf):
    """An unlocked screen is no place to try passwords: the fifth throws whoever tries out to the door."""
    door.account("amina")
    begun = accounts.begin(door.id("amina"), "password")
    for _ in range(4):
        assert not accounts.confirm(begun.sign_in, OTHER)
    assert accounts.known(begun.token) is not None
    assert not accounts.confirm(begun.sign_in, OTHER)
    assert accounts.known(begun.token) is None
    assert [event.after["why"] for event in trail_of("sign-in:end")] == ["guessing"]
    assert len(trail_of("sign-in:refused")) == 5
    assert accounts.check("amina", PASSWORD).person_id == door.id("amina")
    assert accounts.confirm(accounts.begin(door.id("amina"), "password").sign_in, PASSWORD)


def test_a_stranger_at_the_door_keeps_nobody_from_confirming(door: Door, time: Clock):
    """Whoever only knows a name cannot stand between a clinician and a patient in an emergency."""
    door.account("amina")
    begun = accounts.begin(door.id("amina"), "password")
    for _ in range(7):
        accounts.check("amina", OTHER)
    assert accounts.check("amina", PASSWORD).wait_seconds > 0
    assert accounts.confirm(begun.sign_in, PASSWORD)


def test_confirming_does_not_open_the_door_to_a_guesser(door: Door, time: Clock):
    """A right confirmation takes nothing back of what was counted at the door."""
    door.account("amina")
    begun = accounts.begin(door.id("amina"), "password")
    for _ in range(6):
        accounts.check("amina", OTHER)
    accounts.confirm(begun.sign_in, PASSWORD)
    assert accounts.check("amina", OTHER).wait_seconds == 2


def test_somebody_elses_password_confirms_nothing(door: Door):
    """Bruno at Amina's screen is still not Amina."""
    door.account("amina")
    door.account("bruno", OTHER)
    begun = accounts.begin(door.id("amina"), "password")
    assert not accounts.confirm(begun.sign_in, OTHER)


def test_a_sign_in_that_is_over_confirms_nothing(door: Door, time: Clock, monkeypatch: pytest.MonkeyPatch):
    """And no hash is computed for it."""
    door.account("amina")
    begun = accounts.begin(door.id("amina"), "password")
    time.passes(minutes=16)
    monkeypatch.setattr(passwords, "matches", lambda *_: pytest.fail("a hash for nothing"))
    assert not accounts.confirm(begun.sign_in, PASSWORD)
    assert not accounts.confirm("never-there", PASSWORD)


def test_whoever_came_through_the_provider_goes_there_again(door: Door, time: Clock):
    """A password kept here does not do; what the provider said anew does, once, for five minutes."""
    door.account("amina")
    begun = accounts.begin(door.id("amina"), "open-id")
    assert not accounts.confirm(begun.sign_in, PASSWORD)
    accounts.proved(begun.sign_in)
    assert accounts.confirm(begun.sign_in)
    assert not accounts.confirm(begun.sign_in)
    accounts.proved(begun.sign_in)
    time.passes(minutes=5, seconds=1)
    assert not accounts.confirm(begun.sign_in)


def test_a_provider_proves_nothing_for_who_signed_in_with_a_password(door: Door):
    """Each goes the way they came."""
    door.account("amina")
    begun = accounts.begin(door.id("amina"), "password")
    accounts.proved(begun.sign_in)
    assert not accounts.confirm(begun.sign_in)


def test_in_the_demo_a_press_is_enough_and_only_there(door: Door):
    """The invented people have no passwords; with the real clinic open they are nobody."""
    assert accounts.demo_people() == ()
    forget(door.clinic.url)
    shutil.copy(file_of("clinic"), file_of("demo"))
    choose_database("demo")
    assert [face.code for face in accounts.demo_people()] == ["amina", "bruno", "chidi", "dana", "noor"]
    assert not accounts.first_run_needed()
    begun = accounts.begin(door.id("amina"), "demo")
    assert accounts.confirm(begun.sign_in)
    known = accounts.known(begun.token)
    assert known is not None
    assert (known.how, known.must) == ("demo", "")
    choose_database("clinic")
    assert accounts.first_token()
    assert accounts.known(begun.token) is None
    assert not accounts.confirm(begun.sign_in)
    assert accounts.demo_people() == ()
