"""The server's own addresses: signing in and out (they alone can set a cookie scripts cannot read), and health."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard import casework
from dashboard.casework.errors import Forbidden, NotFound

COOKIE = "backstride_person"
WORKING_DAY_SECONDS = 12 * 60 * 60


def sign_in(request: Request) -> Response:
    """Remember the chosen person in this browser and go on to the page first asked for."""
    code = request.path_params["code"]
    try:
        casework.actor_for(code)
    except (Forbidden, NotFound):
        return RedirectResponse("/", status_code=303)
    answer = RedirectResponse(local_address(request.query_params.get("next")), status_code=303)
    answer.set_cookie(
        COOKIE, code, max_age=WORKING_DAY_SECONDS, httponly=True, samesite="lax", secure=request.url.scheme == "https"
    )
    return answer


def sign_out(request: Request) -> Response:
    """Forget who was here and go back to the door."""
    answer = RedirectResponse("/", status_code=303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=request.url.scheme == "https")
    return answer


def health(request: Request) -> Response:
    """Say that the server answers."""
    return JSONResponse({"status": "ok"})


def local_address(wanted: str | None) -> str:
    """The wanted address when it is a plain path on this server, else the front page: no way out to another site."""
    if not wanted or not wanted.startswith("/") or wanted.startswith("//") or "\\" in wanted or "\n" in wanted:
        return "/"
    return wanted


ROUTES = [
    Route("/signin/{code}", sign_in),
    Route("/signout", sign_out),
    Route("/healthz", health),
]
