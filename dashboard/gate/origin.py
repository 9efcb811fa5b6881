"""Where a request comes from: this machine, a safe line, one of our own pages."""

from __future__ import annotations

import ipaddress
import os
import re

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import Scope

FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")
"""Headers that somebody between the browser and us has added."""
LOOPBACK_HOST = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?")
HOST = re.compile(r"[a-z0-9._-]+(:\d{1,5})?|\[[0-9a-f:.]+\](:\d{1,5})?")
"""A host as a browser names it; anything else is not repeated in an answer."""
SCHEMES = {"ws": "http", "wss": "https"}


def is_loopback(scope: Scope) -> bool:
    """Whether the browser runs on this machine and asked this machine, with nobody in between.

    Never in production, and never over HTTP/1.0, which no browser speaks: a proxy on this machine may add no header
    at all, and would make the whole world look near.
    """
    if in_production() or scope.get("http_version") == "1.0":
        return False
    headers = Headers(scope=scope)
    near = _is_near(scope.get("client")) and LOOPBACK_HOST.fullmatch(host(scope)) is not None
    return near and not any(name in headers for name in FORWARDED)


def in_production() -> bool:
    """Whether this installation says that it serves a clinic, by BACKSTRIDE_PRODUCTION."""
    return os.environ.get("BACKSTRIDE_PRODUCTION", "").strip().lower() not in ("", "0", "no", "false")


def is_encrypted(scope: Scope) -> bool:
    """Whether the line is encrypted, as the server saw it or a trusted proxy told it."""
    return scheme(scope) == "https"


def is_safe(scope: Scope) -> bool:
    """Whether a password may travel this line: an encrypted one, or none at all."""
    return is_encrypted(scope) or is_loopback(scope)


def scheme(scope: Scope) -> str:
    """The scheme of the page behind a request, that of a socket's page included: "http" or "https"."""
    given = str(scope.get("scheme", "http"))
    return SCHEMES.get(given, given)


def host(scope: Scope) -> str:
    """The host asked for in small letters; an empty string when it is no host, or several were sent."""
    given = Headers(scope=scope).getlist("host")
    name = given[0].lower() if len(given) == 1 else ""
    return name if HOST.fullmatch(name) else ""


def own(scope: Scope) -> str:
    """The origin of our own pages as this browser sees them."""
    return f"{scheme(scope)}://{host(scope)}"


def same_origin(request: HTTPConnection) -> bool:
    """Whether one of our own pages sent this request; false when the browser does not say.

    A browser says it by Origin or by Sec-Fetch-Site, neither of which a page can forge. An Origin of "null" says
    nothing by itself: a strict referrer policy makes browsers send it with a form of our own.
    """
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    if not host(request.scope) or origin not in (None, "null", own(request.scope)):
        return False
    return site == "same-origin" if site is not None else origin == own(request.scope)


def came_by_hand(request: HTTPConnection) -> bool:
    """Whether a person followed a link of ours or typed the address: no other site led here."""
    return request.headers.get("sec-fetch-site") in ("same-origin", "none")


def _is_near(client: tuple[str, int] | None) -> bool:
    try:
        return client is not None and ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False
