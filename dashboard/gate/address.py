"""Addresses to go on to: only plain paths of this server, so that signing in never leads to another site."""

from __future__ import annotations

import re
from urllib.parse import quote

from starlette.types import Scope

LONGEST = 500
PLAIN = re.compile(r"/(?![/\\])[!-\[\]-~]*")
"""A slash, not two, then visible letters without a backslash: nothing a browser reads as another host."""
NOWHERE = (
    *("/signin", "/signout", "/welcome", "/gate", "/join", "/enrol", "/again", "/making", "/setup", "/open-id"),
    "/tablet",
)
"""Addresses of the gate itself: somebody who signed in wants to go past it."""


def local(wanted: str | None) -> str:
    """The wanted address when it is a plain path on this server, else the front page."""
    if not wanted or len(wanted) > LONGEST or not PLAIN.fullmatch(wanted):
        return "/"
    return "/" if wanted.startswith(NOWHERE) else wanted


def asked(scope: Scope) -> str:
    """The address a request was for, path and query, as something to come back to."""
    path = quote(str(scope["path"]), safe="/-._~")
    query = scope.get("query_string", b"").decode("latin-1")
    return local(path + (f"?{query}" if query else ""))


def with_next(page: str, wanted: str, **more: str) -> str:
    """A page of the gate that leads on to the wanted address."""
    words = {**more, **({"next": wanted} if wanted != "/" else {})}
    return page + ("?" + "&".join(f"{name}={quote(word, safe='')}" for name, word in words.items()) if words else "")
