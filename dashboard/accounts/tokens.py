"""Tokens that are told once: only what cannot be turned back into them is kept."""

from __future__ import annotations

import hashlib
import secrets

BYTES = 32
LONGEST = 200
"""Nothing longer is looked up."""


def new() -> str:
    """256 random bits, in 43 letters that may stand in an address."""
    return secrets.token_urlsafe(BYTES)


def kept(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def is_plausible(token: object) -> bool:
    """Whether something could be a token at all."""
    return isinstance(token, str) and 0 < len(token) <= LONGEST and token.isascii() and token.isprintable()
