"""Finding and doubting at a million patients, through the deeds themselves: on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import random
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bench import finding_before, million
from dashboard import casework
from dashboard.access import Actor
from dashboard.casework import reading
from dashboard.casework.views import Newcomer
from db.engine import forget
from db.schema import upgrade
from tests.postgres import SETTINGS, answering_in

PATIENTS = int(os.environ.get("BACKSTRIDE_BENCH_PATIENTS", "1_000_000"))
GOAL_MILLISECONDS = 50
EACH = 60
"""So many different searches of every kind; the first few warm what any server has warm."""
WARMING, LOOKS = 5, 3
DURABLE = {**SETTINGS, "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "shared_buffers": "1GB"}
A_KEY = "YmFja3N0cmlkZSBiZW5jaG1hcmsga2V5LCAzMiBieXQ="
Asked = Callable[[Actor], object]


def measure(folder: Path) -> bool:
    """Make both databases unless they are there, ask each all kinds of questions, print; True when all kept."""
    place = Path(os.environ.get("BACKSTRIDE_BENCH_FOLDER") or folder) / f"finding-{PATIENTS}"
    place.mkdir(mode=0o755, parents=True, exist_ok=True)
    with _settings(BACKSTRIDE_KEY=A_KEY, BACKSTRIDE_HOME=str(place / "sqlite")):
        kept = _asked("SQLite", _sqlite(place))
        with _postgresql(place) as url, _settings(DATABASE_URL=url):
            return _asked("PostgreSQL", url) and kept


def _asked(which: str, url: str) -> bool:
    chance = random.Random(7)
    known = [row for row in million.patients(PATIENTS, (1, 2)) if chance.random() < 3000 / PATIENTS]
    actors = {name: casework.actor_for(name) for name in ("amina", "noor", "sofia")}
    head = f"{'p50':>7} {'p95':>7} {'max ms':>7} {'first':>7} {'CPU p95':>7}   the old way: p50, p95 ms"
    print(f"\n{which}, {PATIENTS:,} patients {'':8} {head}")
    kept = []
    for who, what, questions, before in _kinds(known, random.Random(11)):
        reading.forget()
        times = _timed(actors[who], questions)
        old = _timed(actors[who], before) if before else None
        kept.append(_p95(times.clock) < GOAL_MILLISECONDS)
        _print(f"{what} ({who})", times, old, kept[-1])
    forget(url)
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(
        f"{which}: {sum(kept)} of {len(kept)} kinds under {GOAL_MILLISECONDS} ms at p95; load average {load}",
        flush=True,
    )
    return all(kept)


def _kinds(known: list[dict[str, Any]], chance: random.Random) -> Iterator[tuple[str, str, list[Asked], list[Asked]]]:
    """Who asks, what, the questions, and the same asked the old way where there was one."""
    for who, whom in (("amina", None), ("noor", 1), ("sofia", 2)):
        mine = [row for row in known if whom is None or row["site_id"] == whom]
        for what, text in TYPED.items():
            words = [text(chance.choice(mine), chance) for _ in range(EACH)]
            words = list(dict.fromkeys(f"{word}{' ' * at}" for at, word in enumerate(words)))
            before = [] if what in NEW_KINDS else [finding_before.finds(word) for word in words[:20]]
            yield who, what, [_finds(word) for word in words], before
        for what, slip in SLIPS.items():
            new = [slip(_newcomer(chance.choice(mine)), chance) for _ in range(EACH)]
            yield who, what, [_doubts(each) for each in new], [finding_before.doubts(each) for each in new[:20]]
            # The old way has whole days only.


def _finds(text: str) -> Asked:
    return lambda actor: casework.find_patients(actor, text, 9)


def _doubts(new: Newcomer) -> Asked:
    return lambda actor: casework.possible_duplicates(actor, new)


TYPED: dict[str, Callable[[dict[str, Any], random.Random], str]] = {
    "one letter": lambda row, _: row["family_name"][:1],
    "two letters": lambda row, _: row["family_name"][:2],
    "three letters": lambda row, _: row["family_name"][:3],
    "two short words": lambda row, _: f"{row['given_name'][:2]} {row['family_name'][:2]}",
    "given name": lambda row, _: row["given_name"],
    "whole name": lambda row, _: f"{row['given_name']} {row['family_name']}",
    "common name": lambda row, chance: f"{row['given_name']} {chance.choice(million.COMMON)}",
    "nobody": lambda row, chance: f"{row['given_name']} q{chance.randrange(999)}x",
    "two words of nobody": lambda row, chance: f"{row['given_name'][:2]} zqx{chance.randrange(999)}",
    "misspelled": lambda row, _: f"{row['given_name']} {_exchanged(row['family_name'])}",
    "record number": lambda row, _: row["record_number"],
    "day of birth": lambda row, _: row["date_of_birth"].isoformat(),
    "day and name": lambda row, _: f"{row['family_name'][:4]} {row['date_of_birth'].isoformat()}",
    "telephone": lambda row, _: row["phone"],
    "last four digits": lambda row, _: row["phone"][-4:],
    "first six digits": lambda row, _: row["phone"][:7],
}
NEW_KINDS = ("misspelled", "day of birth", "day and name", "telephone", "last four digits", "first six digits")


def _newcomer(row: dict[str, Any]) -> Newcomer:
    told = ("given_name", "family_name", "date_of_birth", "sex_at_birth", "phone", "postal_code")
    return Newcomer(**{name: row[name] for name in told})


def _exchanged(name: str) -> str:
    return name[:1] + name[2:3] + name[1:2] + name[3:]


def _with(new: Newcomer, **changes: Any) -> Newcomer:
    return Newcomer(**{**vars(new), **changes})


def _slipped_day(born: date, chance: random.Random) -> date:
    return born + timedelta(days=chance.choice((-1, 1, 10, -10)))


SLIPS: dict[str, Callable[[Newcomer, random.Random], Newcomer]] = {
    "doubt: same, all fields": lambda new, _: new,
    "doubt: name alone": lambda new, _: Newcomer(new.given_name, new.family_name),
    "doubt: common name alone": lambda new, chance: Newcomer(new.given_name, chance.choice(million.COMMON)),
    "doubt: name and telephone": lambda new, _: _with(new, date_of_birth=None),
    "doubt: family misspelled": lambda new, _: _with(new, family_name=_exchanged(new.family_name), phone=""),
    "doubt: day another": lambda new, chance: _with(
        new, date_of_birth=_slipped_day(new.date_of_birth or date(1990, 1, 1), chance), phone=""
    ),
    "doubt: common, all fields": lambda new, chance: _with(new, family_name=chance.choice(million.COMMON)),
}


def _timed(actor: Actor, questions: list[Asked]) -> Times:
    """Every question LOOKS times, in turn, and of each the best: whatever else the machine does only adds to it."""
    clock: list[list[float]] = [[] for _ in questions]
    worked: list[list[float]] = [[] for _ in questions]
    for ask in questions[:WARMING]:
        ask(actor)
    for _ in range(LOOKS):
        reading.forget()  # every search is noted, as that of somebody new
        for place, ask in enumerate(questions):
            started, processor = time.perf_counter(), time.process_time()
            ask(actor)
            clock[place].append((time.perf_counter() - started) * 1e3)
            worked[place].append((time.process_time() - processor) * 1e3)
    return Times(sorted(map(min, clock)), sorted(map(min, worked)), sorted(each[0] for each in clock))


@dataclass(frozen=True)
class Times:
    """Milliseconds by the clock, of this process's processor alone, and of first looks by the clock; each sorted."""

    clock: list[float]
    worked: list[float]
    first: list[float]


