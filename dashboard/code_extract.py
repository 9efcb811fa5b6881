"""Reads the ICD-10-CM release in a process of its own and prints what is needed of it, so that its 150 MB go again.

`python -m dashboard.code_extract CODE…` prints one JSON object: the codes, their ancestors and their siblings.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from importlib import resources
from typing import Any

import simple_icd_10_cm as book  # type: ignore[import-untyped]

_RELEASE = re.compile(r"tabular-([A-Z][a-z]+)-(?:(\d+)-)?(\d{4})\.xml$")


def extract(wanted: Iterable[str]) -> dict[str, Any]:
    """Release day and the codes by code: title, billable, parent, Excludes1 notes, seventh characters."""
    found: dict[str, Any] = {}
    for code in sorted({each for one in wanted if book.is_valid_item(one) for each in _family(one)}):
        found[code] = _entry(code)
    return {"released": _released(), "codes": found}


def _family(code: str) -> Iterator[str]:
    """The code, everything above it down from its category, and everything below its parent."""
    above = [each for each in book.get_ancestors(code) if book.is_category_or_subcategory(each)]
    yield code
    yield from above
    yield from book.get_descendants(above[0] if above else code)


def _entry(code: str) -> dict[str, Any]:
    parent = book.get_parent(code)
    return {
        "title": book.get_description(code),
        "billable": book.is_leaf(code),
        "parent": parent if parent and book.is_category_or_subcategory(parent) else None,
        "excludes1": book.get_excludes1(code),
        "seventh": book.get_seven_chr_def(code, True) if book.is_extended_subcategory(code) else {},
    }


def _released() -> str:
    """The first day of the release, from the name of the file the library carries."""
    for file in resources.files("simple_icd_10_cm").joinpath("data").iterdir():
        if named := _RELEASE.search(file.name):
            month, day, year = named.groups()
            return datetime.strptime(f"{month} {day or 1} {year}", "%B %d %Y").date().isoformat()
    return ""


if __name__ == "__main__":
    json.dump(extract(sys.argv[1:]), sys.stdout)
