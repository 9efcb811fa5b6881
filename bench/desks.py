"""How long the server takes for one field of the intake while twenty other desks take theirs, over real sessions.

Twenty sessions answer a typical intake, question by question, with the pauses of people at a desk (the seconds the
knowledge gives each question, more or less). One more session answers every field of the same intake, one after the
other; a time is from the message that carries the answer to the end of the run that has drawn what follows from it.
"""

from __future__ import annotations

import random
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import clinic
from bench.tab import Tab
from dashboard import intake
from dashboard.clinical.vocabulary import Item
from tests.e2e.typist import complete
from tests.running import Server

OTHERS, ROUNDS = 20, 2
GOAL_MILLISECONDS = 150
"""The 95th percentile of one field's time in the server, with the other desks at work."""
MEASURED_PAUSE = (0.2, 0.6)
SPREAD = (0.6, 1.4)
"""A pause is the question's seconds, times something between these."""
_FLAGS = {"yes": "Yes", "no": "No", "unknown": "Unknown"}
DRAFTS = """
from datetime import date
from dashboard import casework
noor = casework.actor_for('noor')
site = min(noor.site_ids)
for number in range({number}):
    new = casework.NewPatient(f'Desk{{number}}', 'Invented', date(1990, 1, 1), 'female', site)
    print(casework.open_draft(noor, casework.register_patient(noor, new).id).id)
"""


@dataclass
class Times:
    """Milliseconds of each field, by the item; of turning to a section under "turn"; and what went wrong."""

    fields: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failures: list[str] = field(default_factory=list)

    @property
    def answers(self) -> list[float]:
        """Every answer's time."""
        return sorted(each for name, times in self.fields.items() if name != "turn" for each in times)


def measure(folder: Path, others: int = OTHERS, rounds: int = ROUNDS) -> bool:
    """Take the intakes and print what each field cost; True when the goal is met and nothing failed or was lost."""
    home = folder / "demo"
    clinic.made(home)
    drafts = clinic.run(home, DRAFTS.format(number=others + rounds)).split()
    over = threading.Event()
    at_work, mine = Times(), Times()
    with Server(home) as server:
        tokens = [server.token("noor") for _ in drafts]
        desks = [
            threading.Thread(target=_at_a_desk, args=(server, token, draft, number, at_work, over))
            for number, (token, draft) in enumerate(zip(tokens[rounds:], drafts[rounds:], strict=True))
        ]
        for desk in desks:
            desk.start()
            time.sleep(0.3)
        before = _cpu(server)
        for token, draft in zip(tokens[:rounds], drafts[:rounds], strict=True):
            _take(Tab(server.address, token, draft).open(), mine, random.Random(draft), MEASURED_PAUSE)
        cpu = _cpu(server) - before
        over.set()
        for desk in desks:
            desk.join()
    lost = sum(_lost(home, draft) for draft in drafts[:rounds])
    return _told(mine, at_work, others, lost, cpu)


def _at_a_desk(server: Server, token: str, draft: str, number: int, times: Times, over: threading.Event) -> None:
    """Take the intake again and again, as a person would, until the measured one is done."""
    chance = random.Random(number)
    try:
        tab = Tab(server.address, token, draft).open()
        while not over.is_set():
            _take(tab, times, chance, None, over)
        tab.close()
    except Exception as error:  # whatever ends a session is what is being counted here
        times.failures.append(f"{type(error).__name__}: {error}")


def _take(
    tab: Tab,
    times: Times,
    chance: random.Random,
    pause: tuple[float, float] | None,
    over: threading.Event | None = None,
) -> None:
    """Every section, every question that is asked: put the answer in, ask for a run, wait for its end."""
    answers = complete()
    for number, section in enumerate(intake.asked_sections()):
        turn = "next-section" if number else f"rail-{section.id}"
        _timed(times, "turn", lambda turn=turn: tab.press(turn))
        for item in intake.knowledge().items_of(section.id):
            for ends in _put(item, answers.get(item.id)):
                if over is not None and over.is_set():
                    return
                time.sleep(chance.uniform(*pause) if pause else item.seconds * chance.uniform(*SPREAD))
                if all(_fill(tab, item, end, value) for end, value in ends.items()):
                    _timed(times, item.id, tab.run)
    times.failures += tab.failures


