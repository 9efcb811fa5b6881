"""Every page beside itself: on the demo clinic, and on the same clinic with fifty thousand intakes behind it."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from bench import clinic
from bench.crowd import grown, intakes_in
from bench.visit import Visit
from tests.running import Server

COPIES = 54
RUNS, SELECTIONS = 25, 9
MAY_GROW, NOISE_MILLISECONDS = 1.3, 8
"""What counts as not growing: this ratio of medians, or so few milliseconds more."""
FIRST_VIEW_SECONDS = 1.0

Typed = Mapping[str, float | str]
DRAFT = "casework.open_drafts(actor)[0].id"
EPISODE = "casework.worklist(actor).rows[0].episode_id"


@dataclass(frozen=True)
class Look:
    """Something a person does on a page, over and over: what is typed each time, if anything."""

    what: str
    who: str
    room: str
    address: str = ""
    typing: Callable[[int], Typed] | None = None


COHORT = Look("cohort, seen again", "chidi", "cohort")


def looks(home: Path) -> tuple[Look, ...]:
    """Everything measured; the draft is turned to a page with a number on it first."""
    draft = clinic.asked(home, "noor", f"casework.keep_section(actor, {DRAFT}, 'pain').id")
    episode = clinic.asked(home, "amina", EPISODE)
    names = ("an", "mar", "r", "so", "anna l")
    return (
        Look("today, desk", "noor", ""),
        Look("today, search for a patient", "noor", "", typing=lambda n: {"find-patient": names[n % len(names)]}),
        Look("intake, open a draft", "noor", "intake", f"draft={draft}"),
        Look("intake, save an answer", "noor", "intake", f"draft={draft}", lambda n: {".nprs_back_now": float(n % 9)}),
        Look("today, clinician", "amina", ""),
        Look("episode", "amina", "episode", f"episode={episode}"),
        Look("referrals, open", "amina", "referrals"),
        Look("referrals, completed", "amina", "referrals", typing=lambda n: {"state": "Completed"}),
        Look("knowledge", "amina", "knowledge"),
        Look("administration", "dana", "admin"),
        COHORT,
    )


def measure(folder: Path) -> bool:
    """Serve both clinics, visit every page of each in turn, print a table; True when nothing grew that may not."""
    small = folder / "demo"
    demo = clinic.made(small)
    many = folder / "many"
    grown(demo, many / "demo.sqlite", COPIES)
    clinic.choose(many)
    sizes = [intakes_in(home / "demo.sqlite") for home in (small, many)]
    with Server(small) as few, Server(many) as lots:
        print(f"\n{'':30} {sizes[0]:>8,} intakes      {sizes[1]:>8,} intakes")
        print(f"{'':30} {'median':>8} {'p95 ms':>8}   {'median':>8} {'p95 ms':>8}   {'ratio':>6}   goal")
        kept = [_first_views_kept(few, lots)]  # before anything else has warmed the charts
        kept += [_kept(look, few, lots) for look in looks(small)]
    return all(kept)


def _kept(look: Look, few: Server, lots: Server) -> bool:
    with _visit(few, look) as one, _visit(lots, look) as other:
        times: tuple[list[float], list[float]] = ([], [])
        for number in range(-3, RUNS):
            typed = look.typing(number) if look.typing and one.fields and other.fields else None
            for visit, taken in zip((one, other), times, strict=True):
                seconds = visit.run(typed)
                if number >= 0:
                    taken.append(seconds)
        wrong = one.exceptions + other.exceptions
    medians = [statistics.median(taken) * 1e3 for taken in times]
    met = not wrong and medians[1] < max(medians[0] * MAY_GROW, medians[0] + NOISE_MILLISECONDS)
    _print(look.what, times, f"at most {MAY_GROW} or {NOISE_MILLISECONDS} ms", met)
    return met


def _first_views_kept(few: Server, lots: Server) -> bool:
    """The first view after a start, and selections nobody has looked at before: every figure is counted anew."""
    first: tuple[list[float], list[float]] = ([], [])
    times: tuple[list[float], list[float]] = ([], [])
    for place, server in enumerate((few, lots)):
        with _visit(server, COHORT) as visit:
            first[place].append(visit.run())
            month = date.today().replace(day=1)
            for _ in range(SELECTIONS):
                month = (month - timedelta(days=1)).replace(day=1)
                times[place].append(visit.run({"to": f"{month:%B %Y}"}))
    within = f"under {FIRST_VIEW_SECONDS:.0f} s"
    met = statistics.median(times[1]) < FIRST_VIEW_SECONDS
    _print("cohort, first after a start", first, "none of its own, a spinner is shown", True)
    _print("cohort, a new selection", times, within, met)
    return met


def _visit(server: Server, look: Look) -> Visit:
    return Visit(server.address, look.room, look.address, server.token(look.who))


def _print(what: str, times: tuple[list[float], list[float]], goal: str, met: bool) -> None:
    columns = []
    for taken in times:
        in_order = sorted(taken)
        columns.append((statistics.median(in_order) * 1e3, in_order[-(-95 * len(in_order) // 100) - 1] * 1e3))
    (few, few_p95), (lots, lots_p95) = columns
    told = f"{few:8.1f} {few_p95:8.1f}   {lots:8.1f} {lots_p95:8.1f}   {lots / few:6.2f}"
    print(f"{what:30} {told}   {goal}: {'kept' if met else 'MISSED'}", flush=True)
