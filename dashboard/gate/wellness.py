"""Whether the server answers, and whether it is ready for people: for whoever watches it, without a sign-in."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dashboard.casework import readiness


def healthz(request: Request) -> Response:
    """The program runs and answers."""
    return JSONResponse({"status": "ok"})


def readyz(request: Request) -> Response:
    """Ready, or why not in plain reasons that name no path, address or person."""
    reasons = readiness.reasons()
    return JSONResponse({"ready": not reasons, "reasons": list(reasons)}, 503 if reasons else 200)
