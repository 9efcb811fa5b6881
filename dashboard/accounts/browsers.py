"""Browsers a person came in with before: whoever guesses elsewhere does not keep that person from the door."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from db import engine, queries
from db.keys import subkey
from db.scope import program
from db.tables import Account, Person

_NONCE, _SEAL = 16, 32
LASTS_DAYS = 180
"""How long a browser should keep its mark."""


def mark(person_id: int) -> str:
    """What a browser shows at the next sign-in to be counted apart; empty for a person without an account.

    It opens nothing: name, password and second factor are asked as ever. A new password makes it worthless.
    """
    with engine.reading(scope=program("signing in")) as session:
        account = queries.account_of(session, person_id)
    if account is None:
        return ""
    nonce = secrets.token_urlsafe(_NONCE)
    return f"{nonce}{_seal(account, nonce)}"


def counted_under(person: Person | None, account: Account | None, shown: str) -> str:
    """The key that attempts from this browser are counted under; empty when the mark is none of this person's."""
    if person is None or account is None or not shown.isascii():
        return ""
    nonce, seal = shown[:-_SEAL], shown[-_SEAL:]
    if not hmac.compare_digest(seal, _seal(account, nonce)):
        return ""
    return f"browser:{person.id}:{hashlib.sha256(nonce.encode()).hexdigest()[:16]}"


def _seal(account: Account, nonce: str) -> str:
    told = f"{account.person_id} {account.password_hash} {nonce}".encode()
    return hmac.new(subkey("browser"), told, hashlib.sha256).hexdigest()[:_SEAL]
