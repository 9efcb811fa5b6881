"""Which passwords may be chosen, and how they are kept."""

from __future__ import annotations

import unicodedata

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from dashboard import accounts
from dashboard.accounts import passwords
from db import queries
from tests.accounts.conftest import OTHER, PASSWORD, Door
from tests.sessions import reading

OWN = ("Amina Invented", "amina", "Hilltop Running Clinic", "North Harbor")


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        OTHER,
        "tangerine kettle forgets",
        "łóżko ćma źrebię żółw",
        "7hfk29fj3l5kd83j",
        "пылесос и семь ворон",
        "昨日の薬缶は赤い自転車を三台忘れた",
        "a" + "bcdefghijkl mnopqrs tuv zebra kettle"[::-1],
        "no digits no capitals at all here",
        "🚲🫖🎻🏮🌊🦉🚲🫖🎹🏮🌊🦉🪁🧊🪵",
    ],
)
def test_words_that_do_not_belong_together_are_taken(password: str):
    """Without capitals, digits or signs: no rule of composition, any script."""
    assert passwords.problem(password, OWN) == ""


@pytest.mark.parametrize(
    "password",
    [
        *("passwordpassword1", "P@ssw0rdP@ssw0rd!1", "Passw0rd Passw0rd", "correct horse battery staple"),
        *("aaaaaaaaaaaaaaa", "abcabcabcabcabcabc", "hedgehog hedgehog", "ha ha ha ha ha ha ha"),
        *("123456789012345", "987654321098765", "qwertyuiopasdfghjkl", "zxcvbnm,./asdfghjkl", "abcdefghijklmnopq"),
        *("1q2w3e4r5t6y7u8i9o", "1qaz2wsx3edc4rfv"),
        *("Backstride2026!!!", "backstride backstride", "welcome to the clinic 2026", "Summer2026Summer2025"),
        *(
            "aminaaminaamina1",
            "Amina Invented 1990",
            "Hilltop Running Clinic!",
            "northharbor2026!!",
            "iloveyou amina 12",
        ),
        *("thisismypassword", "letmeinletmein!", "Administrator123"),
    ],
)
def test_what_is_tried_first_is_refused(password: str):
    """Common ones, names known here, runs along the keyboard, something repeated; and how to do better is said."""
    assert "words that do not belong together" in passwords.problem(password, OWN)


def test_fifteen_characters_are_enough_and_fourteen_are_not():
    """Counted as they are typed, whatever the script."""
    assert passwords.problem("kettle violin m") == ""
    assert (
        passwords.problem("kettle violin ")
        == "Use at least 15 characters; a few words in a row are easy to keep in mind."
    )


def test_a_long_one_may_be_long():
    """Sixty-four and more; a megabyte is no password."""
    assert passwords.problem("kettle violin lantern river owl " * 2 + "and once") == ""
    assert passwords.problem(("kettle violin lantern river " * 10)[: passwords.LONGEST - 1] + "q") == ""
    assert passwords.problem("x y z kettle " * 100) == "Use at most 128 characters."


@pytest.mark.parametrize("sign", ["\x00", "\n", "\u200b", "\x7f"])
def test_signs_that_cannot_be_seen_are_refused(sign: str):
    """Nobody can type them again on another keyboard."""
    assert "seen and typed" in passwords.problem(f"kettle violin{sign} lantern")


@given(st.text(min_size=15, max_size=60))
def test_however_a_keyboard_composes_letters_it_is_the_same_password(words: str):
    """Composed, decomposed and full-width forms are one."""
    forms = {unicodedata.normalize(form, words) for form in ("NFC", "NFD", "NFKC", "NFKD")}
    assert len({passwords.normalised(each) for each in forms}) == 1


def test_a_password_typed_on_another_machine_signs_in(door: Door):
    """An é of two signs is the é of one."""
    door.account("amina", unicodedata.normalize("NFC", "théière oubliée au café"))
    assert accounts.check("amina", unicodedata.normalize("NFD", "théière oubliée au café")).person_id is not None


def test_a_longer_one_that_begins_the_same_is_another_password():
    """Nothing is cut off, also at the longest that may be chosen."""
    longest = ("kettle violin lantern " * 20)[: passwords.LONGEST]
    kept = passwords.hashed(longest)
    assert passwords.matches(kept, longest)
    assert not passwords.matches(kept, longest + "x")
    assert not passwords.matches(kept, longest[:-1])


def test_two_people_with_the_same_password_are_kept_differently():
    """Each has its own salt."""
    assert passwords.hashed(PASSWORD) != passwords.hashed(PASSWORD)


@pytest.mark.parametrize("kept", ["", "plain text", "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$", None])
def test_what_is_no_hash_is_matched_by_nothing(kept: str | None):
    """A damaged row lets nobody in."""
    assert not passwords.matches(kept, PASSWORD)


def test_the_parameters_in_use_are_argon2id_with_64_mebibytes(monkeypatch: pytest.MonkeyPatch):
    """RFC 9106's second choice; a name of nobody costs exactly the same."""
    monkeypatch.setattr(passwords, "hasher", PasswordHasher())
    kept = passwords.hashed(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.matches(kept, PASSWORD)
    nobody = passwords._of_nobody()
    assert nobody.rpartition("$")[0].rpartition("$")[0] == kept.rpartition("$")[0].rpartition("$")[0]
    assert len(nobody) == len(kept)
    assert not passwords.is_dated(kept)


def test_a_password_kept_with_weaker_parameters_is_kept_anew(door: Door, monkeypatch: pytest.MonkeyPatch):
    """At the next sign-in, without anybody noticing; the password stays the same."""
    door.account("amina")
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    for _ in range(2):
        assert accounts.check("amina", PASSWORD).person_id == door.id("amina")
        with reading() as session:
            account = queries.account_of(session, door.id("amina"))
        assert account is not None
        assert "m=16,t=2,p=1" in account.password_hash


def test_the_list_of_common_ones_is_read_once_and_holds_no_empty_word():
    """An empty word would be in every password."""
    assert "password" in passwords._common()
    assert min(map(len, passwords._common())) >= 2
