"""Comparing names: the same, a short form, one of several, a slip of the keyboard, or the same sound."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

import jellyfish
import nicknames
from rapidfuzz.distance import OSA, JaroWinkler

from dashboard.alike.weights import weights
from db.blocks import PARTICLES
from db.columns import folded

_NOT_IN_WORDS = re.compile(r"[\W_]+")
_VOWELS = frozenset("aeiouy")
_OF_A_GENERATION = frozenset(("jr", "sr", "junior", "senior", "ii", "iii", "iv"))


class Grade(NamedTuple):
    """How two names agree, by its name in weights.toml, and what its words are filled with."""

    name: str
    short: str = ""
    long: str = ""
    slip: str = ""


def given(one: str, other: str) -> Grade | None:
    """How two given names agree; None where either is missing."""
    first, second = sorted((words(one), words(other)))
    if not first or not second:
        return None
    if first == second or "".join(first) == "".join(second):
        return Grade("same")
    return _related(first, second) or _shared(first, second) or _given_slip(first, second)


def family(one: str, other: str) -> Grade | None:
    """How two family names agree; None where either is missing."""
    first, second = sorted((words(one), words(other)))
    if not first or not second:
        return None
    joined = "".join(first), "".join(second)
    if joined[0] == joined[1] or set(first) == set(second):
        return Grade("same")
    if _parts(first) & _parts(second):
        return Grade("part")
    found = slip(*joined)
    if found:
        return Grade("letters", slip=found)
    return Grade("sounds") if _sound_alike(*joined) else Grade("differs")


@lru_cache(maxsize=8192)
def words(name: str) -> tuple[str, ...]:
    """The words of a name, without accents and capitals, and without Jr or Sr."""
    parts = [part for part in _NOT_IN_WORDS.split(folded(name)) if part]
    kept = [part for part in parts if part not in _OF_A_GENERATION]
    # A name of signs alone is compared as it was typed.
    return tuple(kept or parts or folded(name).split())


def slip(one: str, other: str) -> str:
    """The words for a slip of the keyboard between two words; empty when they are further apart."""
    limits, told = weights().limits, weights().slips
    shorter = min(len(one), len(other))
    if shorter < limits["one_slip_letters"]:
        return ""
    apart = OSA.distance(one, other, score_cutoff=2)
    if apart == 1:
        return told["exchanged" if len(one) == len(other) and sorted(one) == sorted(other) else "one"]
    return told["two"] if apart == 2 and shorter >= limits["two_slips_letters"] else ""


def _related(first: tuple[str, ...], second: tuple[str, ...]) -> Grade | None:
    """That the first name of one is a short form of the other's."""
    one, other = sorted((first[0], second[0]), key=lambda name: (len(name), name))
    if one == other or not (_with_k(other) in _beside(one) or _with_k(one) in _beside(other)):
        return None
    return Grade("nickname", one.capitalize(), other.capitalize())


@lru_cache(maxsize=4096)
def _beside(name: str) -> frozenset[str]:
    """What a name is a short form of, with k for c (Kate: Katherine, and so Catherine)."""
    return frozenset(map(_with_k, _known().canonicals_of(name)))


def _with_k(name: str) -> str:
    return name.replace("c", "k")


def _shared(first: tuple[str, ...], second: tuple[str, ...]) -> Grade | None:
    if first[0] == second[0] or (len(first) != len(second) and set(first) & set(second)):
        return Grade("part")
    shorter, longer = sorted((first[0], second[0]), key=len)
    if len(shorter) == 1 and longer.startswith(shorter):
        return Grade("initial")
    return None


def _given_slip(first: tuple[str, ...], second: tuple[str, ...]) -> Grade:
    one, other = first[0], second[0]
    if one in _names() and other in _names() and not _spelled_otherwise(one, other):
        return Grade("differs")  # Anna and Hanna, Jayden and Hayden: two names, and often two people
    if one[:-1] == other[:-1] and {one[-1], other[-1]} <= _VOWELS:
        return Grade("differs")  # Mario and Maria, Daniele and Daniela
    if (found := slip(one, other)) and (one[0] == other[0] or sorted(one) == sorted(other)):
        return Grade("letters", slip=found)  # a slip seldom takes the first letter; twins' names often differ in it
    return Grade("sounds") if _sound_alike(one, other) else Grade("differs")


def _spelled_otherwise(one: str, other: str) -> bool:
    """One name written two ways (Marc, Mark; Teresa, Theresa), and not two that sound near (Mario, Maria)."""
    if _simply(one) == _simply(other):
        return True
    ends = one[-1], other[-1]
    return _sound_alike(one, other) and (ends[0] == ends[1] or not set(ends) <= _VOWELS)


@lru_cache(maxsize=8192)
def _simply(word: str) -> str:
    """A word in the plainest of the ways it may be written: no silent h, no double letters, k for c, f for ph."""
    for written, plainer in (("ph", "f"), ("c", "k"), ("q", "k"), ("z", "s"), ("y", "i")):
        word = word.replace(written, plainer)
    word = word[:1] + word[1:].replace("h", "")
    return re.sub(r"(.)\1+", r"\1", word)


def _sound_alike(one: str, other: str) -> bool:
    if JaroWinkler.similarity(one, other) < weights().limits["sounds_like_at_least"]:
        return False
    if _simply(one) == _simply(other):
        return True
    return bool(sound := _sound(one)) and sound == _sound(other)


@lru_cache(maxsize=8192)
def _sound(word: str) -> str:
    return jellyfish.metaphone(word)


def _parts(parts: tuple[str, ...]) -> set[str]:
    return {part for part in parts if part not in PARTICLES and len(part) > 2}


@cache
def _known() -> nicknames.NickNamer:
    return nicknames.NickNamer()


@cache
def _names() -> frozenset[str]:
    """Given names that are known to be names."""
    told = nicknames.name_triplets()
    return frozenset(name.casefold() for triplet in told for name in (triplet.name1, triplet.name2))
