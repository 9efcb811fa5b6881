"""How the gate says no: a page to a person, a line to a program, and nothing to a stranger that could help them."""

from __future__ import annotations

import logging
import secrets

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dashboard.casework import obstacles
from dashboard.gate import address, origin, paper
from dashboard.quiet import Said

_log = logging.getLogger("backstride.gate")
TABLET = "/tablet"
"""The one page of a tablet in a patient's hands."""
WHY_NOT_YET = {"enrol": "/enrol"}
"""What is still to be done before coming in, and where."""


def wants_a_page(request: Request) -> bool:
    """Whether a person is looking, rather than a program."""
    return request.method in ("GET", "HEAD") and "text/html" in request.headers.get("accept", "")


def nobody(request: Request) -> Response:
    """Somebody without a sign-in: a person is asked who they are and comes back, a program is refused."""
    if wants_a_page(request):
        return paper.go(address.with_next("/signin", address.asked(request.scope)))
    return JSONResponse({"error": "sign in first"}, 401)


def not_yet(request: Request, what: str) -> Response:
    """Signed in, but something has to be done first."""
    if wants_a_page(request) and what in WHY_NOT_YET:
        return paper.go(address.with_next(WHY_NOT_YET[what], address.asked(request.scope)))
    return JSONResponse({"error": "finish signing in first"}, 403)


def handed_over(request: Request) -> Response:
    """A patient holds the tablet: a person is led to its questions, a program is told why nothing else is open."""
    if wants_a_page(request):
        return paper.go(TABLET)
    return JSONResponse({"error": "the tablet is handed over"}, 423)


def shut(request: Request) -> Response:
    """A door that stays shut for everybody."""
    return JSONResponse({"error": "there is nothing here"}, 404)


def elsewhere(request: Request) -> Response:
    """A form that another site sent, or a browser that does not say where it comes from."""
    lines = ("It did not come from a page of Backstride. Go back to Backstride's own page and try again.",)
    return told(request, 403, "This was not accepted", lines)


def open_line(request: Request) -> Response:
    """A line on which a password could be read on its way."""
    if not wants_a_page(request):
        return JSONResponse({"error": "an encrypted line is needed"}, 403)
    return paper.page(request, "open_line.html", 403)


def wrong(request: Request, error: Exception) -> Response:
    """A request no page of the gate can answer, such as a method it does not have."""
    status = error.status_code if isinstance(error, HTTPException) else 400
    heading = "There is nothing here" if status == 404 else "This was not accepted"
    return told(request, status, heading, ())


def broken(request: Request, error: Exception) -> Response:
    """Something failed: what a clinic can mend is said to whoever sits at the machine, the rest to the log only."""
    found = obstacles.obstacle(error)
    if found is None:
        number = secrets.token_hex(4)
        _log.error("%s at the gate, reference %s", type(error).__name__, Said(number), exc_info=error)
        return told(request, 500, "Something went wrong", (f"It was noted under the number {number}.",))
    _log.error("%s: %s", Said(found.what), Said(" | ".join(found.lines)))
    near = origin.is_loopback(request.scope)
    lines = found.lines if near else ("The log of the machine Backstride runs on says why.",)
    return told(request, 503, found.what, lines)


def told(request: Request, status: int, heading: str, lines: tuple[str, ...]) -> Response:
    """A calm page with a heading and a few lines, or the heading alone to a program."""
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse({"error": heading}, status)
    return paper.page(request, "told.html", status, heading=heading, lines=lines)
