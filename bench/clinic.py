"""The demo clinic made for a measurement, in a folder of its own, and what is looked up in it beforehand."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.running import ROOT


def made(home: Path) -> Path:
    """The demo clinic's file in a home folder, made now unless it is there."""
    file = home / "demo.sqlite"
    if not file.exists():
        started = time.perf_counter()
        run(home, "from dashboard.demo.making import make_demo; make_demo()")
        choose(home)
        print(f"demo clinic made in {time.perf_counter() - started:.1f} s", flush=True)
    return file


def choose(home: Path) -> None:
    """Open the demo clinic of a home folder from now on."""
    run(home, "from db.engine import choose_database; choose_database('demo')")


def asked(home: Path, who: str, wanted: str) -> str:
    """What an expression over ``casework`` and the ``actor`` says in the clinic of a home folder."""
    return run(home, f"from dashboard import casework; actor = casework.actor_for({who!r}); print({wanted})").strip()


def run(home: Path, code: str) -> str:
    """What a piece of Python prints when the clinic's home is that folder; CalledProcessError when it fails."""
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    environment["BACKSTRIDE_HOME"] = str(home)
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
