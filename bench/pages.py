"""Script time of every page on the demo clinic, by role, over real websocket sessions."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from bench import clinic
from bench.visit import Visit
from tests.running import Server

GOAL_MILLISECONDS = 100
PREVIEW_MILLISECONDS = 50
"""For the intake page with a half-filled draft, whose answers are assessed anew with every change."""
RUNS = 40
Typing = Callable[[int], Mapping[str, float | str]] | None
ROOMS = (
    ("noor", ""),
    ("noor", "intake"),
    ("amina", ""),
    ("amina", "episode"),
    ("amina", "referrals"),
    ("amina", "knowledge"),
    ("chidi", "cohort"),
    ("dana", "admin"),
)

TYPING: tuple[tuple[str, Typing], ...] = (
    ("looked at again", None),
    ("an answer changed", lambda number: {".nprs_back_now": float(number % 9)}),
)


def measure(folder: Path) -> bool:
    """Make the demo clinic, serve it, visit every room; print a table; True when every median meets the goal."""
    clinic.made(folder)
    started = time.perf_counter()
    with Server(folder) as server:
        print(f"server answers {time.perf_counter() - started:.1f} s after its start")
        with Visit(server.address, token=server.token("amina")) as first:
            print(f"first page rendered in {first.run():.2f} s\n")
        print(f"{'who':8} {'room':26} {'first ms':>9} {'median ms':>10} {'p95 ms':>8} {'CPU ms':>8} {'elements':>9}")
        kept = [_visit(server, who, room) for who, room in ROOMS]
        kept += [_preview(server, what, typing) for what, typing in TYPING]
        goal = f"every median under {GOAL_MILLISECONDS} ms, of the intake {PREVIEW_MILLISECONDS} ms, no exception"
        print(f"goal: {goal}: {'kept' if all(kept) else 'MISSED'}")
        return all(kept)


def _preview(server: Server, what: str, typing: Typing) -> bool:
    """The intake with a half-filled draft, on a page with a number on it."""
    draft = clinic.asked(
        server.home, "noor", "casework.keep_section(actor, casework.open_drafts(actor)[0].id, 'pain').id"
    )
    return _visit(server, "noor", "intake", f"intake, {what}", f"draft={draft}", typing, PREVIEW_MILLISECONDS)


def _visit(
    server: Server,
    who: str,
    room: str,
    name: str = "",
    query: str | None = None,
    typing: Typing = None,
    goal: float = GOAL_MILLISECONDS,
) -> bool:
    address = address_of(server, who, room) if query is None else query
    with Visit(server.address, room, address, server.token(who)) as visit:
        first = visit.run()
        worked = _processor_seconds(server)
        times = sorted(visit.run(typing(number) if typing else None) for number in range(RUNS))
        worked = (_processor_seconds(server) - worked) / RUNS
        median, p95 = statistics.median(times), times[int(0.95 * RUNS) - 1]
        wrong = f"  EXCEPTION {visit.exceptions[0]}" if visit.exceptions else ""
        line = f"{who:8} {name or room or 'home':26} {first * 1e3:9.0f} {median * 1e3:10.1f} {p95 * 1e3:8.1f}"
        print(f"{line} {worked * 1e3:8.1f} {visit.elements:9}{wrong}", flush=True)
        return not visit.exceptions and median * 1e3 < goal


def _processor_seconds(server: Server) -> float:
    """What the server has cost so far in processor time; 0 where the system does not tell."""
    try:
        fields = (
            Path(f"/proc/{server.running.pid if server.running else 0}/stat").read_text().rpartition(")")[2].split()
        )
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def address_of(server: Server, who: str, room: str) -> str:
    """The address of a record where a room needs one: an episode, a draft."""
    if room not in ("episode", "intake"):
        return ""
    if room == "intake":
        return f"draft={clinic.asked(server.home, who, 'casework.open_drafts(actor)[0].id')}"
    return f"episode={clinic.asked(server.home, who, 'casework.worklist(actor).rows[0].episode_id')}"
