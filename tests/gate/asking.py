"""A browser or a stranger's program at the wall, without a network: requests as uvicorn hands them on."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HERE = "localhost:8501"
ORIGIN = f"http://{HERE}"
Pairs = Sequence[tuple[str, str]]


@dataclass
class Inside:
    """What stands for Streamlit behind the wall: it answers everything and remembers what reached it."""

    reached: list[Scope] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 200, or accept the socket and read it to its end."""
        self.reached.append(scope)
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            while (await receive())["type"] != "websocket.disconnect":
                pass
            return
        headers = [(b"content-type", b"text/plain"), (b"cache-control", b"public, immutable, max-age=9")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"inside"})


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Headers
    body: bytes

    @property
    def text(self) -> str:
        """The body as words."""
        return self.body.decode()


def scope_of(
    target: str, method: str, headers: Pairs, scheme: str = "http", client: str = "127.0.0.1", kind: str = "http"
) -> Scope:
    """The scope uvicorn makes of a request line: the path unquoted once, the raw one beside it."""
    raw, _, query = target.partition("?")
    return {
        "type": kind,
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": scheme,
        "path": unquote(raw),
        "raw_path": raw.encode("latin-1", "replace"),
        "root_path": "",
        "query_string": query.encode("latin-1", "replace"),
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        "client": (client, 50000),
        "server": ("127.0.0.1", 8501),
        "state": {},
        "subprotocols": [],
    }


def ask(app: ASGIApp, target: str, method: str = "GET", headers: Pairs = (), body: bytes = b"", **more: str) -> Answer:
    """One request and its whole answer; the Host is this machine's unless the headers say otherwise."""
    if not any(name.lower() == "host" for name, _ in headers):
        headers = (("Host", HERE), *headers)
    return asyncio.run(_asked(app, scope_of(target, method, headers, **more), body))


async def _asked(app: ASGIApp, scope: Scope, body: bytes) -> Answer:
    sent: list[Message] = []
    coming = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return coming.pop(0) if coming else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start = next(message for message in sent if message["type"] == "http.response.start")
    parts = (message.get("body", b"") for message in sent if message["type"] == "http.response.body")
    return Answer(start["status"], Headers(raw=start["headers"]), b"".join(parts))


def opens(app: ASGIApp, target: str, headers: Pairs, **more: str) -> bool:
    """Whether a socket is accepted; it is closed again at once."""
    scope = scope_of(target, "GET", headers, kind="websocket", **{"scheme": "ws", **more})
    return asyncio.run(_opened(app, scope))


async def _opened(app: ASGIApp, scope: Scope) -> bool:
    sent: list[str] = []
    coming = [{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1000}]

    async def receive() -> Message:
        return coming.pop(0)

    async def send(message: Message) -> None:
        sent.append(message["type"])

    await app(scope, receive, send)
    return "websocket.accept" in sent
