"""`make bench`: pages with real sessions on the demo clinic, and the reasoning beside a plain loop."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path


def main() -> int:
    """Run what the command line names, or reasoning and pages; exit status 1 on a missed goal, 2 on an unknown name.

    By name also "finding" (a million patients on SQLite and on PostgreSQL; some minutes to make and 6 GB of room,
    kept for the next time in BACKSTRIDE_BENCH_FOLDER where that is set), "growth" (every page beside itself with fifty
    thousand intakes; a minute to make, 4 GB of room), "load" (twenty desks at once), "desks" (every field of an intake
    beside twenty other desks; ten minutes), "keyboard" (typical intakes typed in a browser; four minutes) and
    "interruptions" (two hundred intakes interrupted at random; ten minutes).
    """
    from bench import desks, finding, growth, interruptions, keyboard, load, pages, reasoning

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        known: dict[str, Callable[[], bool]] = {
            "reasoning": reasoning.measure,
            "pages": lambda: pages.measure(place / "demo"),
            "finding": lambda: finding.measure(place),
            "growth": lambda: growth.measure(place),
            "load": lambda: load.measure(place),
            "desks": lambda: desks.measure(place),
            "keyboard": lambda: keyboard.measure(place),
            "interruptions": lambda: interruptions.measure(place),
        }
        chosen = sys.argv[1:] or ["reasoning", "pages"]
        if unknown := [name for name in chosen if name not in known]:
            print(f"bench: there is no {unknown[0]!r}; choose of {', '.join(known)}", file=sys.stderr)
            return 2
        kept = [known[name]() for name in chosen]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