def _timed(times: Times, name: str, deed: Any) -> None:
    began = time.perf_counter()
    deed()
    times.fields[name].append((time.perf_counter() - began) * 1000)


def _fill(tab: Tab, item: Item, end: str, value: Any) -> bool:
    """Let a value stand in one of a question's widgets; False where it is not on the page."""
    try:
        widget = tab.field(item.id + end)
    except KeyError:
        return False
    widget.value = value
    return not widget.is_locked


def _put(item: Item, answer: Any) -> Iterator[Mapping[str, Any]]:
    """The steps that give an answer: what each puts into which widget, by the end of its key."""
    labels = {option.code: option.label for option in item.options}
    if answer is None or item.id in ("age_years", "sex_at_birth"):
        return
    if item.type == "flag":
        yield {"": [_FLAGS[answer]]}
    elif item.type == "choice":
        yield {"": [labels[answer]]}
    elif item.type == "choices":
        yield {"": [labels[each] for each in answer]}
    elif item.type == "sites":
        places = [each.partition(":")[::2] for each in answer]
        yield {"": [labels[code] for code, _ in places]}
        yield from ({f".{code}": [side.capitalize()]} for code, side in places if side)
    elif item.type == "mix":
        yield from ({f".{code}": share} for code, share in answer.items())
    elif item.type == "activities":
        for place, (words, rating) in enumerate(answer, 1):
            yield from ({f".{place}.words": words}, {f".{place}.rating": rating})
    else:
        yield {"": answer}


def _cpu(server: Server) -> float:
    """Seconds of processor the server has used."""
    assert server.running is not None
    spent = Path(f"/proc/{server.running.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(spent[11]) + int(spent[12])) / 100


def _lost(home: Path, draft: str) -> int:
    """How many required questions of a measured intake have no answer on the server."""
    code = f"""
from dashboard import casework, intake
answers = casework.read_draft(casework.actor_for('noor'), {draft!r}).answers
print(sum(map(len, intake.progress(answers).missing.values())))
"""
    return int(clinic.run(home, code))


def _told(mine: Times, others: Times, desks: int, lost: int, cpu: float) -> bool:
    times = mine.answers
    p95 = _percentile(times, 0.95)
    runs = len(times) + len(mine.fields["turn"]) + len(others.answers) + len(others.fields["turn"])
    print(f"\nfields answered {len(times)}, with {desks} other desks ({len(others.answers)} answers meanwhile)")
    print(f"{'ms':24} {'p50':>7} {'p95':>7} {'max':>7}")
    _line("one field", times)
    _line("turning to a section", sorted(mine.fields["turn"]))
    _line("the other desks' fields", others.answers)
    slow = sorted(((statistics.median(each), name) for name, each in mine.fields.items()), reverse=True)[:8]
    print("slowest fields (median):", ", ".join(f"{name} {took:.0f}" for took, name in slow))
    print(f"processor: {1000 * cpu / max(runs, 1):.0f} ms a run of the page")
    failures = [*mine.failures, *others.failures]
    met = p95 < GOAL_MILLISECONDS and not failures and not lost
    print(f"failures {len(failures)}, required answers lost {lost}", *failures[:3], sep="\n" if failures else " ")
    print(f"goal: p95 of one field under {GOAL_MILLISECONDS} ms, nothing lost: {'kept' if met else 'MISSED'}")
    return met


def _line(name: str, times: list[float]) -> None:
    if times:
        print(f"{name:24} {statistics.median(times):7.1f} {_percentile(times, 0.95):7.1f} {times[-1]:7.1f}")


def _percentile(times: list[float], share: float) -> float:
    return times[min(len(times) - 1, int(share * len(times)))] if times else float("inf")
