"""Script time of every page on the demo clinic, by role, over real websocket sessions."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from bench import clinic
from bench.visit import Visit
from tests.running import Server

GOAL_MILLISECONDS = 100
RUNS = 40
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


def measure(folder: Path) -> bool:
    """Make the demo clinic, serve it, visit every room; print a table; True when every median meets the goal."""
    clinic.made(folder)
    started = time.perf_counter()
    with Server(folder) as server:
        print(f"server answers {time.perf_counter() - started:.1f} s after its start")
        with Visit(server.address, person="amina") as first:
            print(f"first page rendered in {first.run():.2f} s\n")
        print(f"{'who':8} {'room':12} {'first ms':>9} {'median ms':>10} {'p95 ms':>8} {'elements':>9}")
        kept = [_visit(server, who, room) for who, room in ROOMS]
        print(f"goal: every median under {GOAL_MILLISECONDS} ms, no exception: {'kept' if all(kept) else 'MISSED'}")
        return all(kept)


def _visit(server: Server, who: str, room: str) -> bool:
    query = address_of(server, who, room)
    with Visit(server.address, room, query, who) as visit:
        first = visit.run()
        times = sorted(visit.run() for _ in range(RUNS))
        median, p95 = statistics.median(times), times[int(0.95 * RUNS) - 1]
        wrong = f"  EXCEPTION {visit.exceptions[0]}" if visit.exceptions else ""
        line = f"{who:8} {room or 'home':12} {first * 1e3:9.0f} {median * 1e3:10.1f} {p95 * 1e3:8.1f}"
        print(f"{line} {visit.elements:9}{wrong}")
        return not visit.exceptions and median * 1e3 < GOAL_MILLISECONDS


def address_of(server: Server, who: str, room: str) -> str:
    """The address of a record where a room needs one: an episode, a draft."""
    if room not in ("episode", "intake"):
        return ""
    if room == "intake":
        return f"draft={clinic.asked(server.home, who, 'casework.open_drafts(actor)[0].id')}"
    return f"episode={clinic.asked(server.home, who, 'casework.worklist(actor).rows[0].episode_id')}"
