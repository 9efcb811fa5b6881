"""Signing in: a name, a password and a second factor, each needed, and never a word about which was wrong."""

from __future__ import annotations

from dashboard import accounts
from dashboard.accounts import checking, passwords
from tests.accounts.conftest import OTHER, PASSWORD, Clock, Door, TrailOf


def test_the_right_password_signs_in_whoever_it_belongs_to(door: Door):
    """Also when the name is typed with capitals and spaces around it."""
    door.account("amina")
    assert accounts.check(" Amina ", PASSWORD) == accounts.Checked(person_id=door.id("amina"))


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(door: Door):
    """Nobody learns who works here: somebody with an account, without one, who left, and nobody at all."""
    door.account("amina")
    door.account("bruno")
    answers = {code: accounts.check(code, OTHER) for code in ("amina", "noor", "mallory", "nobody", "", "x" * 5000)}
    assert set(answers.values()) == {accounts.Checked(needs_second=True)}


def test_every_answer_costs_one_hash(door: Door, monkeypatch):
    """The same work for a name of nobody, so that the time taken says nothing either."""
    door.account("amina")
    done: list[str] = []
    real = passwords.hasher.__class__.verify
    monkeypatch.setattr(
        passwords.hasher.__class__,
        "verify",
        lambda self, kept, told: (done.append(kept.split("$")[3]), real(self, kept, told))[1],
    )
    for code, password in (("amina", PASSWORD), ("amina", OTHER), ("noor", OTHER), ("mallory", OTHER), ("nobody", "")):
        accounts.check(code, password)
    assert done == ["m=8,t=1,p=1"] * 5


def test_with_a_second_factor_the_password_alone_is_refused(door: Door, time: Clock):
    """And what is refused does not say that the password was right."""
    door.account("amina")
    telephone = door.telephone("amina")
    assert accounts.check("amina", PASSWORD) == accounts.check("nobody", OTHER) == accounts.Checked(needs_second=True)
    assert accounts.check("amina", PASSWORD, "000000") == accounts.check("nobody", PASSWORD, "000000")
    assert accounts.check("amina", OTHER, telephone.at(time())).person_id is None
    assert accounts.check("amina", PASSWORD, telephone.at(time())).person_id == door.id("amina")


def test_a_refusal_names_whom_it_concerns_only_if_that_is_somebody(door: Door, trail_of: TrailOf):
    """What was typed for a name may be a password typed in the wrong field: it is kept nowhere."""
    door.account("amina")
    accounts.check("amina", OTHER)
    accounts.check("s3cret typed as a name", OTHER)
    told = [(event.person_id, event.person_name, event.record_id) for event in trail_of("sign-in:refused")]
    assert told == [(None, "unknown", str(door.id("amina"))), (None, "unknown", "")]


def test_a_name_is_looked_up_as_it_was_meant():
    """Without spaces, capitals and signs nobody sees."""
    assert checking.as_code(" \u202eNoor\n ") == "noor"
