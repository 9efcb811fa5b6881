"""Talking to the issuer: what it says of itself, its keys, and the exchange of a code for tokens."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import anyio
import httpx
from authlib.oauth2.auth import ClientAuth  # type: ignore[import-untyped]
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request  # type: ignore[import-untyped]
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]

from dashboard.gate.pending import Pending
from dashboard.open_id import LOOPBACK, OpenId, SecretUnreadable

KEEP_SECONDS = 600
"""How long what the issuer says of itself is believed without asking again; its keys are asked for at each return."""
PATIENCE_SECONDS = 10.0
"""For one whole answer, however slowly it drips."""
LONGEST_ANSWER = 1_000_000
_WELL_KNOWN = "/.well-known/openid-configuration"
_METHODS = ("client_secret_basic", "client_secret_post")


class Unreachable(Exception):  # noqa: N818 - what it says of the issuer
    """The issuer did not answer as an issuer does; the message is one word or two, never part of an answer."""


@dataclass(frozen=True)
class Provider:
    """The issuer's own addresses, each one where the clinic said the issuer lives."""

    setting: OpenId
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    auth_method: str
    names_itself: bool = False
    """Whether it promises to say on every return who it is."""

    def asks(self, pending: Pending, back: str) -> str:
        """The address that asks the issuer who sits at this browser."""
        challenge = create_s256_code_challenge(pending.verifier)
        anew = {"prompt": "login", "max_age": "0"} if self.asks_anew(pending) else {}
        return str(
            prepare_grant_uri(
                self.authorization_endpoint,
                self.setting.client_id,
                "code",
                redirect_uri=back,
                scope="openid",
                state=pending.state,
                nonce=pending.nonce,
                code_challenge=challenge,
                code_challenge_method="S256",
                **anew,
            )
        )

    def asks_anew(self, pending: Pending) -> bool:
        """Whether the issuer has to ask who is there, whatever it remembers of this browser."""
        return pending.again or self.setting.ask_every_time

    async def exchange(self, code: str, pending: Pending, back: str) -> Mapping[str, Any]:
        """The tokens the issuer gives for a code; raises Unreachable."""
        body = prepare_token_request("authorization_code", code=code, redirect_uri=back, code_verifier=pending.verifier)
        headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        uri, headers, body = self._client().prepare("POST", self.token_endpoint, headers, body)
        return await _asked(self.setting, "POST", uri, headers, body)

    async def keys(self) -> Mapping[str, Any]:
        """The keys the issuer signs with now; raises Unreachable."""
        return await _asked(self.setting, "GET", self.jwks_uri)

    def _client(self) -> ClientAuth:
        try:
            secret = self.setting.secret()
        except SecretUnreadable:
            raise Unreachable("no secret") from None
        return ClientAuth(self.setting.client_id, secret, self.auth_method if secret else "none")


_found: dict[OpenId, tuple[float, Provider]] = {}


async def found(setting: OpenId) -> Provider:
    """The issuer as it describes itself, asked for at most every ten minutes; raises Unreachable."""
    when, known = _found.get(setting, (float("-inf"), None))
    if known is None or time.monotonic() - when > KEEP_SECONDS:
        known = _believed(setting, await _asked(setting, "GET", setting.issuer.rstrip("/") + _WELL_KNOWN))
        _found.clear()
        _found[setting] = (time.monotonic(), known)
    return known


def forget() -> None:
    """Ask the issuer anew next time."""
    _found.clear()


def _believed(setting: OpenId, says: Mapping[str, Any]) -> Provider:
    """What the issuer says of itself, as far as it is its to say."""
    if says.get("issuer") != setting.issuer:
        raise Unreachable("another issuer")
    addresses = {key: says.get(key) for key in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    for key, address in addresses.items():
        if not isinstance(address, str) or not setting.trusts(address):
            raise Unreachable(f"foreign {key}")
    offered = says.get("token_endpoint_auth_methods_supported") or _METHODS
    method = next((one for one in _METHODS if one in offered), _METHODS[0])
    named = says.get("authorization_response_iss_parameter_supported") is True
    return Provider(setting, auth_method=method, names_itself=named, **addresses)  # type: ignore[arg-type]


def client(setting: OpenId) -> httpx.AsyncClient:
    """What questions to the issuer go through: no redirect is followed, and on this machine no proxy is asked."""
    local = httpx.URL(setting.issuer).host in LOOPBACK
    return httpx.AsyncClient(timeout=PATIENCE_SECONDS, follow_redirects=False, trust_env=not local)


async def _asked(
    setting: OpenId, method: str, address: str, headers: Mapping[str, str] | None = None, body: str | None = None
) -> Mapping[str, Any]:
    """The object the issuer answers with; raises Unreachable for anything else."""
    try:
        with anyio.fail_after(PATIENCE_SECONDS):
            async with (
                client(setting) as asking,
                asking.stream(method, address, headers=headers, content=body) as answer,
            ):
                said = await _read(answer)
        read = json.loads(said)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError, RecursionError) as why:
        raise Unreachable(type(why).__name__) from None
    if not isinstance(read, dict):
        raise Unreachable("no object")
    return read


async def _read(answer: httpx.Response) -> bytes:
    if answer.status_code != 200:
        raise Unreachable(f"answer {answer.status_code}")
    said = b""
    async for part in answer.aiter_bytes():
        said += part
        if len(said) > LONGEST_ANSWER:
            raise Unreachable("endless answer")
    return said
