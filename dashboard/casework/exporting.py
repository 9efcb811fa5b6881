"""The export that names nobody: who may make it, of whom, and the note of what left."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from dashboard.access import Actor, Permission
from dashboard.casework.authority import looking, writing
from dashboard.casework.deeds import deed
from dashboard.casework.errors import BadAnswer
from dashboard.clinical.knowledge import Knowledge
from dashboard.exports.bundle import Bundle, bundle
from dashboard.exports.columns import Allowed, Column, Table, allowed
from db import exporting, records
from db.exporting import Wanted

Progress = Callable[[float, str], object]
"""Told how much is done (0 to 1) and what is being done."""


@dataclass(frozen=True)
class Export:
    """A finished export: the file, its name, and how many lines each of its tables has."""

    file: Bundle
    name: str


def columns_that_leave(known: Knowledge) -> Allowed:
    """The allow-list for the questionnaire in force."""
    items = {item.id: (item.type, frozenset(option.code for option in item.options)) for item in known.items.values()}
    return allowed(items)


@deed(Permission.EXPORT_MAKE, of_a_site=True)
def export_years(actor: Actor) -> tuple[int, ...]:
    """The years there are intakes of."""
    with looking(actor, Permission.EXPORT_MAKE) as session:
        return exporting.years(session)


@deed(Permission.EXPORT_MAKE, of_a_site=True)
def make_export(
    actor: Actor,
    known: Knowledge,
    first_year: int | None,
    last_year: int | None,
    made_on: date,
    progress: Progress = lambda share, what: None,
) -> Export:
    """Everything that may leave of whole years, from one moment of the database, noted before it is given out.

    Whoever has not agreed stays out. BadAnswer when the years are the wrong way round.
    """
    if first_year and last_year and first_year > last_year:
        raise BadAnswer("last_year", "must not lie before the first year.")
    permitted = columns_that_leave(known)
    wanted = Wanted(first_year, last_year, permitted.consent)
    with looking(actor, Permission.EXPORT_MAKE) as session:
        progress(0, "Looking up who agreed")
        tables = _tables(session, permitted, wanted, progress)
        made = bundle(tables, about(permitted, wanted, made_on, known.version))
    _note(actor, permitted, wanted, made)
    progress(1, "Done")
    return Export(made, f"backstride-export-{made_on:%Y-%m-%d}-{made.sha256[:8]}.zip")


def about(permitted: Allowed, wanted: Wanted, made_on: date, version: str) -> str:
    """The page inside the file: what it is, of which years, under which rule."""
    return (
        "An export that names nobody, made by Backstride.\n\n"
        f"Years of intake: {years_words(wanted.first_year, wanted.last_year)}\n"
        f"Rule: {permitted.law} (Safe Harbor); every column is listed in columns.csv with what it was reduced to\n"
        f"Of whom: runners whose newest intake says yes to {' and '.join(permitted.consent)}; unknown is not yes\n"
        "Signs of runners and episodes were drawn for this file alone; two exports cannot be joined by them\n"
        f"Knowledge: {version}\n"
        f"Made on: {made_on.isoformat()}\n"
    )


def years_words(first: int | None, last: int | None) -> str:
    """Whole years in words."""
    if first is None and last is None:
        return "all"
    if first == last:
        return str(first)
    return f"{first or 'the first'} to {last or 'the last'}"


def _tables(
    session: Session, permitted: Allowed, wanted: Wanted, progress: Progress
) -> list[tuple[Table, Iterator[dict[str, Any]]]]:
    """Each table with its rows, which are read when they are written."""
    numbers = {table.name: exporting.numbers(session, table.name, wanted) for table in permitted.tables}
    counted = _Counted(sum(map(len, numbers.values())), progress)
    return [
        (table, counted.each(exporting.rows(session, table.name, numbers[table.name], _sources(table.columns))))
        for table in permitted.tables
    ]


def _sources(columns: Sequence[Column]) -> list[str]:
    return list(dict.fromkeys(column.source for column in columns))


class _Counted:
    """Tells how far the rows are, every so many of them."""

    EVERY = 500

    def __init__(self, total: int, progress: Progress) -> None:
        self.done, self.total, self.progress = 0, total, progress

    def each(self, rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The rows, counted as they go by."""
        for row in rows:
            self.done += 1
            if self.done % self.EVERY == 0:
                self.progress(0.99 * self.done / self.total, f"{self.done:,} of {self.total:,} lines")
            yield row


def _note(actor: Actor, permitted: Allowed, wanted: Wanted, made: Bundle) -> None:
    """Keep who took what: lines, columns, years, and the file's hash to know it again by."""
    after = {
        "rows": dict(made.rows),
        "columns": {table.name: [column.name for column in table.columns] for table in permitted.tables},
        "first_year": wanted.first_year,
        "last_year": wanted.last_year,
        "consent": list(wanted.consent),
        "sha256": made.sha256,
    }
    with writing(actor, Permission.EXPORT_MAKE) as session:
        records.note(session, actor, "export:make", "export", made.sha256[:12], after=after)
