"""Values sealed one by one where the database's files are not: on PostgreSQL. On SQLite the whole file is sealed."""

import hmac
import json
import os
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from sqlalchemy import Date, Dialect, LargeBinary, String
from sqlalchemy.types import TypeDecorator, TypeEngine

from db import keys

NONCE = 16
BLOCK = 32
"""Values are filled up to a multiple of it, so that a short name does not show by its length."""


class Tampered(RuntimeError):  # noqa: N818 - what happened
    """A sealed value was changed, or moved to another row or column; the message says which, and no content."""


def seal(words: str, place: str, key: bytes | None = None, steady: bool = False) -> bytes:
    """The words, sealed for one ``place`` ("table.column") and of no use in another.

    The first byte tells the key. ``steady``: the same words are sealed to the same bytes, so that the database can
    refuse a second one; otherwise nobody sees that two values are the same.
    """
    mark, cipher = _cipher(keys.clinic_key() if key is None else key)
    nonce = b"" if steady else os.urandom(NONCE)
    return mark + nonce + cipher.encrypt(_filled(words.encode()), _bound(place, nonce))


def unseal(sealed: bytes, place: str, key: bytes | None = None, steady: bool = False) -> str:
    """The words that were sealed for this place; keys.WrongKey or Tampered when they cannot be had."""
    mark, cipher = _cipher(keys.clinic_key() if key is None else key)
    if sealed[:1] != mark:
        raise keys.WrongKey(
            f"{place}: sealed with another key than the one at hand; give the key this database was made with "
            "(BACKSTRIDE_KEY or BACKSTRIDE_KEY_FILE)"
        )
    start = 1 if steady else 1 + NONCE
    try:
        filled = cipher.decrypt(sealed[start:], _bound(place, sealed[1:start]))
    except (InvalidTag, ValueError):
        raise Tampered(f"{place}: a sealed value was changed or moved; restore a backup") from None
    return filled[: filled.rindex(b"\x80")].decode()


@lru_cache(maxsize=8)
def _cipher(key: bytes) -> tuple[bytes, AESSIV]:
    """How values are sealed under a clinic's key, and the byte that tells this key from another."""
    whole = HKDFExpand(SHA256(), 64, b"siv").derive(keys.subkey("field", key))
    return keys.subkey("field mark", key)[:1], AESSIV(whole)


def _filled(words: bytes) -> bytes:
    return words + b"\x80" + bytes(-(len(words) + 1) % BLOCK)


def _bound(place: str, nonce: bytes) -> list[bytes]:
    return [place.encode(), nonce] if nonce else [place.encode()]


class Sealed(TypeDecorator[str]):
    """Text that PostgreSQL holds sealed; ``place`` is its table and column."""

    impl = String
    cache_ok = True

    def __init__(self, place: str, steady: bool = False) -> None:
        super().__init__()
        self.place, self.steady = place, steady

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Bytes on PostgreSQL, text on SQLite."""
        return dialect.type_descriptor(LargeBinary() if seals(dialect) else String())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:
        """The text as it is stored."""
        if value is None or not seals(dialect):
            return value
        return seal(value, self.place, steady=self.steady)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """The text as it was."""
        if value is None or not seals(dialect):
            return value  # type: ignore[no-any-return]
        return unseal(bytes(value), self.place, steady=self.steady)


class SealedDay(TypeDecorator[date]):
    """A day that PostgreSQL holds sealed; ``place`` is its table and column."""

    impl = Date
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Bytes on PostgreSQL, a date on SQLite."""
        return dialect.type_descriptor(LargeBinary() if seals(dialect) else Date())

    def process_bind_param(self, value: date | None, dialect: Dialect) -> Any:
        """The day as it is stored."""
        return seal(value.isoformat(), self.place) if value is not None and seals(dialect) else value

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:
        """The day as it was."""
        if value is None or not seals(dialect):
            return value  # type: ignore[no-any-return]
        return date.fromisoformat(unseal(bytes(value), self.place))


class Fitting(TypeDecorator[Any]):
    """A seal over several values of a row together, so that none can be taken from another row; only on PostgreSQL.

    The values go in; the seal comes out, to be compared with fitting() of the values found.
    """

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Sequence[str] | bytes | None, dialect: Dialect) -> bytes | None:
        """The seal over the values."""
        if value is None or not seals(dialect):
            return None
        return value if isinstance(value, bytes) else fitting(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> bytes | None:
        """The seal stored; None where nothing is sealed, and never None where something should be."""
        return bytes(value or b"") if seals(dialect) else None


def fitting(values: Sequence[str], key: bytes | None = None) -> bytes:
    """The seal over the values of one row, in this order."""
    clinic = keys.clinic_key() if key is None else key
    return hmac.digest(keys.subkey("fitting", clinic), json.dumps(list(values)).encode(), "sha256")[:NONCE]


def seals(dialect: Dialect) -> bool:
    """Whether values are sealed one by one on this kind of database."""
    return dialect.name == "postgresql"
