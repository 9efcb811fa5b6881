"""Keys of one purpose that older rows still need after the clinic's key was changed, kept wrapped under the new one."""

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from sqlalchemy import Connection, insert, select, update
from sqlmodel import Session

from db import keys
from db.base import now
from db.patients import KeptKey

KEPT: tuple[str, ...] = ("audit",)
"""Purposes whose rows are not written anew under a new key: what was sealed stays sealed as it was."""

MARK = "mark"
"""A row that tells nothing but which clinic's key is the right one."""

_kept = KeptKey.__table__  # type: ignore[attr-defined]


def every(session: Session | Connection, purpose: str) -> tuple[bytes, ...]:
    """The keys of one purpose, oldest first; the present one is the last. keys.WrongKey if they cannot be unwrapped."""
    rows = select(_kept.c.wrapped).where(_kept.c.purpose == purpose).order_by(_kept.c.id)
    kept = session.execute(rows).scalars()
    return (*(_unwrapped(bytes(wrapped), keys.clinic_key()) for wrapped in kept), keys.subkey(purpose))


def make_mark(connection: Connection, key: bytes | None = None) -> None:
    """Note in a new database which key it is sealed with, without saying it."""
    clinic = keys.clinic_key() if key is None else key
    values = {"at": now(), "purpose": MARK, "wrapped": _wrapped(keys.subkey(MARK, clinic), clinic)}
    connection.execute(insert(_kept).values(**values))


def fits(session: Session | Connection, key: bytes) -> bool:
    """Whether a clinic's key is the one this database is sealed with; also when nothing tells yet."""
    wrapped = session.execute(select(_kept.c.wrapped).where(_kept.c.purpose == MARK)).scalar()
    return wrapped is None or fits_mark(bytes(wrapped), key)


def fits_mark(wrapped: bytes, key: bytes) -> bool:
    """Whether a mark was made with this clinic's key."""
    try:
        return _unwrapped(wrapped, key) == keys.subkey(MARK, key)
    except keys.WrongKey:
        return False


def wrap_anew(connection: Connection, old: bytes, new: bytes) -> None:
    """Keep what older rows need when the clinic's key changes from ``old`` to ``new``, wrapped under the new one."""
    for row in connection.execute(select(_kept.c.id, _kept.c.purpose, _kept.c.wrapped)).all():
        inner = keys.subkey(MARK, new) if row.purpose == MARK else _unwrapped(bytes(row.wrapped), old)
        connection.execute(update(_kept).where(_kept.c.id == row.id).values(wrapped=_wrapped(inner, new)))
    for purpose in KEPT:
        values = {"at": now(), "purpose": purpose, "wrapped": _wrapped(keys.subkey(purpose, old), new)}
        connection.execute(insert(_kept).values(**values))


def _wrapped(inner: bytes, clinic: bytes) -> bytes:
    return aes_key_wrap(keys.subkey("keyring", clinic), inner)


def _unwrapped(wrapped: bytes, clinic: bytes) -> bytes:
    try:
        return aes_key_unwrap(keys.subkey("keyring", clinic), wrapped)
    except InvalidUnwrap:
        raise keys.WrongKey("the key at hand is not the one this database was sealed with") from None
