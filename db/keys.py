"""The clinic's key: where it comes from, and the keys of one purpose derived from it."""

import base64
import os
import secrets
import sys
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

LENGTH = 32
"""Bytes of the clinic's key and of every key derived from it."""


class KeyMissing(RuntimeError):  # noqa: N818 - the word the clinic uses
    """There is no usable key; the message says where one is looked for, and never repeats one."""


def subkey(purpose: str) -> bytes:
    """The key of one purpose, LENGTH bytes: the same for the same clinic key, of no use for another purpose."""
    return HKDF(SHA256(), LENGTH, None, f"backstride {purpose}".encode()).derive(clinic_key())


def clinic_key() -> bytes:
    """BACKSTRIDE_KEY (base64), else the file BACKSTRIDE_KEY_FILE names, else the one made in the clinic's folder."""
    if given := os.environ.get("BACKSTRIDE_KEY"):
        return _read(given, "BACKSTRIDE_KEY")
    named = os.environ.get("BACKSTRIDE_KEY_FILE")
    file = Path(named) if named else Path(os.environ.get("BACKSTRIDE_HOME") or "data") / "key"
    if not named and not file.exists():
        _make(file)
    try:
        return _read(file.read_text(encoding="ascii"), str(file))
    except OSError as why:
        raise KeyMissing(f"{file}: the key cannot be read ({why.strerror})") from None


def _read(text: str, place: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        key = b""
    if len(key) != LENGTH:
        raise KeyMissing(f"{place} does not hold a key: {LENGTH} bytes in base64 are expected")
    return key


def _make(file: Path) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        place = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return
    with os.fdopen(place, "w", encoding="ascii") as written:
        written.write(base64.b64encode(secrets.token_bytes(LENGTH)).decode() + "\n")
    print(f"Backstride: a new key was made in {file}. Without it no backup can be read: keep a copy.", file=sys.stderr)
