"""One piece of evidence rewritten in the text of a condition's file, every comment and line around it left alone."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

_ROW = re.compile(r"(?m)^\[\[evidence\]\][ \t]*$")
_TABLE = re.compile(r"(?m)^\[")


def with_evidence(text: str, row: int, changed: Mapping[str, Any]) -> str:
    """The text with some keys of its evidence row (counted from 0) changed; keys it lacks are added to the row.

    Values are numbers, words or lists of words. ValueError when the text does not allow it without touching more.
    """
    starts = [found.end() for found in _ROW.finditer(text)]
    if row >= len(starts):
        raise ValueError("there is no such row of evidence in this file")
    following = _TABLE.search(text, starts[row])
    start, end = starts[row], following.start() if following else len(text)
    block = text[start:end]
    for key, value in changed.items():
        block = _with(block, key, value)
    made = text[:start] + block + text[end:]
    _must_differ_there_only(text, made, row, changed)
    return made


def written(value: Any) -> str:
    """A number, a word or a list of words as TOML writes it."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{" ".join(escaped.split())}"'
    return f"{value:g}" if not isinstance(value, float) or value % 1 else f"{value:.1f}"


def _with(block: str, key: str, value: Any) -> str:
    line = re.compile(rf"(?m)^{re.escape(key)}[ \t]*=[ \t]*[^\n]*$")
    new = f"{key} = {written(value)}"
    return line.sub(lambda _: new, block, count=1) if line.search(block) else f"\n{new}{block}"


def _must_differ_there_only(before: str, after: str, row: int, changed: Mapping[str, Any]) -> None:
    try:
        old, new = tomllib.loads(before), tomllib.loads(after)
    except tomllib.TOMLDecodeError:
        raise ValueError("this row is written over several lines; edit the file itself") from None
    old["evidence"][row] |= dict(changed)
    if old != new:
        raise ValueError("this row is written over several lines; edit the file itself")
