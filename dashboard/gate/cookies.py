"""The cookies: an opaque token and a browser's mark; scripts cannot read them, and neither travels an open line."""

from __future__ import annotations

import re

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Scope

from dashboard.gate import origin

SAFE_NAME = "__Host-backstride"
LOOPBACK_NAME = "backstride"
"""On this machine alone: browsers refuse the other name where there is no encryption."""
OF_BROWSER = "-browser"
"""Ends the name of the cookie that marks a browser somebody came in with before; it opens nothing."""
TOKEN = re.compile(r"[A-Za-z0-9_-]{20,200}")


def name(scope: Scope) -> str:
    """The cookie's name on this line; an empty string on a line that must carry none."""
    if origin.is_encrypted(scope):
        return SAFE_NAME
    return LOOPBACK_NAME if origin.is_loopback(scope) else ""


def token_in(scope: Scope) -> str:
    """The token a browser brought; an empty string for none, a malformed one, or two of them."""
    return _brought(scope, name(scope))


def mark_in(scope: Scope) -> str:
    """The mark a browser brought, likewise."""
    return _brought(scope, name(scope) and name(scope) + OF_BROWSER)


def give_mark(response: Response, request: HTTPConnection, mark: str, days: int) -> None:
    """Let the browser keep its mark for so many days; nothing for an empty one."""
    if mark and (wanted := name(request.scope)):
        safe = wanted == SAFE_NAME
        lasting = days * 24 * 3600
        response.set_cookie(wanted + OF_BROWSER, mark, lasting, path="/", secure=safe, httponly=True, samesite="lax")


def _brought(scope: Scope, wanted: str) -> str:
    if not wanted:
        return ""
    pairs = (pair.partition("=") for line in Headers(scope=scope).getlist("cookie") for pair in line.split(";"))
    found = [value.strip() for key, _, value in pairs if key.strip() == wanted]
    return found[0] if len(found) == 1 and TOKEN.fullmatch(found[0]) else ""


def give(response: Response, request: HTTPConnection, token: str) -> None:
    """Let the browser keep the token until it is closed; RuntimeError on a line that must carry none."""
    wanted = name(request.scope)
    if not wanted:
        raise RuntimeError("no sign-in on an open line")
    response.set_cookie(wanted, token, path="/", secure=wanted == SAFE_NAME, httponly=True, samesite="lax")


def take_away(response: Response, request: HTTPConnection) -> None:
    """Let the browser forget the token."""
    if wanted := name(request.scope):
        response.delete_cookie(wanted, path="/", secure=wanted == SAFE_NAME, httponly=True, samesite="lax")
