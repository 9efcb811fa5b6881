"""Intakes interrupted at random: tabs closed, connections cut, servers killed, second devices; and what was lost by it.

Every answer that leaves its field is written down outside the server (bench/ledger.py). After each interruption the
desk goes on as a person would, and the database is compared with what was written down. Each patient's words carry a
canary of their own, so that an answer that crossed from one to another is noticed.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Set
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from bench import bench_clinic
from bench.ledger import Found, Kept, Ledger, Revision, Said
from bench.tab import GONE, Tab, Widget
from dashboard import intake
from dashboard.clinical.vocabulary import Item
from db import engine
from db.scope import program
from db.tables import Draft, DraftRevision
from tests.running import Server

KINDS = ("tab closed", "connection dropped", "server killed", "second device")
SHARES = (3, 3, 2, 2)
"""How often each kind comes, of ten."""
PATIENTS, AT_ONCE = 40, 4
SOON_SECONDS = 4.0
"""How long a server may take to keep what reached it before the tab was closed."""
SECTIONS = ("pain", "goals")
TYPES = ("flag", "choice", "integer", "text")
FLAGS = ("yes", "no", "unknown")
NEVER = ("consent_record", "phq2_total")
"""Questions left alone: without consent there is no intake, and a total takes its items off the screen."""


@dataclass
class Tally:
    """What became of the interruptions of one kind."""

    number: int = 0
    answers: int = 0
    late: int = 0
    lost: list[str] = field(default_factory=list)
    crossed: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    set_aside: int = 0


class Desk:
    """A clinic with a server, patients with open intakes, and the ledger of what was said about them."""

    def __init__(self, server: Server, seed: int, patients: int = PATIENTS) -> None:
        self.server, self.chance, self.ledger = server, random.Random(seed), Ledger()
        self.drafts = bench_clinic.drafts(server, patients)
        self.tokens = {code: server.token(code) for code in bench_clinic.DESKS}
        self.began = {draft: self.kept(draft).answers for draft in self.drafts}
        self.tallies = {kind: Tally() for kind in KINDS}
        self.on_the_way: dict[tuple[str, str], int] = {}
        self.replaced = 0

    def interrupt(self, kind: str) -> int:
        """Intakes interrupted once: some answers, the interruption, going on, the comparison; how many intakes.

        A server that is killed interrupts several desks at once, everything else one.
        """
        tally, before = self.tallies[kind], len(self.ledger.lines)
        wanted = min(AT_ONCE, len(self.drafts)) if kind == "server killed" else 1
        drafts = self.chance.sample(self.drafts, min(wanted, len(self.drafts)))
        tabs = [self.tab(draft, self.chance.choice(bench_clinic.DESKS), set(drafts)) for draft in drafts]
        for tab in tabs:
            for _ in range(self.chance.randint(1, 4)):
                self.answer(tab)
        try:
            _INTERRUPTIONS[kind](self, *tabs)
        finally:
            for tab in tabs:
                tab.close()
        tally.number += len(tabs)
        tally.answers += len(self.ledger.lines) - before
        for tab in tabs:
            self._compare(tab.draft, tally)
            tally.lost.extend(f"the page failed: {failure}" for failure in tab.failures[:1])
        return len(tabs)

    def tab(self, draft: str, who: str, at_work: Set[str] = frozenset()) -> Tab:
        """A tab that writes the draft: a new one, or (now and then) one that had another patient open.

        Nobody else is at work on that patient: their tab would be taken over, and its answers rightly set aside.
        """
        tab = Tab(self.server.address, self.tokens[who], draft)
        others = [each for each in self.drafts if each not in at_work]
        if others and self.chance.random() < 0.3:
            tab.draft = self.chance.choice(others)
            tab.open()
            self.write(tab)
            if self.chance.random() < 0.7:
                self.answer(tab)
            tab.turn_to(draft)
        else:
            tab.open()
        self.write(tab)
        return tab

    def write(self, tab: Tab) -> None:
        """Take over where another tab still counts as the one that writes, and turn to a section with questions."""
        if tab.has("take-over"):
            tab.press("take-over")
        self.turn(tab)

    def turn(self, tab: Tab) -> None:
        """Turn to one of the sections."""
        tab.press(f"rail-{self.chance.choice(SECTIONS)}")

    def answer(self, tab: Tab, sent: bool = True, drawn: bool = True, overtaken: bool = False) -> Said:
        """Give one answer: it stands in its field, is sent unless the line is down, and drawn unless nobody waits."""
        said, raw = self._any_answer(tab, overtaken)
        tab.put(said.item, raw)
        earlier = self.on_the_way.pop((said.draft, said.item), None)
        if earlier is not None:
            self.ledger.lines[earlier] = replace(self.ledger.lines[earlier], replaced=True)
            self.replaced += 1
        self.ledger.lines.append(said)
        if drawn and sent:
            self.on_the_way = {place: line for place, line in self.on_the_way.items() if place[0] != said.draft}
        else:
            self.on_the_way[said.draft, said.item] = len(self.ledger.lines) - 1
        if sent and drawn:
            tab.run()
        elif sent:
            with suppress(*GONE):
                tab.send()
        return said

    def kept(self, draft: str) -> Kept:
        """What the database holds of a draft."""
        with self.server.at_home(), engine.reading(scope=program("looking what was kept")) as session:
            row = session.get(Draft, draft)
            assert row is not None
            said = select(DraftRevision).where(DraftRevision.draft_id == draft).order_by(col(DraftRevision.id))
            told = [Revision(each.item, each.value, each.standing) for each in session.exec(said)]
            return Kept(dict(row.answers), told)

    def holds(self, said: Said) -> bool:
        """Whether an answer is kept by now."""
        kept = self.kept(said.draft)
        return kept.answers.get(said.item) == said.answer or any(
            (each.item, each.value) == (said.item, said.answer) for each in kept.revisions
        )

    def _compare(self, draft: str, tally: Tally) -> None:
        found = self._settled(draft)
        for which in ("lost", "crossed", "duplicated"):
            getattr(tally, which).extend(f"{draft}: {line}" for line in getattr(found, which))
        tally.set_aside += sum(each.standing == "aside" for each in self.kept(draft).revisions)
        if found:
            # What is wrong is told once, not again with every later interruption of the same patient.
            self.drafts.remove(draft)

    def _settled(self, draft: str) -> Found:
        """What is wrong with a draft once the server had time to keep what reached it."""
        until = time.monotonic() + SOON_SECONDS
        while True:
            found = self.ledger.check(draft, self.kept(draft), self.began[draft])
            if not found.lost or time.monotonic() > until:
                return found
            time.sleep(0.1)

    def _any_answer(self, tab: Tab, overtaken: bool) -> tuple[Said, Any]:
        """Some answer to some question on the page that says something else than its field does."""
        before = {**self.began[tab.draft], **self.ledger.expected(tab.draft)}
        while True:
            item, widget = self.chance.choice(list(_askable(tab)))
            canary = f"canary-{tab.draft[:8]}-{len(self.ledger.lines)}"
            answer, raw = _some(self.chance, item, widget, canary)
            if intake.preview({**before, item.id: answer})["urgency"] != "emergency":  # which stops the form
                return Said(tab.draft, item.id, answer, time.time(), overtaken), raw


def _askable(tab: Tab) -> Iterator[tuple[Item, Widget]]:
    items = intake.knowledge().items
    for widget in tab.widgets.values():
        if not widget.key.startswith(tab.draft + "."):
            continue
        item = items.get(widget.key.removeprefix(tab.draft + ".").split(".")[0])
        if item is not None and item.type in TYPES and item.id not in NEVER and not item.units:
            with suppress(KeyError):
                if tab.field(item.id) is widget:
                    yield item, widget


def _some(chance: random.Random, item: Item, widget: Widget, canary: str) -> tuple[Any, Any]:
    """An answer as it is kept, and as its field holds it."""
    if item.type == "integer":
        least, most = int(item.minimum or 0), int(item.maximum or 10)
        now = widget.value
        number = chance.choice([each for each in range(least, most + 1) if each != now])
        return number, float(number)
    if item.type == "text":
        return canary, canary
    codes = FLAGS if item.type == "flag" else [option.code for option in item.options if option.asked]
    labels = widget.labels
    places = [each for each in range(len(labels)) if [labels[each]] != widget.value]
    place = chance.choice(places)
    return codes[place], [labels[place]]


def _tab_closed(desk: Desk, tab: Tab) -> None:
    """The tab is closed the moment an answer has left its field; a new one goes on."""
    desk.answer(tab, drawn=False)
    time.sleep(desk.chance.choice((0, 0, 0.005, 0.03)))
    tab.close()
    with _another(desk, tab) as again:
        desk.answer(again)


def _connection_dropped(desk: Desk, tab: Tab) -> None:
    """The line breaks with an answer under way, and another is given before it is back."""
    on_the_way = desk.answer(tab, drawn=False)
    time.sleep(desk.chance.choice((0, 0, 0.005, 0.05)))
    tab.cut()
    meanwhile = desk.answer(tab, sent=False) if desk.chance.random() < 0.7 else on_the_way
    time.sleep(desk.chance.choice((0, 0.1, 0.3)))
    _late(desk, "connection dropped", on_the_way, meanwhile)
    tab.reconnect()
    desk.answer(tab)


def _server_killed(desk: Desk, *tabs: Tab) -> None:
    """SIGKILL with an answer under way at every desk, and another given at some before the server is back."""
    kill = threading.Timer(desk.chance.choice((0, 0.005, 0.02, 0.05, 0.2)), desk.server.kill)
    kill.start()
    said = [desk.answer(tab, drawn=False) for tab in tabs]
    kill.join()
    for tab in tabs:
        tab.cut()
    said += [desk.answer(tab, sent=False) for tab in tabs if desk.chance.random() < 0.7]
    _late(desk, "server killed", *said)
    desk.server.start()
    for tab in tabs:
        tab.reconnect()
        desk.answer(tab)


def _second_device(desk: Desk, tab: Tab) -> None:
    """Somebody goes on elsewhere; the first, who has not noticed, answers too, and then takes it back."""
    with _another(desk, tab, desk.chance.choice(bench_clinic.DESKS)) as other:
        for _ in range(desk.chance.randint(1, 3)):
            desk.answer(other)
        if desk.chance.random() < 0.4:
            tab.cut()
            desk.answer(tab, sent=False, overtaken=True)
            if desk.chance.random() < 0.3:
                desk.server.kill()
                desk.server.start()
            tab.reconnect()
        else:
            desk.answer(tab, overtaken=True)
        with suppress(*GONE):
            other.close()
    if desk.chance.random() < 0.5:
        desk.write(tab)
        desk.answer(tab)


class _another:  # noqa: N801 - reads as words
    """Another tab that writes the same draft, closed at the end."""

    def __init__(self, desk: Desk, tab: Tab, who: str = "") -> None:
        token = desk.tokens[who] if who else tab.token
        self.desk, self.tab = desk, Tab(desk.server.address, token, tab.draft)

    def __enter__(self) -> Tab:
        self.tab.open()
        self.desk.write(self.tab)
        return self.tab

    def __exit__(self, *_: object) -> None:
        self.tab.close()


_INTERRUPTIONS: dict[str, Callable[..., None]] = dict(
    zip(KINDS, (_tab_closed, _connection_dropped, _server_killed, _second_device), strict=True)
)


def _late(desk: Desk, kind: str, *said: Said) -> None:
    """Count what is not kept at this moment, and is only because the browser brings it again."""
    desk.tallies[kind].late += sum(not desk.holds(each) for each in set(said))


def measure(folder: Path, number: int = 200, in_browser: int = 20, seed: int = 20261123) -> bool:
    """Interrupt so many intakes, some in a real browser; print the figures; True when nothing is lost or crossed."""
    started = time.monotonic()
    with Server(folder / "interrupted") as server:
        desk = Desk(server, seed)
        if in_browser:  # first, while the intakes are as they were begun: it types into questions of one section
            from bench import interrupted_browser

            interrupted_browser.run(desk, in_browser)
            told(desk, time.monotonic() - started)
        run(desk, number - in_browser)
    return told(desk, time.monotonic() - started)


def run(desk: Desk, number: int) -> None:
    """So many interruptions, of kinds by their shares."""
    kinds = [
        kind for kind, share in zip(KINDS, SHARES, strict=True) for _ in range(round(number * share / sum(SHARES)))
    ]
    desk.chance.shuffle(kinds)
    while kinds:
        kind = kinds.pop()
        for _ in range(desk.interrupt(kind) - 1):
            if kind in kinds:
                kinds.remove(kind)


def told(desk: Desk, seconds: float) -> bool:
    """Print what became of the interruptions."""
    total: Counter[str] = Counter()
    print(f"{'':24}{'number':>8}{'answers':>9}{'late':>7}{'aside':>7}{'lost':>6}{'crossed':>9}{'doubled':>9}")
    for kind, each in desk.tallies.items():
        wrong = {name: len(getattr(each, name)) for name in ("lost", "crossed", "duplicated")}
        row = {"number": each.number, "answers": each.answers, "late": each.late, "aside": each.set_aside, **wrong}
        total.update(row)
        _row(kind, row)
    _row("all", total)
    for each in desk.tallies.values():
        for line in (*each.lost, *each.crossed, *each.duplicated):
            print("  " + line)
    print(f"{total['number']} interruptions in {seconds / 60:.1f} min")
    return not (total["lost"] or total["crossed"] or total["duplicated"])


def _row(name: str, row: Any) -> None:
    widths = (("number", 8), ("answers", 9), ("late", 7), ("aside", 7), ("lost", 6), ("crossed", 9), ("duplicated", 9))
    print(f"{name:24}" + "".join(f"{row[key]:>{width}}" for key, width in widths))
