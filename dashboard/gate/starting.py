"""When the server starts: what to open in a browser, the first address where one is needed, and the sockets' watch."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from starlette.concurrency import run_in_threadpool

from dashboard import accounts
from dashboard.casework import obstacles, storage
from dashboard.gate.sockets import LIVE

RULE = "─" * 78
NEAR = ("localhost", "127.0.0.1", "::1")
"""What a server binds that only this machine reaches."""


@asynccontextmanager
async def lifespan(own: str, bound_to: str | None = "localhost") -> AsyncIterator[None]:
    """While the server runs; ``own`` is its address as this machine's browser knows it, ``bound_to`` the one it binds.

    Without a key it does not start, and where others can reach it the key has to be given.
    """
    _require_key(others_reach_us=bound_to not in NEAR)
    with suppress(obstacles.Unready):
        await run_in_threadpool(_say_where_to_begin, own)
    watch = asyncio.create_task(LIVE.watch(), name="sockets")
    try:
        yield
    finally:
        watch.cancel()


def _require_key(others_reach_us: bool) -> None:
    try:
        storage.require_key(others_reach_us)
    except Exception as why:
        if (met := obstacles.obstacle(why)) is not None:
            _print("Backstride does not start.", *met.lines)
        raise


def print_first_address(own: str, again: bool = False) -> None:
    """Print the address that sets the clinic up, with a new token: it is shown nowhere else.

    ``again``: somebody asked for it, so at most once a minute.
    """
    if token := accounts.first_token(again=again):
        _print(
            "To set up this clinic, open this address within the hour:",
            "",
            f"    {own}/setup#{token}",
            "",
            "It works once. Whoever opens it becomes the first administrator.",
        )


def _say_where_to_begin(own: str) -> None:
    obstacles.require_ready()
    if says := storage.notice():
        _print("WARNING", "", says)
    if storage.chosen() is None:
        _print(f"To look around in an invented clinic first, open {own}")
    if accounts.first_run_needed():
        print_first_address(own)


def _print(*lines: str) -> None:
    print("\n".join(("", RULE, *(f"  {line}".rstrip() for line in lines), RULE, "")), file=sys.stderr, flush=True)
