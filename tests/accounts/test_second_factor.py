"""The second factor: set up by proving it, taken once, and there on paper when the telephone is not."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

import pyotp
import pytest

from dashboard import accounts
from dashboard.accounts import second_factor
from tests.accounts.conftest import OTHER, PASSWORD, Clock, Door, TrailOf


def offered(door: Door, code: str = "amina") -> accounts.Enrolling:
    """What is shown to somebody who has an account."""
    shown = accounts.enrol(door.id(code))
    assert isinstance(shown, accounts.Enrolling)
    return shown


def test_it_is_asked_for_only_once_it_is_proven(door: Door, time: Clock):
    """Shown and left, nobody is locked out; proven, it is needed."""
    door.account("amina")
    shown = offered(door)
    assert accounts.check("amina", PASSWORD).person_id == door.id("amina")
    assert isinstance(accounts.enrolled(door.id("amina"), shown.secret, "000000"), accounts.Refused)
    assert accounts.check("amina", PASSWORD).person_id == door.id("amina")
    assert isinstance(accounts.enrolled(door.id("amina"), shown.secret, pyotp.TOTP(shown.secret).at(time())), tuple)
    assert accounts.check("amina", PASSWORD).person_id is None


def test_the_address_for_the_telephone_names_clinic_person_and_secret(door: Door, own_settings):
    """As authenticator apps read it."""
    own_settings.write_text('name = "Hill & Dale Clinic"\n', encoding="utf-8")
    door.account("amina")
    shown = offered(door)
    parts = urlsplit(shown.uri)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert (parts.scheme, parts.netloc, unquote(parts.path)) == ("otpauth", "totp", "/Hill & Dale Clinic:amina")
    assert (asked["secret"], asked["issuer"], asked["digits"]) == (shown.secret, "Hill & Dale Clinic", "6")
    assert pyotp.parse_uri(shown.uri).secret == shown.secret
    assert shown.secret not in repr(shown)


def test_a_page_cannot_bring_a_secret_of_its_own(door: Door, time: Clock):
    """Only what was shown last counts, not what was shown before, to somebody else, or made up."""
    door.account("amina")
    door.account("bruno")
    before, of_another, now = offered(door), offered(door, "bruno"), offered(door)
    for secret in (before.secret, of_another.secret, "A" * 32, "", "ü"):
        code = pyotp.TOTP(secret if len(secret) == 32 else "A" * 32).at(time())
        assert isinstance(accounts.enrolled(door.id("amina"), secret, code), accounts.Refused)
    assert isinstance(accounts.enrolled(door.id("amina"), now.secret, pyotp.TOTP(now.secret).at(time())), tuple)


def test_one_in_use_is_not_replaced_by_whoever_finds_the_screen(door: Door):
    """Nor is one given to somebody who has no password here."""
    door.account("amina")
    door.telephone("amina")
    assert isinstance(accounts.enrol(door.id("amina")), accounts.Refused)
    assert isinstance(accounts.enrol(door.id("noor")), accounts.Refused)
    assert isinstance(accounts.enrolled(door.id("amina"), "A" * 32, "000000"), accounts.Refused)


def test_a_code_is_taken_once_and_no_older_one_after_it(door: Door, time: Clock):
    """Read over a shoulder it is worth nothing."""
    door.account("amina")
    telephone = door.telephone("amina")
    older, now = telephone.at(time().timestamp() - 30), telephone.at(time())
    assert accounts.check("amina", PASSWORD, now).person_id == door.id("amina")
    assert accounts.check("amina", PASSWORD, now).person_id is None
    assert accounts.check("amina", PASSWORD, older).person_id is None
    time.passes(seconds=30)
    assert accounts.check("amina", PASSWORD, telephone.at(time())).person_id == door.id("amina")


def test_the_code_that_set_it_up_does_not_also_sign_in(door: Door, time: Clock):
    """It was on the screen a moment ago."""
    door.account("amina")
    shown = offered(door)
    code = pyotp.TOTP(shown.secret).at(time())
    assert isinstance(accounts.enrolled(door.id("amina"), shown.secret, code), tuple)
    assert accounts.check("amina", PASSWORD, code).person_id is None


@pytest.mark.parametrize(("off", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_telephone_may_be_half_a_minute_off(off: int, taken: bool):
    """Either way, and no more."""
    from tests.accounts.conftest import START

    secret = second_factor.new_secret()
    code = pyotp.TOTP(secret).at(START.timestamp() + off)
    assert (second_factor.step_shown(secret, code, START, None) is not None) is taken


def test_a_code_may_be_typed_with_spaces(door: Door, time: Clock):
    """As telephones show it."""
    door.account("amina")
    code = door.telephone("amina").at(time())
    assert accounts.check("amina", PASSWORD, f" {code[:3]} {code[3:]} ").person_id == door.id("amina")


def test_each_code_on_paper_signs_in_once(door: Door, time: Clock, trail_of: TrailOf):
    """Ten of them, however they are typed, and the trail says how many are left."""
    door.account("amina")
    door.telephone("amina")
    assert len(set(door.paper)) == second_factor.ON_PAPER
    first, second = door.paper[:2]
    assert accounts.check("amina", PASSWORD, first).person_id == door.id("amina")
    assert accounts.check("amina", PASSWORD, first).person_id is None
    assert accounts.check("amina", PASSWORD, second.upper().replace("-", " ")).person_id == door.id("amina")
    assert accounts.check("amina", OTHER, door.paper[2]).person_id is None
    assert accounts.check("amina", PASSWORD, door.paper[2]).person_id == door.id("amina")
    assert [event.after for event in trail_of("account:recovery-code")] == [{"left": 9}, {"left": 8}, {"left": 7}]


@pytest.mark.parametrize(
    "second", ["", " ", "12345", "1234567", "٣٤٥٦٧٨", "\ud800", "x" * 10_000, "aaaa-bbbb-cccc-dddd"]
)
def test_anything_else_is_refused(door: Door, second: str):
    """Whatever is typed, it is an answer and no fault."""
    door.account("amina")
    door.telephone("amina")
    assert accounts.check("amina", PASSWORD, second).person_id is None


def test_a_lost_telephone_is_replaced_by_whoever_proves_who_they_are(door: Door, time: Clock, trail_of: TrailOf):
    """With a code on paper; then another telephone is set up, and the old one opens nothing."""
    door.account("amina")
    old = door.telephone("amina")
    begun = accounts.begin(door.id("amina"), "password")
    assert not accounts.drop_second_factor(begun.sign_in, OTHER, door.paper[0])
    assert not accounts.drop_second_factor(begun.sign_in, PASSWORD, "")
    assert accounts.drop_second_factor(begun.sign_in, PASSWORD, door.paper[0])
    known = accounts.known(begun.token)
    assert known is not None
    assert known.must == "enrol"
    new = door.telephone("amina")
    assert accounts.check("amina", PASSWORD, old.at(time())).person_id is None
    assert accounts.check("amina", PASSWORD, new.at(time())).person_id == door.id("amina")
    assert len(trail_of("account:second-factor-off")) == 1