def _print(what: str, times: Times, old: Times | None, kept: bool) -> None:
    before = f"{statistics.median(old.clock):9.1f} {_p95(old.clock):9.1f}" if old else f"{'none':>9} {'':9}"
    clock = f"{statistics.median(times.clock):7.1f} {_p95(times.clock):7.1f} {times.clock[-1]:7.1f}"
    beside = f"{_p95(times.first):7.1f} {_p95(times.worked):7.1f}"
    print(f"{what:34} {clock} {beside}   {before}   {'' if kept else 'MISSED'}", flush=True)


def _p95(times: list[float]) -> float:
    return times[min(len(times) - 1, int(0.95 * len(times)))]


@contextmanager
def _settings(**told: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in ("DATABASE_URL", *told)}
    os.environ.pop("DATABASE_URL", None)
    os.environ.update(told)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})


def _sqlite(place: Path) -> str:
    home = place / "sqlite"
    url = f"sqlite:///{home / 'clinic.sqlite'}"
    if not (home / "made").exists():
        shutil.rmtree(home, ignore_errors=True)
        upgrade(url)
        _fill("SQLite", url, home / "made")
    upgrade(url)
    return url


@contextmanager
def _postgresql(place: Path) -> Iterator[str]:
    folder = place / "postgresql"
    if not (folder / "made").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o755)
    with answering_in(folder, DURABLE) as server:
        url = server.url("test_1")
        with _settings(DATABASE_URL=url):
            if not (folder / "made").exists():
                server.make_owner()
                server.make()
                upgrade(url)
                _fill("PostgreSQL", url, folder / "made")
            upgrade(url)
            yield url
            forget(url)


def _fill(which: str, url: str, mark: Path) -> None:
    started = time.perf_counter()

    def say(done: int) -> None:
        print(f"\r{which}: {done:,} of {PATIENTS:,} patients made", end="", file=sys.stderr, flush=True)

    million.fill(url, PATIENTS, say)
    mark.touch()
    print(f"\n{which}: made in {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
