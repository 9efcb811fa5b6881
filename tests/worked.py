"""The worked cases of ``tests/cases`` and the command that assesses them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "cases"
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Said:
    """What the command said: one document a case in the order given, its complaints, and its exit status."""

    documents: tuple[dict[str, Any], ...]
    complaints: tuple[str, ...]
    status: int


def worked(name: str) -> tuple[dict[str, Any], ...]:
    """The cases of ``tests/cases/<name>.jsonl``."""
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(json.loads(line) for line in lines)


def assess(files: Iterable[Path]) -> Said:
    """Run ``python -m dashboard.clinical assess`` once over the files."""
    command = [sys.executable, "-m", "dashboard.clinical", "assess", *map(str, files)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, encoding="utf-8")
    documents = tuple(json.loads(line) for line in done.stdout.splitlines())
    return Said(documents, tuple(done.stderr.splitlines()), done.returncode)


def write_lines(file: Path, cases: Iterable[Mapping[str, Any]]) -> Path:
    """Write one case a line and return the file."""
    file.write_text("".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases), encoding="utf-8")
    return file
