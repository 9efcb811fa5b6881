"""Processes that are killed in the middle of what they do, and a folder in memory to try it in."""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for the clinic's files in memory, where there is such a place: kills are what is tried, not disks."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(prefix="backstride-", dir=memory if memory.is_dir() else None) as folder:
        monkeypatch.setenv("BACKSTRIDE_HOME", f"{folder}/home")
        monkeypatch.delenv("DATABASE_URL", raising=False)
        yield Path(folder) / "home"


def a_child(does: Callable[[], object]) -> int:
    """Another process that does something and ends; its id."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            does()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return child


def ended(child: int) -> int:
    """How a process ended: 0 when all went well, minus the signal when it was killed."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def deadly(holder: Any, name: str, when: str) -> Callable[..., Any]:
    """A function that kills its process before or after it does what it should."""
    real = getattr(holder, name)

    def function(*given: Any, **named: Any) -> None:
        if when == "after":
            real(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    return function
