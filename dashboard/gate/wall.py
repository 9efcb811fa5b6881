"""The wall: every request and every socket needs a sign-in that lasts; a few pages that lead to one do not."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard import accounts
from dashboard.accounts import Known
from dashboard.gate import cookies, headers, origin, presses, refusals, routes
from dashboard.gate.shell import shell
from dashboard.gate.sockets import LIVE, Socket, Sockets

OURS = b"x-backstride-"
"""Headers that only the wall may set; a browser's own are taken off."""
SHUT = (
    *("/_stcore/agent", "/_stcore/metrics", "/_stcore/script-health-check"),
    *("/auth/", "/oauth2callback", "/app/static"),
)
"""Doors of Streamlit that nobody needs here, whoever asks; people sign in at the gate, not there."""
DOWNLOADS = "/media/"
"""The one thing of Streamlit's that a browser opens as it opens a page."""
STREAMLITS = ("/_stcore/", "/static/", "/component/")
"""What is neither a page of the menu nor a download."""
HTML = "text/html"
READING = ("GET", "HEAD")
TOUCH_EVERY_SECONDS = 20.0

_log = logging.getLogger("backstride.gate")


class Wall:
    """Stands before Streamlit. Whoever it lets through has two headers of ours saying who they are."""

    def __init__(self, app: ASGIApp, sockets: Sockets = LIVE) -> None:
        self.app, self.sockets = app, sockets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it through, answer it at the gate, or refuse it; whatever goes wrong refuses."""
        if scope["type"] == "http":
            await self._http(scope, receive, headers.dressed(scope, send))
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer: ASGIApp
        try:
            answer = await self._answer(scope)
        except Exception as error:  # whatever it is, nobody comes through, and a person reads what can be mended
            answer = refusals.broken(Request(scope), error)
        await answer(scope, receive, send)

    async def _answer(self, scope: Scope) -> ASGIApp:
        """Who answers a request: the gate's own pages, Streamlit's page, Streamlit behind it, or a refusal."""
        request, path = Request(scope), scope["path"]
        if path in routes.WELL:
            return routes.gate
        if path in routes.ASSETS and scope["method"] in READING:
            return routes.gate
        if not origin.is_safe(scope):
            return refusals.open_line(request)
        if scope["method"] not in READING and not origin.same_origin(request):
            return refusals.elsewhere(request)
        known = await self._known(scope)
        request.state.known = known
        if known is not None and known.handed_over is not None:
            # A patient holds it: not even the doors that are open to everybody, lest they lead to somebody's sign-in.
            return routes.gate if path in routes.TABLET else refusals.handed_over(request)
        if path in routes.OPEN:
            return routes.gate
        if known is None:
            return refusals.nobody(request)
        if known.must and path not in routes.UNFINISHED:
            return refusals.not_yet(request, known.must)
        return routes.gate if path in routes.BEHIND | routes.TABLET else self._inside(request, known)

    def _inside(self, request: Request, known: Known) -> ASGIApp:
        scope, path = request.scope, request.scope["path"]
        if path.startswith(SHUT):
            return refusals.shut(request)
        if refusals.wants_a_page(request) and not path.startswith(DOWNLOADS):
            # Streamlit answers an unknown file with its own page, which nothing clears when the sign-in ends.
            return refusals.shut(request) if path.startswith(STREAMLITS) else Response(shell().page, media_type=HTML)
        return _with(self.app, _identified(scope, known))

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        known = await self._known_at_socket(scope)
        if known is None:
            await send({"type": "websocket.close", "code": 1008})
            return
        socket = Socket(receive, send, heard=self._hearing(known.sign_in))
        with self.sockets.opened(known.sign_in, socket):
            await self.app(_identified(scope, known), socket.receive, socket.send)

    async def _known_at_socket(self, scope: Scope) -> Known | None:
        connection = HTTPConnection(scope)
        own = origin.host(scope) and connection.headers.getlist("origin") == [origin.own(scope)]
        if scope["path"] != routes.STREAM or not own:
            return None
        try:
            known = await self._known(scope)
        except Exception as error:
            _log.warning("a socket was refused: %s", type(error).__name__)
            return None
        return None if known is None or known.must or known.handed_over is not None else known

    async def _known(self, scope: Scope) -> Known | None:
        token = cookies.token_in(scope)
        return await run_in_threadpool(accounts.known, token) if token else None

    def _hearing(self, sign_in: str) -> Callable[[bytes], None]:
        """What to do with each message of a socket: a person's press keeps the sign-in from idling out."""

        told = -TOUCH_EVERY_SECONDS

        def heard(message: bytes) -> None:
            nonlocal told
            now = time.monotonic()
            if now - told >= TOUCH_EVERY_SECONDS and presses.is_a_persons(message):
                told = now
                self.sockets.aside(accounts.touch, sign_in)

        return heard


def _identified(scope: Scope, known: Known) -> Scope:
    """The scope with our two headers, and none that somebody else named like ours."""
    kept = [(name, value) for name, value in scope["headers"] if not name.lower().startswith(OURS)]
    ours = [
        (OURS + b"person", str(known.person_id).encode()),
        (OURS + b"sign-in", known.sign_in.encode()),
    ]
    return {**scope, "headers": kept + ours}


def _with(app: ASGIApp, scope: Scope) -> ASGIApp:
    async def answering(_: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, send)

    return answering
