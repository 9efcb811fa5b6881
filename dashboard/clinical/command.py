"""Case files on the command line: each read, assessed and printed as one JSON line, or refused in one clear line."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from dashboard.clinical.answers import CaseError, ReadCase, read_document
from dashboard.clinical.assessment import assess
from dashboard.clinical.knowledge import Knowledge

STANDARD_INPUT = Path("-")
LARGEST_FILE = 50_000_000
"""Bytes of one case file; a case has a few kilobytes."""
MOST_KEYS = 2000
"""Keys of one object; an intake has a few hundred items under all their names."""
LONGEST_KEY = 100
MOST_PROBLEMS = 20
"""Problems of one case told in its line; the others are counted."""


@dataclass(frozen=True)
class Refused(Exception):  # noqa: N818 (the word of the clinic)
    """A file or line that cannot be assessed, and the cure."""

    place: str
    says: str


def assess_files(paths: list[Path], knowledge: Knowledge, out: TextIO, errors: TextIO) -> int:
    """Assess every file in the order given; the exit status is 2 when any was refused, else 0."""
    status = 0
    for path in paths:
        for found in cases_in(path, knowledge):
            if isinstance(found, Refused):
                print(one_line(f"{found.place}: {found.says}"), file=errors)
                status = 2
            else:
                print(_line(*found, knowledge), file=out)
    return status


def one_line(words: str) -> str:
    """Words as one line of a terminal: what would break it or steer it (in a file's name, say) is spelled out."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in words)


def _line(name: str, read: ReadCase, knowledge: Knowledge) -> str:
    document = assess(read.case, knowledge).document() | {"case": name}
    if read.envelope:
        document["not_used"] = dict(read.not_used)
    return json.dumps(document, ensure_ascii=False, allow_nan=False)


def cases_in(path: Path, knowledge: Knowledge) -> Iterator[tuple[str, ReadCase] | Refused]:
    """Each case of a file with its name, or why it is refused, in the order of the file."""
    try:
        text = _text(path)
    except Refused as refused:
        yield refused
        return
    name, place = ("standard input",) * 2 if path == STANDARD_INPUT else (path.name, str(path))
    if path.suffix.casefold() == ".jsonl":
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                yield _read(f"{name}:{number}", f"{place}:{number}", line, knowledge, by_id=True)
    else:
        yield _read(name, place, text, knowledge, by_id=False)


def _text(path: Path) -> str:
    try:
        text = _content(path).decode("utf-8-sig")
    except FileNotFoundError:
        raise Refused(str(path), "there is no such file. Check the name.") from None
    except IsADirectoryError:
        raise Refused(str(path), "is a folder. Name the case files in it.") from None
    except UnicodeDecodeError as error:
        raise Refused(str(path), f"is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from None
    except OSError as error:
        raise Refused(str(path), f"cannot be read ({error.strerror}).") from None
    if not text.strip():
        raise Refused(str(path), "is empty. Write one JSON object with item ids as keys.")
    return text


def _content(path: Path) -> bytes:
    """The bytes of a file, a pipe or standard input; never more than are taken, however many are offered."""
    with open(0, "rb", closefd=False) if path == STANDARD_INPUT else path.open("rb") as source:
        content = source.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise Refused(str(path), "is too large for a case file. Give one case a file, or one a line in .jsonl.")
    return content


def _read(name: str, place: str, text: str, knowledge: Knowledge, by_id: bool) -> tuple[str, ReadCase] | Refused:
    try:
        read = read_document(knowledge, _json(text))
    except CaseError as error:
        more = len(error.problems) - MOST_PROBLEMS
        told = error.problems[:MOST_PROBLEMS] + ((f"and {more} more like these.",) if more > 0 else ())
        return Refused(place, " | ".join(told))
    except ValueError as error:
        return Refused(place, str(error))
    return (read.name if by_id and read.name else name, read)


def _json(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_no_twice, parse_int=_whole)
    except json.JSONDecodeError as error:
        cure = "Mend the JSON there"
        raise ValueError(f"is not JSON: {error.msg} at line {error.lineno} column {error.colno}. {cure}.") from None
    except RecursionError:
        raise ValueError("is nested too deeply. A case is one flat JSON object.") from None


def _no_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > MOST_KEYS:
        raise ValueError(f"has {len(pairs)} keys. A case has item ids as keys, and there are fewer than {MOST_KEYS}.")
    found: dict[str, Any] = {}
    for key, value in pairs:
        if len(key) > LONGEST_KEY:
            raise ValueError(f"has a key of {len(key)} characters ('{key[:30]}…'). Keys are item ids; shorten it.")
        if key in found:
            raise ValueError(f"gives '{key}' twice. Keep one.")
        found[key] = value
    return found


def _whole(digits: str) -> int:
    if len(digits) > 20:
        raise ValueError("holds a number of more than 20 digits. Check it.")
    return int(digits)


def streams() -> tuple[TextIO, TextIO]:
    """Standard output and error, in UTF-8 whatever the machine's language; nowhere for one that was closed."""
    return _in_utf8(sys.stdout), _in_utf8(sys.stderr)


def _in_utf8(stream: TextIO | None) -> TextIO:
    if stream is None:
        return open(os.devnull, "w", encoding="utf-8")
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    return stream
