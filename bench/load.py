"""A busy quarter of an hour at the desks: twenty people saving answers while five others read, over real sessions."""

from __future__ import annotations

import random
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench import clinic
from bench.visit import Visit
from tests.running import Server

DESKS, SECONDS, THINKS = 20, 20, (2.0, 4.0)
READERS = (("amina", ""), ("amina", "episode"), ("bruno", ""), ("amina", "referrals"), ("chidi", "cohort"))
GOAL_MILLISECONDS = 500
"""The 95th percentile of a save; typing goes on meanwhile, but the next question may depend on it."""
KEPT_AT = ".nprs_back_now"
DRAFTS = f"""
from datetime import date
from dashboard import casework
noor = casework.actor_for('noor')
site = min(noor.site_ids)
for number in range({DESKS}):
    new = casework.NewPatient(f'Load{{number}}', 'Invented', date(1990, 1, 1), 'female', site)
    draft = casework.open_draft(noor, casework.register_patient(noor, new).id)
    print(casework.keep_section(noor, draft.id, 'pain').id)
"""


@dataclass
class Sitting:
    """What one person's session saw: seconds of each run, errors, and the answer given last."""

    times: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    last: float | None = None


def measure(folder: Path) -> bool:
    """Desks save and readers read for a while; print the times; True when the goal is met and nothing was lost."""
    home = folder / "demo"
    clinic.made(home)
    drafts = clinic.run(home, DRAFTS).split()
    episode = clinic.asked(home, "amina", "casework.worklist(actor).rows[0].episode_id")
    with Server(home) as server:
        desks = [Sitting() for _ in drafts]
        readers = [Sitting() for _ in READERS]
        at_desks = [
            _Person(server, "noor", "intake", f"draft={draft}", each) for draft, each in zip(drafts, desks, strict=True)
        ]
        reading = [
            _Person(server, who, room, f"episode={episode}" if room == "episode" else "", each)
            for (who, room), each in zip(READERS, readers, strict=True)
        ]
        _all_at_once([*(each.save for each in at_desks), *(each.read for each in reading)])
    lost = sum(not _is_kept(home, draft, desk) for draft, desk in zip(drafts, desks, strict=True))
    return _told(desks, readers, lost)


class _Person:
    """Somebody with a page open."""

    def __init__(self, server: Server, who: str, room: str, address: str, sitting: Sitting) -> None:
        token = server.token(who)
        self.open: Callable[[], Visit] = lambda: Visit(server.address, room, address, token)
        self.sitting = sitting
        self.chance = random.Random(f"{who}{room}{address}")

    def save(self) -> None:
        """Give one answer after another; never the same twice in a row, so that each is a save."""
        self._again_and_again(lambda number: {KEPT_AT: float((number + 1) % 10)})

    def read(self) -> None:
        """Look at the page again and again."""
        self._again_and_again(lambda number: None)

    def _again_and_again(self, typing: Callable[[int], dict[str, float] | None]) -> None:
        until = time.monotonic() + SECONDS
        try:
            with self.open() as visit:
                visit.run()
                number = 0
                while time.monotonic() < until:
                    time.sleep(self.chance.uniform(*THINKS))
                    typed = typing(number)
                    self.sitting.times.append(visit.run(typed))
                    self.sitting.last = typed[KEPT_AT] if typed else None
                    number += 1
                self.sitting.errors += visit.exceptions
        except Exception as error:  # whatever ends a session is what is being counted here
            self.sitting.errors.append(f"{type(error).__name__}: {error}")


def _all_at_once(deeds: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=deed) for deed in deeds]
    for thread in threads:
        thread.start()
        time.sleep(0.1)
    for thread in threads:
        thread.join()


def _is_kept(home: Path, draft: str, desk: Sitting) -> bool:
    """Whether the answer given last is the one the server holds."""
    wanted = f"casework.read_draft(actor, {draft!r}).answers['nprs_back_now']"
    return desk.last is not None and float(clinic.asked(home, "noor", wanted)) == desk.last


def _told(desks: list[Sitting], readers: list[Sitting], lost: int) -> bool:
    errors = [error for each in (*desks, *readers) for error in each.errors]
    print(f"\n{'':12} {'runs':>6} {'p50 ms':>8} {'p95 ms':>8} {'max ms':>8}")
    saves = _line(f"{len(desks)} desks", desks)
    _line(f"{len(readers)} readers", readers)
    met = saves < GOAL_MILLISECONDS and not errors and not lost
    print(f"\nerrors {len(errors)}, last answers lost {lost} of {len(desks)}", *errors[:3], sep="\n" if errors else " ")
    print(f"goal: no error, nothing lost, p95 of a save under {GOAL_MILLISECONDS} ms: {'kept' if met else 'MISSED'}")
    return met


def _line(who: str, sittings: list[Sitting]) -> float:
    """Print one line; the 95th percentile in milliseconds."""
    times = sorted(seconds * 1e3 for each in sittings for seconds in each.times)
    p95 = times[min(len(times) - 1, int(0.95 * len(times)))]
    print(f"{who:12} {len(times):6} {statistics.median(times):8.1f} {p95:8.1f} {times[-1]:8.1f}")
    return p95
