"""From TOML tables to the frozen nouns: types, unknown keys and missing keys, every problem with file, key and cure."""

from __future__ import annotations

import dataclasses
import math
import types
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from dashboard.clinical.spelling import did_you_mean
from dashboard.clinical.vocabulary import Urgency

T = TypeVar("T")

_KEYS = {"clause": "clauses", "trial": "trials", "from": "from_", "to": "to_"}
"""Keys that read better in a file than as a field."""
_BAD = object()


class Problems:
    """What is wrong with the knowledge, in the order found."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, place: str, says: str) -> None:
        """Note a problem once: where it is (file and key), and what is wrong with the cure."""
        problem = f"{place}: {says}"
        if problem not in self.found:
            self.found.append(problem)


class KnowledgeError(ValueError):
    """Knowledge that cannot be used; each problem names file, key and cure."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def read_record(kind: type[T], table: object, place: str, problems: Problems) -> T | None:
    """One table as one noun; None when it could not be made, with the reasons in ``problems``."""
    if not isinstance(table, Mapping):
        problems.add(place, f"should be a table, not {_kind(table)}.")
        return None
    fields = _fields(kind)  # type: ignore[arg-type]
    given = {_KEYS.get(key, key) if key not in fields else key: value for key, value in table.items()}
    for key in given:
        if key not in fields:
            problems.add(place, f"has the key '{key}', which does not belong here.{did_you_mean(key, fields)}")
    values = {key: _convert(given[key], fields[key], f"{place}, {key}", problems) for key in given if key in fields}
    missing = [key for key in _needed(kind) if key not in values]  # type: ignore[arg-type]
    for key in missing:
        problems.add(place, f"lacks '{_written(key)}'. Add it.")
    if missing or any(value is _BAD for value in values.values()):
        return None
    return kind(**values)


@cache
def _fields(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


@cache
def _needed(kind: Any) -> tuple[str, ...]:
    missing = dataclasses.MISSING
    return tuple(f.name for f in dataclasses.fields(kind) if f.default is missing and f.default_factory is missing)


def _written(field: str) -> str:
    return field.rstrip("_")


def _kind(value: object) -> str:
    names = {bool: "true/false", str: "text", int: "a whole number", float: "a number", list: "a list", dict: "a table"}
    return names.get(type(value), type(value).__name__)


def _convert(value: object, hint: Any, place: str, problems: Problems) -> Any:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _union(value, get_args(hint), place, problems)
    if origin is Literal:
        return _literal(value, get_args(hint), place, problems)
    if origin is tuple:
        return _tuple(value, get_args(hint), place, problems)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(value, get_args(hint)[1], place, problems)
    if hint is Urgency:
        return _literal(value, tuple(u.code for u in Urgency), place, problems, Urgency.of)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        record: object = read_record(hint, value, _place_of(value, place), problems)
        return _BAD if record is None else record
    return _plain(value, hint, place, problems)


def _place_of(value: object, place: str) -> str:
    named = (
        next((value[key] for key in ("id", "code", "finding") if key in value), None)
        if isinstance(value, Mapping)
        else None
    )
    return f"{place} ({named!r})" if isinstance(named, str) else place


def _union(value: object, hints: tuple[Any, ...], place: str, problems: Problems) -> Any:
    """``X | None``; in a list of numbers the word "own" stands for None."""
    if value == "own" and float in hints:
        return None
    return _convert(value, next(hint for hint in hints if hint is not type(None)), place, problems)


def _literal(
    value: object, words: tuple[str, ...], place: str, problems: Problems, make: Callable[[str], Any] = str
) -> Any:
    if value in words:
        return make(str(value))
    cure = did_you_mean(value, words) or f" It is one of {', '.join(words)}."
    problems.add(place, f"is {value!r}.{cure}")
    return _BAD


def _tuple(value: object, hints: tuple[Any, ...], place: str, problems: Problems) -> Any:
    if not isinstance(value, list):
        problems.add(place, f"should be a list, not {_kind(value)}. Put it in [brackets].")
        return _BAD
    if hints[-1] is not Ellipsis and len(hints) != len(value):
        problems.add(place, f"should have {len(hints)} entries, not {len(value)}.")
        return _BAD
    kinds = [hints[0]] * len(value) if hints[-1] is Ellipsis else hints
    entries = [
        _convert(entry, kind, f"{place} {number}", problems)
        for number, (entry, kind) in enumerate(zip(value, kinds, strict=True), 1)
    ]
    return _BAD if any(entry is _BAD for entry in entries) else tuple(entries)


def _mapping(value: object, hint: Any, place: str, problems: Problems) -> Any:
    if not isinstance(value, Mapping):
        problems.add(place, f"should be a table, not {_kind(value)}.")
        return _BAD
    entries = {key: _convert(entry, hint, f"{place}.{key}", problems) for key, entry in value.items()}
    return _BAD if any(entry is _BAD for entry in entries.values()) else entries


def _plain(value: object, hint: Any, place: str, problems: Problems) -> Any:
    if hint is float and type(value) in (int, float) and math.isfinite(value):  # type: ignore[arg-type]
        return float(value)  # type: ignore[arg-type]
    if hint in (str, int, bool, date) and type(value) is hint:
        return value.strip() if isinstance(value, str) else value
    wanted = {str: "text", int: "a whole number", float: "a number", bool: "true or false", date: "a date"}
    problems.add(place, f"should be {wanted.get(hint, hint)}, not {_kind(value)} ({str(value)[:40]!r}).")
    return _BAD
