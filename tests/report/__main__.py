"""`python -m tests.report`: print the report of the worked cases and keep it in docs/cases.md."""

from __future__ import annotations

from pathlib import Path

from dashboard.clinical.knowledge import load
from tests.report.page import page

FILE = Path(__file__).parents[2] / "docs" / "cases.md"


def main() -> None:
    """Write the page and say it."""
    text = page(load())
    FILE.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
