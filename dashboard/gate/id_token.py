"""What an id_token proves: it was signed by the issuer, for Backstride, for this very sign-in, a moment ago."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Only those whose verifying key cannot sign: a shared secret or "none" never proves who issued a token."""
LEEWAY_SECONDS = 60
"""How far the issuer's clock and this machine's may be apart."""
LONGEST_SUBJECT = 255
_KINDS = ("RSA", "EC", "OKP")


class Unproven(Exception):  # noqa: N818 - what it says of the token
    """The token does not prove who this is; the message is one word for the log, never part of a token."""


@dataclass(frozen=True)
class Expected:
    """What the token has to be made for."""

    issuer: str
    client_id: str
    nonce: str
    begun: float
    """When this sign-in began, in seconds since 1970; a token issued before it belongs to another."""
    anew: bool = False
    """Whether the person must have proved who they are to the issuer since then, not some time ago."""


def subject_of(tokens: Mapping[str, Any], keys: Any, expected: Expected) -> str:
    """Whom the issuer vouches for in its answer; raises Unproven for every defect, whatever it is."""
    try:
        return _subject(tokens, keys, expected)
    except Unproven:
        raise
    except Exception as why:  # a library's own error is a defect like any other, and may quote the token
        raise Unproven(type(why).__name__) from None


def _subject(tokens: Mapping[str, Any], keys: Any, expected: Expected) -> str:
    token = tokens.get("id_token")
    if not isinstance(token, str) or not token:
        raise Unproven("no id_token")
    read = jwt.decode(token, KeySet.import_key_set(_verifying(keys)), registry=_REGISTRY)
    claims = CodeIDToken(read.claims, read.header, _options(expected), _parameters(tokens, expected))
    claims.validate(leeway=LEEWAY_SECONDS)
    _fits_this_sign_in(claims, expected)
    return _usable(claims["sub"])


_REGISTRY = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)


def _verifying(keys: Any) -> Any:
    """The issuer's keys that may verify a signature; a secret among them is none."""
    usable = [key for key in keys["keys"] if key.get("kty") in _KINDS and key.get("use", "sig") == "sig"]
    return {"keys": usable}


def _options(expected: Expected) -> dict[str, Any]:
    return {
        "iss": {"essential": True, "value": expected.issuer},
        "aud": {"essential": True, "value": expected.client_id},
        **{name: {"essential": True} for name in ("sub", "exp", "iat", "nonce")},
    }


def _parameters(tokens: Mapping[str, Any], expected: Expected) -> dict[str, Any]:
    return {"client_id": expected.client_id, "nonce": expected.nonce, "access_token": tokens.get("access_token")}


def _fits_this_sign_in(claims: CodeIDToken, expected: Expected) -> None:
    """What the library leaves open: whether the token is of this sign-in and what it hashes is there to be hashed."""
    if not _since(claims["iat"], expected.begun):
        raise Unproven("iat")
    if expected.anew and not _since(claims.get("auth_time"), expected.begun):
        raise Unproven("auth_time")
    if claims["nonce"] != expected.nonce:
        raise Unproven("nonce")
    if "at_hash" in claims and not (claims["at_hash"] and claims.params["access_token"]):
        raise Unproven("at_hash")
    if "azp" in claims and claims["azp"] != expected.client_id:
        raise Unproven("azp")


def _since(moment: Any, begun: float) -> bool:
    """Whether a moment lies between the beginning of this sign-in and now, as far as two clocks agree."""
    number = isinstance(moment, int | float) and not isinstance(moment, bool)
    return number and begun - LEEWAY_SECONDS <= moment <= time.time() + LEEWAY_SECONDS


def _usable(subject: str) -> str:
    if not subject or len(subject) > LONGEST_SUBJECT or not subject.isprintable():
        raise Unproven("sub")
    return subject
