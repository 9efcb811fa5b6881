"""The allow-list of the export that names nobody: which columns leave, to what each is reduced and why that is safe."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from dashboard.exports.reductions import RANDOM, RANDOM_SAYS, REDUCTIONS, Limits, Names, Reduced

LIST = Path(__file__).with_name("columns.toml")
ANSWER = "answer."
"""What the source of a questionnaire's item begins with."""
NO_LIMITS = Limits()
KINDS: Mapping[str, frozenset[str]] = {
    "flag": frozenset({"flag"}),
    "choice": frozenset({"option"}),
    "choices": frozenset({"options"}),
    "integer": frozenset({"number", "whole", "weeks", "band"}),
    "decimal": frozenset({"number", "whole", "weeks", "band"}),
}
"""Kind of item -> the reductions it may leave by; items of every other kind, free words first of all, never do."""


class ColumnsError(ValueError):
    """The allow-list cannot be used; the message names the column and the cure."""


@dataclass(frozen=True)
class Column:
    """One column that leaves."""

    name: str
    source: str
    """Where it comes from: "table.column", or "answer.item"."""
    reduction: str
    says: str
    why: str
    limits: Limits = NO_LIMITS

    @property
    def reduced(self) -> str:
        """What is done to it, in words."""
        return RANDOM_SAYS if self.reduction == RANDOM else REDUCTIONS[self.reduction][0]

    def leaves(self, value: Any, names: Names) -> Reduced:
        """The value as it leaves."""
        if self.reduction == RANDOM:
            return names.sign(self.source, value) if isinstance(value, int) else None
        return REDUCTIONS[self.reduction][1](value, self.limits)


@dataclass(frozen=True)
class Table:
    """One file of the export: its name, what a line of it is, and its columns."""

    name: str
    says: str
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Allowed:
    """Everything that may leave, and whose."""

    law: str
    consent: tuple[str, ...]
    """Items that must all have been answered with yes."""
    tables: tuple[Table, ...]


Kinds = Mapping[str, tuple[str, frozenset[str]]]
"""Item -> its kind and its options' codes, as the knowledge in force has them."""


@cache
def written() -> Mapping[str, Any]:
    """The allow-list as it stands in its file."""
    return tomllib.loads(LIST.read_text(encoding="utf-8"))


def allowed(items: Kinds, raw: Mapping[str, Any] | None = None) -> Allowed:
    """The allow-list for a questionnaire; ColumnsError when it lists what may never leave or says no reason."""
    raw = raw or written()
    for item in raw["consent"]:
        if items.get(item, ("", frozenset()))[0] != "flag":
            raise ColumnsError(f"columns.toml: consent names {item!r}, which is no yes-or-no question.")
    tables = tuple(
        Table(each["name"], each["says"], tuple(_column(line, items) for line in each["column"]))
        for each in raw["file"]
    )
    for table in tables:
        names = [column.name for column in table.columns]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ColumnsError(f"columns.toml: {table.name} lists {', '.join(twice)} more than once.")
    return Allowed(raw["law"], tuple(raw["consent"]), tables)


def _column(line: Mapping[str, Any], items: Kinds) -> Column:
    name, source, reduction = line["name"], line["from"], line["as"]
    if reduction != RANDOM and reduction not in REDUCTIONS:
        raise ColumnsError(
            f"columns.toml: {name!r} is reduced by {reduction!r}; choose one of {', '.join(REDUCTIONS)}."
        )
    if not line.get("why", "").strip() or not line.get("says", "").strip():
        raise ColumnsError(f"columns.toml: {name!r} does not say what it is and why it is safe to leave.")
    codes = frozenset[str]()
    if source.startswith(ANSWER):
        kind, codes = items.get(source.removeprefix(ANSWER), ("no item", codes))
        if reduction not in KINDS.get(kind, ()):
            raise ColumnsError(
                f"columns.toml: {name!r} comes from {source!r}, {kind}, which may not leave as {reduction!r}."
            )
    limits = Limits(codes, line.get("step", 1), line.get("lowest", 0), line.get("highest", 0))
    return Column(name, source, reduction, line["says"], line["why"], limits)
