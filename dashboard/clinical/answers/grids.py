"""Grid answers: a table of rows and sides, or the shorthand of an examination note such as "R PF 4/5"."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping

from dashboard.clinical.answers.bad import BadAnswer
from dashboard.clinical.answers.options import SIDES
from dashboard.clinical.spelling import UNKNOWN, contains, did_you_mean, simplified
from dashboard.clinical.vocabulary import Answer, Item

_NUMBER = re.compile(r"(\d+(?:\.\d+)?)[+-]?\s*(?:/\s*(\d+))?\s*$")
"""4, 4/5, and the half grades 4+/5 and 4-/5, which are kept as 4."""
_GRADE = re.compile(r"(?<![\w/.])(\d+(?:\.\d+)?)[+-]?\s*/\s*(\d+)")
"""A grade with its scale, wherever it stands: "EHL 2/5 right"."""
_WEAK = re.compile(r"\b(weak\w*|\w*pares[ie]s|\w*plegia|paraly\w+)\b", re.IGNORECASE)
_DENIED = re.compile(r"\b(no|not|without|denies|normal|negative)\b", re.IGNORECASE)
Cell = tuple[str, object]


def tells_weakness(words: str) -> bool:
    """True of a finding in words, without a grade, that speaks of weakness and denies nothing."""
    return bool(_WEAK.search(words)) and not _DENIED.search(words) and _GRADE.search(words) is None


def read_grid(item: Item, raw: object, lenient: bool) -> Answer | None:
    """{"row.side": number} for every cell given; None when none is."""
    if isinstance(raw, str) and simplified(raw) in UNKNOWN:
        return None
    cells: dict[str, float] = {}
    for cell, value in _cells(item, raw, lenient):
        number = _entry(item, cell, value)
        if number is not None:
            cells[cell] = number
    order = [f"{row.code}.{side}" for row in item.rows for side in item.sides]
    return {cell: cells[cell] for cell in order if cell in cells} or None


def _cells(item: Item, raw: object, lenient: bool) -> Iterator[Cell]:
    if isinstance(raw, Mapping):
        yield from _table(item, raw)
    elif isinstance(raw, str):
        yield from _notes(item, raw) if lenient else ()
        for part in () if lenient else re.split(r"[,;]", raw):
            yield from _shorthand(item, part)
    elif isinstance(raw, list | tuple) and all(isinstance(part, str) for part in raw):
        for part in raw:
            yield from _shorthand(item, part)
    else:
        raise BadAnswer(item.id, f'should be a table such as {{"{item.rows[0].code}.{item.sides[0]}": 4}}.')


def _table(item: Item, raw: Mapping[str, object]) -> Iterator[Cell]:
    """ "row.side": 4, or a table of sides in each row, or of rows in each side."""
    for key, value in raw.items():
        inner = value.items() if isinstance(value, Mapping) else [("", value)]
        for second, number in inner:
            words = [*str(key).replace(".", " ").split(), *str(second).split()]
            for cell in _places(item, " ".join(words)):
                yield cell, number


def _notes(item: Item, raw: str) -> Iterator[Cell]:
    """A published examination: parts in any order of words, a side said once counts for the parts without one."""
    sides = {SIDES[token] for token in simplified(raw).split(" ") if token in SIDES}
    only = f"{next(iter(sides))} " if len(sides) == 1 else ""
    for part in re.split(r"[,;]|\band\b", raw):
        said = any(token in SIDES for token in simplified(part).split(" "))
        yield from _shorthand(item, _ordered(item, part if said else only + part))


def _ordered(item: Item, part: str) -> str:
    """ "EHL weakness 2/5 right" as "right EHL 2/5": side, row, grade, when the part has all three."""
    grade = _GRADE.search(part)
    if grade is None:
        return part
    tokens = simplified(part.replace(grade[0], " ")).split(" ")
    rest = " ".join(token for token in tokens if token not in SIDES)
    named = [s for s in _spelled_rows(item) if contains(rest, s)]
    side = next((token for token in tokens if token in SIDES), "")
    return f"{side} {max(named, key=len)} {grade[0]}" if named else part


def _shorthand(item: Item, part: str) -> Iterator[Cell]:
    """ "R PF 4/5": a side, a row in any accepted spelling, and a number."""
    found = _NUMBER.search(part.strip())
    if found is None:
        raise BadAnswer(item.id, "has an entry without a number. Write side, row and number, such as R ankle 1.")
    if found[2] is not None and int(found[2]) != item.maximum:
        raise BadAnswer(item.id, f"is scored out of {item.maximum:g}. Write it like R ankle 4.")
    for cell in _places(item, part.strip()[: found.start()]):
        yield cell, float(found[1])


def _places(item: Item, words: str) -> list[str]:
    tokens = simplified(words).split(" ")
    sides = [SIDES[token] for token in tokens if token in SIDES]
    rest = " ".join(token for token in tokens if token not in SIDES)
    row = _row(item, rest)
    if len(sides) != 1:
        raise BadAnswer(item.id, f"should say right or left (or both) for '{row}'.")
    return [f"{row}.{side}" for side in (item.sides if sides == ["both"] else sides)]


def _row(item: Item, words: str) -> str:
    spellings = _spelled_rows(item)
    if words not in spellings:
        codes = [row.code for row in item.rows]
        cure = did_you_mean(words, codes) or f" It has {', '.join(codes)}."
        raise BadAnswer(item.id, f"names a row that does not exist.{cure}")
    return spellings[words]


def _spelled_rows(item: Item) -> dict[str, str]:
    """Simplified spelling → row code."""
    return {simplified(spelling): row.code for row in item.rows for spelling in (row.label, *row.accepts, row.code)}


def _entry(item: Item, cell: str, value: object) -> float | None:
    if value is None or value == "":
        return None
    if isinstance(value, str) and re.fullmatch(r"\s*\d+(\.\d+)?\s*", value):
        value = float(value)
    low, high = item.minimum or 0.0, item.maximum if item.maximum is not None else math.inf
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise BadAnswer(item.id, f"should have a number from {low:g} to {high:g} at {cell}.")
    return float(value)
