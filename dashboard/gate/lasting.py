"""How long a sign-in still lasts, for the script in the page; a real key or press makes it last longer."""

from __future__ import annotations

import hashlib

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dashboard import accounts


def left(request: Request) -> Response:
    """Seconds until the idle limit and until the end, and whose page this is, without saying who."""
    known = request.state.known
    return JSONResponse({"tag": _tag(known.sign_in), "idle": known.idle_seconds_left, "left": known.seconds_left})


def alive(request: Request) -> Response:
    """Somebody typed or pressed: the idle limit starts anew."""
    accounts.touch(request.state.known.sign_in)
    return Response(status_code=204)


def _tag(sign_in: str) -> str:
    """The same for one sign-in, of no use for anything else: a page sees by it that somebody else signed in."""
    return hashlib.sha256(f"tag {sign_in}".encode()).hexdigest()[:16]
