"""Contenders timed in turn, so that what else the machine does falls on all alike."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Contender:
    """One way to do some work, and how long it took: seconds a case, by the clock and of the processor."""

    name: str
    deed: Callable[[Any], object]
    does: str = ""
    cases: int = 1
    """How many cases one call does."""
    clock: list[float] = field(default_factory=list)
    processor: dict[int, list[float]] = field(default_factory=dict)
    """The times of each input."""

    def run(self, number: int, what: Any) -> None:
        """One call on the input of a number, timed."""
        worked, started = time.process_time(), time.perf_counter()
        self.deed(what)
        ended = time.perf_counter()
        self.processor.setdefault(number, []).append((time.process_time() - worked) / self.cases)
        self.clock.append((ended - started) / self.cases)

    @property
    def cost(self) -> float:
        """Processor seconds a case, what all ratios are made of: the best look at each input, the median of those.

        The best, because whatever else the machine does only ever adds to it.
        """
        return statistics.median(min(times) for times in self.processor.values())

    @property
    def p95(self) -> float:
        """95th percentile of the clock, seconds a case."""
        return sorted(self.clock)[int(0.95 * (len(self.clock) - 1))]

    def line(self) -> str:
        """One row of the table."""
        median = statistics.median(self.clock)
        figures = f"{self.cost * 1e6:11,.2f} {median * 1e6:11,.2f} {self.p95 * 1e6:11,.2f} {1 / self.cost:11,.0f}"
        return f"{self.name:42} {figures}  {self.does}"


HEAD = f"{'':42} {'CPU µs':>11} {'clock µs':>11} {'p95 µs':>11} {'cases/s CPU':>11}"


def in_turn(contenders: Sequence[tuple[Contender, Sequence[Any]]], looks: int) -> None:
    """Every contender on its first input, then every one on its second, and all of it again; one more to warm up."""
    for contender, inputs in contenders:
        contender.deed(inputs[0])
    gc.collect()
    gc.disable()
    try:
        for _ in range(looks):
            for number in range(max(len(inputs) for _, inputs in contenders)):
                for contender, inputs in contenders:
                    contender.run(number, inputs[number])
    finally:
        gc.enable()
