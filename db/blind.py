"""The blind index: what a patient is searched by on PostgreSQL, as keyed hashes of starts, ends and blocks."""

import hmac
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import JSON, BigInteger, Dialect
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeDecorator, TypeEngine

from db import blocks, keys
from db.sealed import seals

SHORTEST, LONGEST = 2, 10
"""Starts of two to ten letters are kept. A longer start is looked for by its first ten, and then compared whole."""

KINDS = ("family", "given", "record")


class Searched(NamedTuple):
    """What a patient is searched by; the first three folded, the day as 1990-05-17, the telephone as digits."""

    family: str
    given: str
    record: str
    born: str
    phone: str = ""


def terms(searched: Searched, key: bytes | None = None) -> list[int]:
    """Every hash a patient is found by, in no order that says anything."""
    sealing = _sealing(key)
    return sorted({_hash(sealing, kind, words) for kind, words in _words(searched)})


def term(kind: str, words: str, key: bytes | None = None) -> int:
    """The hash of one start of one kind: 64 bits, of no use without the clinic's key."""
    return _hash(_sealing(key), kind, words)


def _sealing(key: bytes | None) -> bytes:
    return keys.subkey("blind", keys.clinic_key() if key is None else key)


def _hash(sealing: bytes, kind: str, words: str) -> int:
    return int.from_bytes(hmac.digest(sealing, f"{kind}:{words}".encode(), "sha256")[:8], "big", signed=True)


def start(kind: str, words: str) -> int:
    """The hash under which everything is found whose ``kind`` starts with the words (and now and then more)."""
    return term(kind, words[:LONGEST])


def at_sites(hashes: Sequence[int], sites: Sequence[int]) -> list[int]:
    """The hashes as they are stored of patients of these sites, by a trigger (step 0016): the site's id is in each.

    So that whoever is looked for at a small site is not found among everybody's patients first.
    """
    return [each ^ site for site in sites for each in hashes]


def _words(searched: Searched) -> Iterator[tuple[str, str]]:
    for kind in KINDS:
        whole: str = getattr(searched, kind)
        yield kind, whole[:LONGEST]
        yield from ((kind, whole[:length]) for length in range(SHORTEST, min(LONGEST, len(whole)) + 1))
    yield "number", searched.record
    yield "born", searched.born
    yield from blocks.of_number(searched.phone)
    yield from blocks.blocks(searched.family, searched.given, searched.born)


def numbers(searched: Searched) -> list[int]:
    """The blocks of a patient where the file is sealed; by what else they are searched stands in columns there."""
    found = blocks.blocks(searched.family, searched.given, searched.born)
    return sorted({blocks.hashed(block) for block in found})


class Terms(TypeDecorator[Any]):
    """What is searched by goes in, hashes are stored: on SQLite of the blocks alone, names have indexes there."""

    impl = ARRAY
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(BigInteger)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Numbers on PostgreSQL; on SQLite a document that a trigger takes out (step 0009)."""
        return dialect.type_descriptor(ARRAY(BigInteger) if seals(dialect) else JSON(none_as_null=True))

    def process_bind_param(self, value: Searched | Sequence[int] | None, dialect: Dialect) -> list[int] | None:
        """The hashes of what is searched by."""
        if not isinstance(value, Searched):
            return None if value is None else list(value)
        return terms(value) if seals(dialect) else numbers(value)
