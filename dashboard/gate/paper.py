"""The gate's own pages: plain HTML that works without scripts, every word escaped, one look."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

PAGES = Path(__file__).parent / "pages"
LARGEST_FORM = 20_000
"""Bytes; the longest form of the gate is a reason of a few lines."""
MOST_FIELDS = 40
URLENCODED = "application/x-www-form-urlencoded"

_templates = Environment(loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True)

Fields = Mapping[str, str]
"""A form as it was sent; a field that is missing is an empty string for ``said``."""


def page(request: Request, template: str, status: int = 200, **words: Any) -> Response:
    """A page of the gate; ``known`` in a template is whoever is signed in, or None."""
    known = getattr(request.state, "known", None)
    text = _templates.get_template(template).render(known=known, path=request.scope["path"], **words)
    return Response(text, status, {"Referrer-Policy": "same-origin"}, "text/html")


def go(where: str) -> Response:
    """Go on to another address of this server, by GET."""
    return RedirectResponse(where, 303)


def said(fields: Fields, name: str, longest: int = 200) -> str:
    """What stands in a field without the space around it, at most ``longest`` letters; empty when it is missing."""
    return fields.get(name, "").strip()[:longest]


def form(deed: Callable[[Request, Fields], Response]) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint of a form: reads what was sent, however much was, and runs the deed beside the event loop."""

    @wraps(deed)
    async def endpoint(request: Request) -> Response:
        fields = await _fields(request)
        return await run_in_threadpool(deed, request, fields)

    return endpoint


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
