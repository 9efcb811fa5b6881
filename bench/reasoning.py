"""The reasoning beside a plain-Python loop that does the same work on the same cases."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from dashboard.clinical.assessment import assess, score_batch
from dashboard.clinical.knowledge import load
from tests.clinical.reference_engine import ReferenceEngine
from tests.clinical.some_cases import random_cases

LOOKS, SINGLES, BATCH = 5, 40, 10_000


def measure() -> bool:
    """Print a table of times per case; always True: this issue sets no goal for the reasoning alone."""
    started = time.perf_counter()
    knowledge = load()
    print(f"knowledge loaded and checked in {time.perf_counter() - started:.2f} s")
    many = list(random_cases(knowledge, BATCH, seed=7))
    few = many[:SINGLES]
    plain = _each(lambda case: ReferenceEngine(knowledge, case.answers).scores(), few)
    whole = _each(lambda case: assess(case, knowledge).document(), few)
    batch = _best(lambda: score_batch(many, knowledge)) / BATCH
    print(f"\n{'what':44} {'µs a case':>10} {'× plain loop':>13}")
    for what, seconds in (
        ("plain loop, scores only, no explanation", plain),
        ("assess() with the whole document", whole),
        (f"score_batch() over {BATCH:,} cases", batch),
    ):
        print(f"{what:44} {seconds * 1e6:10.0f} {seconds / plain:13.3f}")
    print(f"\nbatch: {1 / batch:,.0f} cases a second on one core\n")
    return True


def _each(deed: Callable[..., object], cases: list[object]) -> float:
    """Median seconds a case, the first round thrown away."""
    for case in cases[:3]:
        deed(case)
    times = []
    for case in cases:
        started = time.perf_counter()
        deed(case)
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def _best(deed: Callable[[], object]) -> float:
    """Best of a few looks, in seconds."""
    times = []
    for _ in range(LOOKS):
        started = time.perf_counter()
        deed()
        times.append(time.perf_counter() - started)
    return min(times)
