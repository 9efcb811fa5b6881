"""The blind index: what a patient is searched by on PostgreSQL, as keyed hashes of the starts of names and numbers."""

import hmac
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import JSON, BigInteger, Dialect
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeDecorator, TypeEngine

from db import keys
from db.sealed import seals

SHORTEST, LONGEST = 2, 10
"""Starts of two to ten letters are kept. A longer start is looked for by its first ten, and then compared whole."""

KINDS = ("family", "given", "record")


class Searched(NamedTuple):
    """What a patient is searched by; the first three folded, the day as 1990-05-17."""

    family: str
    given: str
    record: str
    born: str


def terms(searched: Searched, key: bytes | None = None) -> list[int]:
    """Every hash a patient is found by, in no order that says anything."""
    return sorted({term(kind, words, key) for kind, words in _words(searched)})


def term(kind: str, words: str, key: bytes | None = None) -> int:
    """The hash of one start of one kind: 64 bits, of no use without the clinic's key."""
    clinic = keys.clinic_key() if key is None else key
    found = hmac.digest(keys.subkey("blind", clinic), f"{kind}:{words}".encode(), "sha256")
    return int.from_bytes(found[:8], "big", signed=True)


def start(kind: str, words: str) -> int:
    """The hash under which everything is found whose ``kind`` starts with the words (and now and then more)."""
    return term(kind, words[:LONGEST])


def whole_name(family: str, given: str) -> str:
    """What namesakes have in common."""
    return f"{family}\n{given}"


def _words(searched: Searched) -> Iterator[tuple[str, str]]:
    for kind in KINDS:
        whole: str = getattr(searched, kind)
        yield kind, whole[:LONGEST]
        yield from ((kind, whole[:length]) for length in range(SHORTEST, min(LONGEST, len(whole)) + 1))
    yield "name", whole_name(searched.family, searched.given)
    yield "number", searched.record
    yield "born", searched.born


class Terms(TypeDecorator[Any]):
    """What is searched by goes in, hashes are stored: on PostgreSQL only. On SQLite the names' own indexes serve."""

    impl = ARRAY
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(BigInteger)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Numbers on PostgreSQL; on SQLite a column that stays empty."""
        return dialect.type_descriptor(ARRAY(BigInteger) if seals(dialect) else JSON(none_as_null=True))

    def process_bind_param(self, value: Searched | Sequence[int] | None, dialect: Dialect) -> list[int] | None:
        """The hashes of what is searched by."""
        if value is None or not seals(dialect):
            return None
        return terms(value) if isinstance(value, Searched) else list(value)
