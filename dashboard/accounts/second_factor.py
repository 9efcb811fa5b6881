"""The second factor: codes from a telephone, each taken once, and ten codes on paper for when it is lost."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote, urlencode

import pyotp

DIGITS, SECONDS = 6, 30
LEEWAY = 1
"""Steps a telephone's clock may be off, either way."""
ON_PAPER = 10
_PAPER_BYTES = 10


def new_secret() -> str:
    """160 random bits in 32 letters, as authenticator apps take them."""
    return pyotp.random_base32(32)


def address(secret: str, code: str, issuer: str) -> str:
    """What a QR code says, so that an app takes the secret over."""
    label = quote(f"{issuer}:{code}", safe="")
    asked = {"secret": secret, "issuer": issuer, "algorithm": "SHA1", "digits": DIGITS, "period": SECONDS}
    return f"otpauth://totp/{label}?{urlencode(asked, quote_via=quote)}"


def step_shown(secret: str, code: str, at: datetime, newer_than: int | None) -> int | None:
    """The time step this code belongs to, if it is one of now that is newer than the last one taken; else None."""
    told = code.encode("utf-8", "replace")
    clock = pyotp.TOTP(secret, digits=DIGITS, interval=SECONDS)
    now, found = int(at.timestamp()) // SECONDS, None
    for step in range(now - LEEWAY, now + LEEWAY + 1):
        if hmac.compare_digest(clock.generate_otp(step).encode(), told) and (newer_than is None or step > newer_than):
            found = step
    return found


def is_from_a_telephone(second: str) -> bool:
    """Whether this looks like a code from a telephone, not like one on paper."""
    return len(plain(second)) <= DIGITS


def plain(second: str) -> str:
    """A code as it is compared: without the spaces and hyphens it is shown with."""
    return "".join(sign for sign in second.casefold() if sign.isalnum())


def on_paper() -> tuple[str, ...]:
    """New codes to write down or print: 80 random bits each, in four groups of four letters."""
    letters = [base64.b32encode(secrets.token_bytes(_PAPER_BYTES)).decode().lower() for _ in range(ON_PAPER)]
    return tuple("-".join(code[place : place + 4] for place in range(0, 16, 4)) for code in letters)


def kept(code: str) -> str:
    """What is stored of a code on paper; it has too many random bits to be found again by trying."""
    return hashlib.sha256(f"recovery {plain(code)}".encode()).hexdigest()


def without(hashes: Sequence[str], code: str) -> list[str] | None:
    """The codes left when this one is used up; None if it is none of them."""
    told = kept(code)
    left = [each for each in hashes if not hmac.compare_digest(each, told)]
    return left if len(left) < len(hashes) else None
