"""The open sockets, by sign-in: each is closed within seconds of the end of the sign-in it was opened under.

A browser that leaves with an answer under way is not told of to Streamlit at once: Streamlit ends the run of a session
whose browser left, and what that run was about to keep would be lost.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from starlette.concurrency import run_in_threadpool
from starlette.types import Message, Receive, Send

from dashboard import accounts

LOOK_EVERY_SECONDS = 2.0
"""How often the database is asked, once for all sockets, which sign-ins still last."""
ENDED = 4401
"""The code a socket is closed with when its sign-in ended."""
FINISH_WITHIN_SECONDS = 5.0
"""How long after its last message a browser that left still counts as there, so that what it said is kept."""
RESTARTING = 1012
"""The code uvicorn says when the server itself stops: then nothing is waited for."""

_log = logging.getLogger("backstride.gate")


class Socket:
    """One open socket, seen from the server's side and from Streamlit's, that can be cut between the two."""

    def __init__(self, receive: Receive, send: Send, heard: Callable[[bytes], None]) -> None:
        self._receive, self._send, self._heard = receive, send, heard
        self._loop = asyncio.get_running_loop()
        self._ended = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._closed = False
        self._heard_at: float | None = None

    def end(self) -> None:
        """Cut it, from any thread: Streamlit is told that the browser left, the browser that the sign-in ended."""
        self._loop.call_soon_threadsafe(self._ended.set)

    async def receive(self) -> Message:
        """The browser's next message, or the end."""
        coming, ended = asyncio.ensure_future(self._receive()), asyncio.ensure_future(self._ended.wait())
        try:
            await asyncio.wait((coming, ended), return_when=asyncio.FIRST_COMPLETED)
            if self._ended.is_set():
                await self._close()
                return {"type": "websocket.disconnect", "code": ENDED}
            message = coming.result()
        finally:
            for waiting in (coming, ended):
                waiting.cancel()
        if message["type"] == "websocket.receive" and message.get("bytes"):
            self._heard_at = time.monotonic()
            self._heard(message["bytes"])
        elif message["type"] == "websocket.disconnect" and message.get("code") != RESTARTING:
            await self._let_it_finish()
        return message

    async def send(self, message: Message) -> None:
        """Pass Streamlit's message on, unless the sign-in has ended."""
        async with self._one_at_a_time:
            if not (self._closed or self._ended.is_set()):
                self._closed = message["type"] == "websocket.close"
                with suppress(OSError):  # the browser is gone, of which receive() tells in its own time
                    await self._send(message)

    async def _let_it_finish(self) -> None:
        """Wait while what the browser said last may still be dealt with, or until the sign-in ends."""
        left = 0.0 if self._heard_at is None else self._heard_at + FINISH_WITHIN_SECONDS - time.monotonic()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), max(0.0, left))

    async def _close(self) -> None:
        async with self._one_at_a_time:
            if not self._closed:
                self._closed = True
                await self._send({"type": "websocket.close", "code": ENDED})


class Sockets:
    """Every open socket of this process."""

    def __init__(self, alive: Callable[[frozenset[str]], set[str]]) -> None:
        self._alive = alive
        self._open: dict[str, set[Socket]] = {}
        self._aside: set[asyncio.Task[None]] = set()

    @contextmanager
    def opened(self, sign_in: str, socket: Socket) -> Iterator[None]:
        """Keep a socket among the open ones while it is."""
        self._open.setdefault(sign_in, set()).add(socket)
        try:
            yield
        finally:
            mine = self._open.get(sign_in, set())
            mine.discard(socket)
            if not mine:
                self._open.pop(sign_in, None)

    def end(self, sign_in: str) -> None:
        """Cut every socket of a sign-in, at once."""
        for socket in tuple(self._open.get(sign_in, ())):
            socket.end()

    def end_all(self) -> None:
        """Cut every socket: another clinic was opened, in which nobody is signed in yet."""
        for sign_in in tuple(self._open):
            self.end(sign_in)

    def aside(self, deed: Callable[[str], None], sign_in: str) -> None:
        """Do something for a sign-in without letting its socket wait for it."""
        task = asyncio.ensure_future(_quietly(deed, sign_in))
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)

    def under_way(self) -> tuple[asyncio.Task[None], ...]:
        """What is being done aside at this moment."""
        return tuple(self._aside)

    def count(self, sign_in: str) -> int:
        """How many sockets are open under a sign-in."""
        return len(self._open.get(sign_in, set()))

    async def look(self) -> None:
        """Ask once which sign-ins still last, and cut the sockets of the others; all of them if that is not known."""
        asked = frozenset(self._open)
        if not asked:
            return
        try:
            lasting = await run_in_threadpool(self._alive, asked)
        except Exception as why:  # without the database nobody is known: fail shut, browsers come back by themselves
            _log.warning("cannot ask which sign-ins last (%s): sockets are closed", type(why).__name__)
            lasting = set()
        for sign_in in asked - lasting:
            self.end(sign_in)

    async def watch(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            await self.look()


async def _quietly(deed: Callable[[str], None], sign_in: str) -> None:
    try:
        await run_in_threadpool(deed, sign_in)
    except Exception as why:  # what was not written down now is with the next press
        _log.warning("a sign-in in use was not written down (%s)", type(why).__name__)


LIVE = Sockets(lambda sign_ins: accounts.alive(sign_ins))
"""The open sockets of this process."""
