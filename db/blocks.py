"""What two registrations of one person have in common, as short words: the blocks a duplicate is looked for in.

A person is registered again with a name spelled otherwise, a short form, names exchanged, or a day mistyped. Whoever
shares one of these blocks is a candidate; dashboard/alike tells the like from the unlike.
"""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache, lru_cache
from hashlib import blake2b
from itertools import product

import jellyfish
from nicknames import NickNamer

from db.columns import folded

Block = tuple[str, str]
"""A kind of block, and which one of it."""

PARTS_AT_MOST = 4
"""So many parts of a family name, and words of a given one, are looked at."""
RELATED_AT_MOST = 40
"""So many short forms and whole forms of a given name are looked for."""
SHORTEST_TAIL, LONGEST_TAIL = 4, 7
"""A telephone is found by so many of its last digits; a longer end by its last seven, and then compared whole."""
SHORTEST_START = 6
"""And by so many of its first."""
NUMBER = 10
"""A telephone is looked for by its last ten digits: what comes before says which country."""

_NOT_IN_WORDS, _NOT_DIGITS = re.compile(r"[\W_]+"), re.compile(r"[^0-9]+")
PARTICLES = frozenset(
    ("al", "bin", "da", "das", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "el", "la", "las", "le")
) | {"los", "ter", "van", "von", "y"}
"""Small words of a family name that tell nothing by themselves."""


def blocks(family: str, given: str, born: str) -> Iterator[Block]:
    """Every block of somebody whose names are folded and whose day is written as 1990-05-17."""
    families, givens = family_sounds(family), given_sounds(given)
    yield from of_day(born, families, givens)
    for one, other in product(families, givens):
        yield "names", f"{one}:{other}"
        yield "names-year", f"{one}:{other}:{born[:4]}"


def of_day(born: str, families: tuple[str, ...], givens: tuple[str, ...]) -> Iterator[Block]:
    """The blocks of a day with a family name, and with a given one."""
    yield from (("day-family", f"{born}:{sound}") for sound in families)
    yield from (("day-given", f"{born}:{sound}") for sound in givens)


def asked_by_day(family: str, given: str, born: date) -> list[Block]:
    """Blocks of somebody born that day, or on one that is easily typed in its place; names not folded yet."""
    families, givens = family_sounds(folded(family)), given_sounds(folded(given))
    days = (born, *mistyped(born))
    return [block for day in days for block in of_day(day.isoformat(), families, givens)]


def asked_by_names(family: str, given: str, year: int | None = None) -> list[Block]:
    """Blocks of the two names and of the two exchanged, short forms included; with a year of those born in it."""
    folds = (folded(family), folded(given))
    pairs = [
        f"{one}:{other}"
        for first, second in (folds, folds[::-1])
        for one, other in product(family_sounds(first), related_sounds(second))
    ]
    if year is None:
        return [("names", pair) for pair in pairs]
    return [("names-year", f"{pair}:{year:04}") for pair in pairs]


@lru_cache(maxsize=65_536)
def family_sounds(family: str) -> tuple[str, ...]:
    """How a folded family name sounds as a whole, and each part of a double one."""
    parts = [part for part in _NOT_IN_WORDS.split(family) if part]
    named = [part for part in parts if part not in PARTICLES and len(part) > 2]
    return _sounds(["".join(parts), *named[:PARTS_AT_MOST]])


@lru_cache(maxsize=65_536)
def given_sounds(given: str) -> tuple[str, ...]:
    """How each folded given name sounds."""
    return _sounds(_words_of(given))


@lru_cache(maxsize=4096)
def related_sounds(given: str) -> tuple[str, ...]:
    """How a given name sounds, and every name it is a short form of, or that is a short form of it."""
    found = _words_of(given)
    for word in tuple(found):
        found += sorted(related(word))[:RELATED_AT_MOST]
    return _sounds(found)


@lru_cache(maxsize=4096)
def related(name: str) -> frozenset[str]:
    """The names one person may bear beside this one: what it is short for, its short forms, and theirs."""
    whole = _known().canonicals_of(name)
    short = set[str]().union(*map(_known().nicknames_of, (name, *whole)))
    return frozenset(whole | short)


def mistyped(born: date) -> tuple[date, ...]:
    """The days that are one slip away: day and month exchanged, two neighbours exchanged, one digit another."""
    digits = born.isoformat().replace("-", "")
    found = [digits[:4] + digits[6:] + digits[4:6]]
    found += [digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :] for at in range(7)]
    found += [digits[:at] + other + digits[at + 1 :] for at in range(8) for other in "0123456789"]
    days = (_day(each) for each in found)
    plausible = dict.fromkeys(day for day in days if day is not None and 1900 <= day.year < 2100)
    plausible.pop(born, None)
    return tuple(plausible)


def number_of(phone: str) -> str:
    """The digits a telephone is looked for by."""
    return _NOT_DIGITS.sub("", phone if phone.isascii() else folded(phone))[-NUMBER:]


def of_number(number: str) -> Iterator[Block]:
    """The blocks of a telephone's digits: its ends and its starts."""
    yield from (("tail", number[-length:]) for length in range(SHORTEST_TAIL, min(LONGEST_TAIL, len(number)) + 1))
    yield from (("number-start", number[:length]) for length in range(SHORTEST_START, len(number) + 1))


def hashed(block: Block) -> int:
    """A block as a number, where the file itself is sealed: short, and the same under every key."""
    found = blake2b(":".join(block).encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(found, "big", signed=True)


def _words_of(given: str) -> list[str]:
    return [word for word in _NOT_IN_WORDS.split(given) if word][:PARTS_AT_MOST]


def _sounds(words: list[str]) -> tuple[str, ...]:
    # What has no sound (other scripts, digits) stands for itself.
    return tuple(dict.fromkeys(_sound(word) for word in words if word))


def _sound(word: str) -> str:
    return jellyfish.metaphone(word) or word


@cache
def _known() -> NickNamer:
    return NickNamer()


def _day(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
