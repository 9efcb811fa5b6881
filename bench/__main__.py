"""`make bench`: every page with real sessions on the demo clinic, and the reasoning beside a plain loop."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path


def main() -> int:
    """Run the measurements named on the command line ("pages", "reasoning"), or all; exit status 1 on a missed goal."""
    from bench import pages, reasoning

    chosen = sys.argv[1:] or ["reasoning", "pages"]
    with tempfile.TemporaryDirectory() as folder:
        kept = [
            reasoning.measure() if "reasoning" in chosen else True,
            pages.measure(Path(folder)) if "pages" in chosen else True,
        ]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
