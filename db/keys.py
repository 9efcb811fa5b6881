"""The clinic's key: where it comes from, and the keys of one purpose derived from it."""

import base64
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

LENGTH = 32
"""Bytes of the clinic's key and of every key derived from it."""

NOT_SEALED = b"SQLite format 3\x00"
"""How a database's file begins that was never sealed with any key."""

HOW_TO_MAKE = "python -m db new-key FILE makes one, BACKSTRIDE_KEY_FILE=FILE gives it"


class KeyMissing(RuntimeError):  # noqa: N818 - the word the clinic uses
    """There is no usable key; the message says where one is looked for, and never repeats one."""


class WrongKey(RuntimeError):  # noqa: N818 - the word the clinic uses
    """The key at hand is not the one this was sealed with, or what was sealed has been changed."""


_only_given = False
_instead: bytes | None = None


def require_given() -> None:
    """From now on only a key given by BACKSTRIDE_KEY or BACKSTRIDE_KEY_FILE counts, and none is ever made.

    For a server that others than this machine can reach.
    """
    global _only_given
    _only_given = True


def subkey(purpose: str, key: bytes | None = None) -> bytes:
    """The key of one purpose, LENGTH bytes: the same for the same clinic key, of no use for another purpose.

    ``key`` is the clinic's key it is derived from; default: clinic_key().
    """
    return _derived(clinic_key() if key is None else key, purpose)


@lru_cache(maxsize=64)
def _derived(key: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), LENGTH, None, f"backstride {purpose}".encode()).derive(key)


def clinic_key() -> bytes:
    """BACKSTRIDE_KEY (base64), else the file BACKSTRIDE_KEY_FILE names, else the one made in the clinic's folder.

    It is read once. KeyMissing when there is none, or none that nobody else can read.
    """
    if _instead is not None:
        return _instead
    if given := os.environ.get("BACKSTRIDE_KEY"):
        return _decoded(given, "BACKSTRIDE_KEY")
    if named := os.environ.get("BACKSTRIDE_KEY_FILE"):
        return _key_in(Path(named).absolute())
    if _must_be_given():
        raise KeyMissing(f"no key was given, and where others rely on it none is made unasked; {_cure()}")
    if not own_file().exists():
        _must_be_the_first(own_file())
        _make(own_file())
    return _key_in(own_file())


@contextmanager
def instead(key: bytes) -> Iterator[None]:
    """Let this be the clinic's key for as long as the block lasts: for a program that changes the key, alone."""
    global _instead
    before, _instead = _instead, key
    try:
        yield
    finally:
        _instead = before


def own_file() -> Path:
    """Where the key made on this machine lies: in the clinic's folder."""
    return Path(os.environ.get("BACKSTRIDE_HOME") or "data").absolute() / "key"


def uses_own_file() -> bool:
    """Whether the key at hand is the one in the clinic's folder, and not one given from outside."""
    return not (os.environ.get("BACKSTRIDE_KEY") or os.environ.get("BACKSTRIDE_KEY_FILE"))


def forget() -> None:
    """Read the key anew the next time: the file holds another one now."""
    _key_in.cache_clear()


def read_key(file: Path) -> bytes:
    """The key a file holds; KeyMissing when it holds none, or when others than its owner can read it."""
    try:
        if os.name == "posix" and file.stat().st_mode & 0o077:
            cure = f"chmod 600 {file} (in a container: mount the secret with mode 0400)"
            raise KeyMissing(f"{file}: others can read this key; {cure}")
        return _decoded(file.read_text(encoding="ascii", errors="replace"), str(file))
    except OSError as why:
        raise KeyMissing(f"{file}: the key cannot be read ({why.strerror}); {HOW_TO_MAKE}") from None


_key_in = lru_cache(maxsize=8)(read_key)


def new_key(file: Path) -> None:
    """Make a new key in a new file that only its owner can read; FileExistsError when there is one already."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    waiting = file.with_name(f"{file.name}.{secrets.token_hex(8)}.part")
    with os.fdopen(os.open(waiting, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii") as written:
        written.write(base64.b64encode(secrets.token_bytes(LENGTH)).decode() + "\n")
        written.flush()
        os.fsync(written.fileno())
    try:
        # A link, not a move: of two that make a key at once the second must not replace the first one's.
        os.link(waiting, file)
    finally:
        waiting.unlink()


def _must_be_the_first(file: Path) -> None:
    """Return quietly where nothing was sealed yet; KeyMissing where a new key would only hide that one was lost."""
    there = next(filter(_is_sealed, sorted(file.parent.glob("*.sqlite"))), None)
    if there is not None and not file.exists():  # another process may have made both meanwhile
        raise KeyMissing(
            f"{file} is not there, but {there.name} is sealed with the key it held. Put your copy of that key back, "
            f"with mode 600, or give it by BACKSTRIDE_KEY_FILE; no new one is made, it would open nothing"
        )


def _is_sealed(file: Path) -> bool:
    with file.open("rb") as opened:
        start = opened.read(len(NOT_SEALED))
    return start not in (b"", NOT_SEALED)


def _make(file: Path) -> None:
    try:
        new_key(file)
    except FileExistsError:
        return
    print(
        f"Backstride: a new key was made in {file}. Without it neither the databases nor any backup of them "
        "can be read: keep a copy of it in another place than the backups.",
        file=sys.stderr,
        flush=True,
    )


def _must_be_given() -> bool:
    production = os.environ.get("BACKSTRIDE_PRODUCTION", "").strip().lower() not in ("", "0", "no", "false")
    return _only_given or production or bool(os.environ.get("DATABASE_URL"))


def _cure() -> str:
    if own_file().exists():
        return f"BACKSTRIDE_KEY_FILE={own_file()} gives the one made here earlier"
    return HOW_TO_MAKE


def _decoded(text: str, place: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        key = b""
    if len(key) != LENGTH:
        raise KeyMissing(f"{place} does not hold a key: {LENGTH} bytes in base64 are expected; {HOW_TO_MAKE}")
    return key
