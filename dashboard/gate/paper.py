"""The gate's own pages: plain HTML that works without scripts, every word escaped, one look."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard.casework import storage

PAGES = Path(__file__).parent / "pages"
LARGEST_FORM = 20_000
"""Bytes; the longest form of the gate is a reason of a few lines."""
MOST_FIELDS = 40
URLENCODED = "application/x-www-form-urlencoded"

_templates = Environment(loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True)

Fields = Mapping[str, str]
"""A form as it was sent; a field that is missing is an empty string for ``said``."""


def page(request: Request, template: str, status: int = 200, **words: Any) -> Response:
    """A page of the gate; its template knows ``known``, whoever is signed in, and ``demo``, the invented clinic."""
    words |= {"known": getattr(request.state, "known", None), "demo": storage.is_demo()}
    text = _templates.get_template(template).render(path=request.scope["path"], **words)
    return Response(text, status, {"Referrer-Policy": "same-origin"}, "text/html")


def go(where: str) -> Response:
    """Go on to another address of this server, by GET."""
    return RedirectResponse(where, 303)


def said(fields: Fields, name: str, longest: int = 200) -> str:
    """What stands in a field without the space around it, at most ``longest`` letters; empty when it is missing."""
    return fields.get(name, "").strip()[:longest]


FORMS_AT_ONCE = 3
"""Of strangers, and of those signed in, each; hashing a password takes a core and 64 MiB."""
MOST_WAITING = 30


class _Turns:
    """Forms that take turns; counted here, because whoever asks for a thread does not wait for one at once."""

    def __init__(self) -> None:
        self.each = CapacityLimiter(FORMS_AT_ONCE)
        self.here = 0

    async def take(self, deed: Callable[[Request, Fields], Response], request: Request, fields: Fields) -> Response:
        if self.here >= FORMS_AT_ONCE + MOST_WAITING:
            return _crowded(request)
        self.here += 1
        try:
            return await to_thread.run_sync(deed, request, fields, limiter=self.each)
        finally:
            self.here -= 1


_TURNS: RunVar[dict[bool, _Turns]] = RunVar("turns")
"""Those of strangers (True) and of people signed in, in this event loop."""


def form(deed: Callable[[Request, Fields], Response]) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint of a form: reads what was sent, however much was, and runs the deed beside the event loop.

    Strangers' forms wait for each other and for nothing else: a crowd at the door slows nobody who is inside.
    """

    @wraps(deed)
    async def endpoint(request: Request) -> Response:
        fields = await _fields(request)
        is_stranger = getattr(request.state, "known", None) is None
        return await _turns(is_stranger).take(deed, request, fields)

    return endpoint


def _turns(of_strangers: bool) -> _Turns:
    try:
        both = _TURNS.get()
    except LookupError:
        both = {kind: _Turns() for kind in (True, False)}
        _TURNS.set(both)
    return both[of_strangers]


def _crowded(request: Request) -> Response:
    lines = ("Many forms arrive at this moment. Wait a few seconds, go back and try again.",)
    answer = page(request, "told.html", 503, heading="One moment, please", lines=lines)
    answer.headers["Retry-After"] = "5"
    return answer


async def _fields(request: Request) -> Fields:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != URLENCODED:
        raise HTTPException(415, "a form was expected")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_FORM:
            raise HTTPException(413, "this is more than a form of ours holds")
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise HTTPException(400, "this is no form of ours") from None
    return {name: value for name, value in pairs if "\0" not in value}
