"""Column types that mean the same on SQLite and on PostgreSQL: moments, documents, search keys."""

import json
import unicodedata
import zlib
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, LargeBinary, String
from sqlalchemy.types import TypeDecorator, TypeEngine


class Moment(TypeDecorator[datetime]):
    """A moment in time: an aware datetime goes in, the same moment in UTC comes out; naive ones are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment as UTC; SQLite, which knows no zones, gets it without one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone: use datetime.now(UTC)")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The stored moment, aware and in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Document: Any = JSON(none_as_null=True)
"""A JSON document, kept character for character on both databases; Python None is SQL NULL."""


def compact(document: Any) -> str:
    """A document as it is stored: JSON without spaces, letters as they are; NaN is refused."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


class Packed(TypeDecorator[Any]):
    """A long JSON document that no query looks into, kept compressed: an assessment shrinks to about a tenth."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """The document as compressed JSON."""
        return None if value is None else zlib.compress(compact(value).encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        """The document as it was."""
        return None if value is None else json.loads(zlib.decompress(value))


class Code(String):
    """Text from a fixed vocabulary, such as a state or a condition's id: never a name, never free words.

    Only codes, numbers, moments and ids may be copied into an audit event.
    """


class SearchKey(TypeDecorator[str]):
    """A name as it is searched for, so that a prefix is a range of an index: on SQLite, whose file is sealed.

    PostgreSQL gets none, and searches blindly (db/blind.py).
    """

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Compared byte by byte on both."""
        return dialect.type_descriptor(String(collation="C") if dialect.name == "postgresql" else String())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The key, or nothing where it would stand in plain."""
        return "" if value and dialect.name == "postgresql" else value


def folded(text: str) -> str:
    """The text as it is searched for: no accents, no capitals ("Łucja  Ångström" → "lucja angstrom")."""
    plain = text.translate(_LETTERS_WITHOUT_DECOMPOSITION)
    decomposed = unicodedata.normalize("NFKD", plain)
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).casefold().split())


# Unicode has no decomposition for letters with a stroke or ligature, yet a desk types them without.
_LETTERS_WITHOUT_DECOMPOSITION = str.maketrans(
    {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ı": "i"}
)
