"""Which machine measures, how busy it is, and one core to measure on."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_IDLE = 0.5
"""A load average up to which the machine counts as idle."""


def described() -> str:
    """The processor, cores, Python, and whether anything else was running."""
    load = os.getloadavg()[0]
    busy = "idle" if load <= _IDLE else "NOT idle: read the ratios, and the CPU time rather than the clock"
    cores = f"{os.cpu_count()} cores, measured on one"
    return f"{_processor()}, {cores}, Python {platform.python_version()}; load average {load:.1f} ({busy})"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


@contextmanager
def one_core() -> Iterator[None]:
    """Everything in this process on one core, whatever threads its libraries start; afterwards as before."""
    from threadpoolctl import threadpool_limits

    os.environ["POLARS_MAX_THREADS"] = "1"  # read when polars is imported
    allowed = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    if allowed:
        os.sched_setaffinity(0, {max(allowed)})
    try:
        with threadpool_limits(1):
            yield
    finally:
        if allowed:
            os.sched_setaffinity(0, allowed)
