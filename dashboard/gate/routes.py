"""The gate's own addresses: which are open to everybody, and which need a sign-in like everything else."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route, Router
from starlette.types import Message, Receive, Scope, Send

from dashboard.gate import (
    account,
    emergency,
    enrolling,
    handing_over,
    lasting,
    oidc,
    refusals,
    setting_up,
    shell,
    signing,
    tablet,
    welcoming,
    wellness,
)

FILES = Path(__file__).parent / "assets"
STREAM = "/_stcore/stream"
"""Streamlit's socket, the only one there is."""

_FONT = next(shell.static_folder().glob("static/media/SourceSansVF-Upright*.woff2"), FILES / "none")


def _file(path: Path, request: Request) -> Response:
    return FileResponse(path)


def _asset(path: Path, name: str = "") -> Route:
    return Route(f"/gate/{name or path.name}", partial(_file, path))


WELL_ROUTES = (Route("/healthz", wellness.healthz), Route("/readyz", wellness.readyz))
ASSET_ROUTES = (*(_asset(path) for path in sorted(FILES.iterdir())), _asset(_FONT, "sans.woff2"))

OPEN_ROUTES = (
    Route("/signin", signing.ask, methods=["GET"]),
    Route("/signin", signing.answer, methods=["POST"]),
    Route("/signin/demo", signing.answer_demo, methods=["POST"]),
    Route("/signout", signing.leave, methods=["GET"]),
    Route("/signout", signing.leave_now, methods=["POST"]),
    Route("/welcome", welcoming.welcome, methods=["GET"]),
    Route("/welcome/demo", welcoming.open_demo, methods=["POST"]),
    Route("/welcome/clinic", welcoming.open_clinic, methods=["POST"]),
    Route("/making", welcoming.watch, methods=["GET"]),
    Route("/making/state", welcoming.state, methods=["GET"]),
    Route("/setup", setting_up.ask, methods=["GET"]),
    Route("/setup", setting_up.answer, methods=["POST"]),
    Route("/setup/token", setting_up.print_again, methods=["POST"]),
    Route("/join", enrolling.join, methods=["GET"]),
    Route("/join", enrolling.joined, methods=["POST"]),
    *oidc.OPEN_ID_ROUTES,
)
"""Addresses that lead to a sign-in, and so need none."""

BEHIND_ROUTES = (
    Route("/gate/left", lasting.left, methods=["GET"]),
    Route("/gate/alive", lasting.alive, methods=["POST"]),
    Route("/setup/made", setting_up.made, methods=["GET"]),
    Route("/enrol", enrolling.enrol, methods=["GET"]),
    Route("/enrol", enrolling.enrolled, methods=["POST"]),
    Route("/act-as", enrolling.roles, methods=["GET"]),
    Route("/act-as", enrolling.act_as, methods=["POST"]),
    Route("/account", account.ask, methods=["GET"]),
    Route("/account/password", account.new_password, methods=["POST"]),
    Route("/account/telephone", account.other_telephone, methods=["POST"]),
    *emergency.EMERGENCY_ROUTES,
    *handing_over.HANDING_OVER_ROUTES,
)
"""Addresses of the gate for whoever is signed in."""

TABLET_ROUTES = tablet.TABLET_ROUTES
"""All that is open, beside files that are the same for everybody, while a patient holds the tablet."""

UNFINISHED = frozenset({"/gate/left", "/gate/alive", "/setup/made", "/enrol", "/act-as"})
"""Those that answer also while the second factor has still to be set up."""

WELL, ASSETS, OPEN, BEHIND, TABLET = (
    frozenset(route.path for route in routes)
    for routes in (WELL_ROUTES, ASSET_ROUTES, OPEN_ROUTES, BEHIND_ROUTES, TABLET_ROUTES)
)
_router = Router([*WELL_ROUTES, *ASSET_ROUTES, *OPEN_ROUTES, *BEHIND_ROUTES, *TABLET_ROUTES], redirect_slashes=False)


async def gate(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer at the gate, never further in: what no page of the gate answers is refused here."""
    begun = False

    async def sending(message: Message) -> None:
        nonlocal begun
        begun = True
        await send(message)

    try:
        await _router({**scope, "app": None}, receive, sending)
    except Exception as error:
        if begun:
            raise
        answer = refusals.wrong if isinstance(error, HTTPException) else refusals.broken
        await answer(Request(scope), error)(scope, receive, send)
