"""A sign-in under way at the issuer: bound to one browser by a sealed cookie, good for ten minutes and one return."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import asdict, dataclass, field
from threading import Lock

from cryptography.fernet import Fernet, InvalidToken

LASTS_SECONDS = 600
_SEAL = Fernet(Fernet.generate_key())
"""Of this process alone: a restart voids what was under way, and with it every return already used."""
_used: dict[str, float] = {}
_one_at_a_time = Lock()


@dataclass(frozen=True)
class Pending:
    """What Backstride has to remember until the browser comes back."""

    next: str
    """The path to open afterwards, already known to be one of ours."""
    again: bool = False
    """Whether somebody already signed in proves anew who they are, before a deed that asks for it."""
    state: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    begun: float = field(default_factory=time.time)

    def sealed(self) -> str:
        """Its form as a cookie: nobody else can read it or make another."""
        return _SEAL.encrypt(json.dumps(asdict(self)).encode()).decode("ascii")


def opened(cookie: str) -> Pending | None:
    """What a cookie holds, or None when it is not ours or too old."""
    try:
        return Pending(**json.loads(_SEAL.decrypt(cookie.encode(), ttl=LASTS_SECONDS)))
    except (InvalidToken, UnicodeEncodeError):
        return None


def use(pending: Pending, state: str) -> bool:
    """Whether this return belongs to that sign-in and is its first; a second one never is."""
    if not secrets.compare_digest(pending.state.encode(), state.encode("utf-8", "replace")):
        return False
    now = time.monotonic()
    with _one_at_a_time:
        for old in [known for known, until in _used.items() if until < now]:
            del _used[old]
        first = pending.state not in _used
        _used.setdefault(pending.state, now + LASTS_SECONDS)
    return first
