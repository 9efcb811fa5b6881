"""The ICD-10-CM code set, as much of it as the knowledge speaks of: read once, in the background, on first need."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 60
_NEW_YEAR = (10, 1)
"""ICD-10-CM years begin on 1 October."""


class CodeBookError(RuntimeError):
    """The code set could not be read."""


@dataclass(frozen=True)
class Code:
    """One code of the release."""

    code: str
    title: str
    billable: bool
    parent: str | None
    excludes1: tuple[str, ...]
    """The release's own notes on this code: what is not coded together with it."""
    seventh: Mapping[str, str] = field(default_factory=dict)
    """Seventh characters and their meaning; empty where there is none."""


@dataclass(frozen=True)
class CodeBook:
    """The codes by code, and the first day of the release they come from."""

    released: date | None
    codes: Mapping[str, Code]

    def line(self, code: str) -> Iterator[Code]:
        """A code and everything above it, the code first."""
        here = self.codes.get(code)
        while here is not None:
            yield here
            here = self.codes.get(here.parent or "")

    def billable_below(self, code: str) -> tuple[Code, ...]:
        """The billable codes under a family; the code itself when it is billable."""
        within = (each for each in self.codes.values() if each.billable)
        return tuple(sorted((e for e in within if code in {up.code for up in self.line(e.code)}), key=lambda e: e.code))

    def superseded(self, on: date) -> bool:
        """Whether a newer yearly release is in force on a day: each is valid up to 30 September."""
        if self.released is None:
            return True
        ends = date(self.released.year + ((self.released.month, self.released.day) >= _NEW_YEAR), *_NEW_YEAR)
        return on >= ends


def begin(codes: tuple[str, ...]) -> Future[CodeBook]:
    """Start reading in the background; the same reading for everybody who asks for the same codes."""
    return _begun(tuple(sorted(set(codes))))


def read(codes: tuple[str, ...]) -> CodeBook:
    """The code set around these codes, waiting for it if it is still being read; CodeBookError when it cannot be."""
    try:
        return begin(codes).result(PATIENCE_SECONDS)
    except Exception as why:
        _begun.cache_clear()  # the next one to ask tries again
        raise CodeBookError("The ICD-10-CM code set could not be read.") from why


@lru_cache(maxsize=2)
def _begun(codes: tuple[str, ...]) -> Future[CodeBook]:
    reader = ThreadPoolExecutor(1, thread_name_prefix="code-book")
    future = reader.submit(_read, codes)
    reader.shutdown(wait=False)  # not "with": that would wait, and the first page with it, for seconds
    return future


def _read(codes: tuple[str, ...]) -> CodeBook:
    """Through a process of its own: the library's import takes seconds and 150 MB, which go when it ends."""
    command = [sys.executable, "-m", "dashboard.code_extract", *codes]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=True)
    told = json.loads(done.stdout)
    entries = {
        code: Code(code=code, **{**each, "excludes1": tuple(each["excludes1"])}) for code, each in told["codes"].items()
    }
    return CodeBook(date.fromisoformat(told["released"]) if told["released"] else None, entries)
