"""The file an export is: its tables, the list of its columns and a page about it, packed line by line."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from dashboard.exports.cells import line
from dashboard.exports.columns import Table
from dashboard.exports.reductions import Names

LEVEL = 6
Sources = Mapping[str, Any]
"""Source -> value of one record."""


@dataclass(frozen=True)
class Bundle:
    """A finished export."""

    content: bytes
    rows: Mapping[str, int]
    """Lines of each table."""

    @property
    def sha256(self) -> str:
        """By which the file is known again."""
        return hashlib.sha256(self.content).hexdigest()


def bundle(tables: Sequence[tuple[Table, Iterable[Sources]]], about: str) -> Bundle:
    """Everything packed into one file; only the packed bytes are held, never the rows."""
    packed, rows, names = BytesIO(), dict[str, int](), Names()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as file:
        _add(file, "about.txt", [about])
        _add(file, "columns.csv", column_list([table for table, _ in tables]))
        for table, records in tables:
            rows[table.name] = _add(file, f"{table.name}.csv", _lines(table, records, names)) - 1
    return Bundle(packed.getvalue(), rows)


def column_list(tables: Iterable[Table]) -> Iterable[str]:
    """What each column is, to what it was reduced and why it is safe, as a table."""
    yield line(["file", "column", "what it is", "reduced to", "why it may leave"])
    for table in tables:
        for column in table.columns:
            yield line([table.name, column.name, column.says, column.reduced, column.why])


def _lines(table: Table, records: Iterable[Sources], names: Names) -> Iterable[str]:
    yield line([column.name for column in table.columns])
    for record in records:
        yield line([column.leaves(record.get(column.source), names) for column in table.columns])


def _add(file: zipfile.ZipFile, name: str, lines: Iterable[str]) -> int:
    """Write one member line by line; how many there were."""
    count, entry = 0, zipfile.ZipInfo(name)  # without the moment it was made
    entry.compress_type = zipfile.ZIP_DEFLATED
    with file.open(entry, "w", force_zip64=True) as member:
        for count, each in enumerate(lines, start=1):  # noqa: B007
            member.write(each.encode())
    return count
