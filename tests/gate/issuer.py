"""An issuer of one's own for the tests: honest unless told to forge, and it notes what it was asked."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jws, jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

HERE = "https://accounts.example.org/clinic"
CLIENT = "backstride-test"
SECRET = "a secret of this test"
KEY = RSAKey.generate_key(2048, {"kid": "now", "use": "sig"}, auto_kid=False)
FOREIGN_KEY = RSAKey.generate_key(2048, {"kid": "now"}, auto_kid=False)
FOREIGN_CURVE_KEY = ECKey.generate_key("P-256", {"kid": "curve"}, auto_kid=False)
CURVE_KEY = ECKey.generate_key("P-256", {"kid": "curve"}, auto_kid=False)
PUBLIC_PEM = KEY.as_pem(private=False)

Claims = dict[str, Any]
Forgery = Callable[["Issuer", Claims], str | None]
"""Makes an id_token out of the honest claims; None: there is none."""


def base64url(said: bytes | str) -> str:
    """The form the parts of a token have."""
    return base64.urlsafe_b64encode(said.encode() if isinstance(said, str) else said).rstrip(b"=").decode()


def half_hash(said: str) -> str:
    """What at_hash is of an access token, under RS256."""
    return base64url(hashlib.sha256(said.encode()).digest()[:16])


def signed(claims: Claims, key: Any = KEY, **header: Any) -> str:
    """A token signed with RS256 by the issuer's key, unless told otherwise."""
    head = {"alg": "RS256", "kid": "now", **header}
    return jwt.encode(head, claims, key, algorithms=[head["alg"]])


def honest(_: Issuer, claims: Claims) -> str:
    """The token as it should be."""
    return signed(claims)


@dataclass
class Issuer:
    """Knows one person at a time; what it says of itself, its keys and its tokens can be changed."""

    subject: str = "subject-of-noor"
    forge: Forgery = honest
    says: dict[str, Any] = field(default_factory=dict)
    """What it says of itself differently."""
    keys: dict[str, Any] = field(default_factory=lambda: KeySet([KEY, CURVE_KEY]).as_dict())
    answers: Callable[[], Response] | None = None
    """What the token endpoint answers instead, if anything."""
    asked: list[str] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def app(self) -> Starlette:
        """Its web server."""
        return Starlette(
            routes=[
                Route("/clinic/.well-known/openid-configuration", self._describe),
                Route("/clinic/token", self._token, methods=["POST"]),
                Route("/clinic/keys", self._keys),
            ]
        )

    def visited(self, address: str) -> str:
        """What a person brings back who followed ``address`` and agreed: the query of the return."""
        wanted = {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}
        code = f"code-{len(self._codes)}"
        self._codes[code] = wanted
        return f"code={code}&state={wanted['state']}"

    def _describe(self, request: Request) -> Response:
        self.asked.append("describe")
        said = {
            "issuer": HERE,
            "authorization_endpoint": f"{HERE}/authorize",
            "token_endpoint": f"{HERE}/token",
            "jwks_uri": f"{HERE}/keys",
            **self.says,
        }
        return JSONResponse(said)

    def _keys(self, request: Request) -> Response:
        self.asked.append("keys")
        return JSONResponse(self.keys)

    async def _token(self, request: Request) -> Response:
        self.asked.append("token")
        if self.answers:
            return self.answers()
        form = await request.form()
        wanted = self._codes.pop(str(form.get("code")), None)
        if wanted is None or not self._may_have(request, form, wanted):
            return JSONResponse({"error": "invalid_grant"}, 400)
        token = self.forge(self, self._claims(wanted))
        answer = {"access_token": ACCESS, "token_type": "Bearer", **({"id_token": token} if token is not None else {})}
        return JSONResponse(answer)

    def _may_have(self, request: Request, form: Any, wanted: dict[str, str]) -> bool:
        """The client proves itself by its secret, and by the verifier that it is the one that asked."""
        challenge = base64url(hashlib.sha256(str(form.get("code_verifier")).encode()).digest())
        known = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        return (
            wanted["code_challenge_method"] == "S256"
            and wanted["code_challenge"] == challenge
            and wanted["redirect_uri"] == form.get("redirect_uri")
            and request.headers.get("authorization") == f"Basic {known}"
        )

    def _claims(self, wanted: dict[str, str]) -> Claims:
        now = int(time.time())
        return {
            "iss": HERE,
            "sub": self.subject,
            "aud": CLIENT,
            "exp": now + 300,
            "iat": now,
            "auth_time": now,
            "nonce": wanted["nonce"],
            "at_hash": half_hash(ACCESS),
        }


ACCESS = "an access token of this test"


def changed(**claims: Any) -> Forgery:
    """A well signed token with other claims; a claim of None is left out."""

    def forge(_: Issuer, said: Claims) -> str:
        return signed({key: value for key, value in {**said, **claims}.items() if value is not None})

    return forge


def unsigned(_: Issuer, claims: Claims) -> str:
    """A token that says it needs no signature."""
    return _body({"alg": "none"}, claims) + "."


def with_the_public_key(_: Issuer, claims: Claims) -> str:
    """A token "signed" with what everybody may know, as if it were a shared secret."""
    body = _body({"alg": "HS256", "kid": "now"}, claims)
    return f"{body}.{base64url(hmac.new(PUBLIC_PEM, body.encode(), 'sha256').digest())}"


def by_somebody_else(_: Issuer, claims: Claims) -> str:
    """A token signed by a key of the same name that is not the issuer's."""
    return signed(claims, FOREIGN_KEY)


def with_its_own_key(_: Issuer, claims: Claims) -> str:
    """A token that brings the key to check it with."""
    return signed(claims, FOREIGN_CURVE_KEY, alg="ES256", kid="curve", jwk=FOREIGN_CURVE_KEY.as_dict(private=False))


def _body(head: Claims, claims: Claims) -> str:
    return f"{base64url(json.dumps(head))}.{base64url(json.dumps(claims))}"


def altered(_: Issuer, claims: Claims) -> str:
    """An honest token whose subject was changed after it was signed."""
    head, _body, signature = signed(claims).split(".")
    return f"{head}.{base64url(json.dumps({**claims, 'sub': 'somebody-else'}))}.{signature}"


def signed_words(said: str) -> str:
    """A well signed token that holds something else than claims."""
    return jws.serialize_compact({"alg": "RS256", "kid": "now"}, said.encode(), KEY)
