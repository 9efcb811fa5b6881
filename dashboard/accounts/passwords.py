"""Passwords: which may be chosen, how they are kept (argon2id), and the same work for a name of nobody."""

from __future__ import annotations

import base64
import re
import secrets
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 15
"""Letters; NIST SP 800-63B-4 asks for 15 where a password may be the only thing asked for."""
LONGEST = 128
FEWEST_DIFFERENT = 6
FEWEST_OF_ONES_OWN = 8
"""Letters that must be left when common words, names, years and runs along the keyboard are taken out."""
SHORTEST_WORD = 4
COMMON = Path(__file__).with_name("common_passwords.txt")

hasher = PasswordHasher()
"""argon2id with the library's parameters: RFC 9106's second choice, 64 MiB."""

_AT_ONCE = BoundedSemaphore(4)
"""Each computation takes 64 MiB: a crowd at the door waits its turn instead of filling the memory."""

_ROWS = (
    *("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop", "abcdefghijklmnopqrstuvwxyz"),
    *("1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0"),
)
"""Ways along a keyboard and through the alphabet."""
_STANDS_FOR = str.maketrans("0134578@$!€|", "oieastbasiel")
_YEAR = re.compile(r"(19|20)\d\d")


def normalised(password: str) -> str:
    """The same letters however a keyboard composes them."""
    return unicodedata.normalize("NFKC", password)


def problem(password: str, own_words: Iterable[str] = ()) -> str:
    """Why this password cannot be chosen, as a sentence; empty when it can.

    ``own_words``: the person's name and code, the clinic's name: what is tried first.
    """
    chosen = normalised(password)
    if len(chosen) < SHORTEST:
        return f"Use at least {SHORTEST} characters; a few words in a row are easy to keep in mind."
    if len(chosen) > LONGEST:
        return f"Use at most {LONGEST} characters."
    if not all(sign.isprintable() for sign in chosen):
        return "Use only characters that can be seen and typed."
    if _is_among_the_first_tried(chosen, own_words):
        return (
            "This is among the first passwords somebody would try: a common one, a name known here, "
            "or something repeated. Choose a few words that do not belong together."
        )
    return ""


def hashed(password: str) -> str:
    """What is kept of a password."""
    with _AT_ONCE:
        return hasher.hash(normalised(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether the password is the one kept; without one (a name of nobody) the same work, and False."""
    told = normalised(password[: LONGEST + 1])
    trusted = kept if len(told) <= LONGEST else None
    try:
        with _AT_ONCE:
            return hasher.verify(trusted or _of_nobody(), told[:LONGEST]) and trusted is not None
    except (VerificationError, InvalidHashError):
        return False


def is_dated(kept: str) -> bool:
    """Whether a password was kept with other parameters than those in use."""
    return hasher.check_needs_rehash(kept)


def _of_nobody() -> str:
    """A hash that no password has, with the parameters in use, so that trying it takes as long as any other."""
    assert hasher.type is Type.ID
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, digest = (_letters(secrets.token_bytes(size)) for size in (hasher.salt_len, hasher.hash_len))
    return f"$argon2id$v=19${cost}${salt}${digest}"


def _letters(random: bytes) -> str:
    return base64.b64encode(random).decode().rstrip("=")


def _is_among_the_first_tried(chosen: str, own_words: Iterable[str]) -> bool:
    plain = _plain(chosen)
    if len(set(plain)) < FEWEST_DIFFERENT or _is_one_thing_repeated(plain):
        return True
    words = {word for words in own_words for word in (_plain(words), *map(_plain, words.split()))}
    known = sorted((words | _common()) - {""}, key=len, reverse=True)
    return any(_is_mostly(text, known) for text in (plain, plain.translate(_STANDS_FOR)))


def _is_mostly(text: str, known: Iterable[str]) -> bool:
    """Whether little is left of a text without the known words, the years and the runs along the keyboard."""
    left = text
    for word in known:
        if len(word) >= SHORTEST_WORD or text == word:
            left = left.replace(word, " ")
    left = _without_runs(_YEAR.sub(" ", left))
    left = "".join(part for part in left.split() if len(part) > 1)
    return len(left) < FEWEST_OF_ONES_OWN


def _is_one_thing_repeated(text: str) -> bool:
    """Whether the text is a shorter one said again, also when the last time breaks off."""
    return any(text == (text[:size] * len(text))[: len(text)] for size in range(1, len(text) // 2 + 1))


def _without_runs(text: str) -> str:
    """The text without four or more signs in a row that are neighbours on a keyboard, in the alphabet or the same."""
    kept, start = "", 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not _are_neighbours(text[place - 1], text[place]):
            run = text[start:place]
            kept += run if len(run) < SHORTEST_WORD else " "
            start = place
    return kept


def _are_neighbours(one: str, other: str) -> bool:
    if one == other and one != " ":
        return True
    return any(one in row and other in row and abs(row.index(one) - row.index(other)) == 1 for row in _ROWS)


def _plain(words: str) -> str:
    """Without capitals and what only separates: "P a s s-word" is no other password than "password"."""
    return "".join(sign for sign in normalised(words).casefold() if ord(sign) in _STANDS_FOR or not _separates(sign))


def _separates(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "ZPC"


@cache
def _common() -> frozenset[str]:
    return frozenset(map(_plain, COMMON.read_text(encoding="utf-8").split()))
