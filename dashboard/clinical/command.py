"""Case files on the command line: each read, assessed and printed as one JSON line, or refused in one clear line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from dashboard.clinical.answers import CaseError, ReadCase, read_document
from dashboard.clinical.assessment import assess
from dashboard.clinical.knowledge import Knowledge

LARGEST_FILE = 50_000_000
"""Bytes of one case file; a case has a few kilobytes."""


@dataclass(frozen=True)
class Refused(Exception):  # noqa: N818 (the word of the clinic)
    """A file or line that cannot be assessed, and the cure."""

    place: str
    says: str


def assess_files(paths: list[Path], knowledge: Knowledge, out: TextIO, errors: TextIO) -> int:
    """Assess every file in the order given; the exit status is 2 when any was refused, else 0."""
    status = 0
    for path in paths:
        for found in _cases(path, knowledge):
            if isinstance(found, Refused):
                print(f"{found.place}: {found.says}", file=errors)
                status = 2
            else:
                print(_line(*found, knowledge), file=out)
    return status


def _line(name: str, read: ReadCase, knowledge: Knowledge) -> str:
    document = assess(read.case, knowledge).document() | {"case": name}
    if read.envelope:
        document["not_used"] = dict(read.not_used)
    return json.dumps(document, ensure_ascii=False, allow_nan=False)


def _cases(path: Path, knowledge: Knowledge) -> Iterator[tuple[str, ReadCase] | Refused]:
    try:
        text = _text(path)
    except Refused as refused:
        yield refused
        return
    if path.suffix == ".jsonl":
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                yield _read(f"{path.name}:{number}", f"{path}:{number}", line, knowledge, by_id=True)
    else:
        yield _read(path.name, str(path), text, knowledge, by_id=False)


def _text(path: Path) -> str:
    try:
        if path.is_file() and path.stat().st_size > LARGEST_FILE:
            raise Refused(str(path), "is too large for a case file. Give one case a file, or one a line in .jsonl.")
        text = path.read_bytes().decode("utf-8-sig")
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


def _read(
    name: str, place: str, text: str, knowledge: Knowledge, by_id: bool
) -> tuple[str, ReadCase] | Refused:
    try:
        read = read_document(knowledge, _json(text))
    except CaseError as error:
        return Refused(place, " | ".join(error.problems))
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
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"gives '{key[:60]}' twice. Keep one.")
        found[key] = value
    return found


def _whole(digits: str) -> int:
    if len(digits) > 20:
        raise ValueError("holds a number of more than 20 digits. Check it.")
    return int(digits)


def streams() -> tuple[TextIO, TextIO]:
    """Standard output and error, in UTF-8 whatever the machine's language."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    return sys.stdout, sys.stderr
