"""Two folders of knowledge on the command line: what differs, entry by entry, and what that changes for case files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from dashboard.clinical.command import Refused, cases_in, one_line
from dashboard.clinical.comparing import changes, outlines, turned
from dashboard.clinical.comparing_words import said
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.vocabulary import Case

SAME, DIFFERENT, TROUBLE = 0, 1, 2
"""Exit statuses, as of the diff everybody knows."""


def diff(old: Knowledge, new: Knowledge, paths: Sequence[Path], out: TextIO, errors: TextIO) -> int:
    """Print what the newer knowledge says differently, and what of these cases; the exit status."""
    found = changes(old.texts, new.texts)
    print(f"knowledge {old.version} ({old.sha256[:12]}) → {new.version} ({new.sha256[:12]})", file=out)
    reasons = sum(change.reasons for change in found)
    print(f"{_counted(len(found), 'change')}, {reasons} of which the reasoning uses", file=out)
    for change in sorted(found, key=lambda change: not change.reasons):
        mark = "reasoning" if change.reasons else "words"
        print(one_line(f"  {change.file}: {mark}: {said(change)}"), file=out)
    refused = _cases(old, new, paths, out, errors) if paths else False
    if refused:
        return TROUBLE
    return SAME if old.sha256 == new.sha256 else DIFFERENT


def _cases(old: Knowledge, new: Knowledge, paths: Sequence[Path], out: TextIO, errors: TextIO) -> bool:
    """Print what each case would come to; whether any was refused."""
    names: list[str] = []
    before: list[Case] = []
    after: list[Case] = []
    refused = False
    for path in paths:
        for name, one, other in _read(path, old, new):
            if isinstance(one, Refused):
                print(one_line(f"{one.place}: {one.says}"), file=errors)
                refused = True
            else:
                names.append(name)
                before.append(one)
                after.append(other)
    lines = [
        (name, _turn(*turned(was, is_)))
        for name, was, is_ in zip(names, outlines(before, old), outlines(after, new), strict=True)
    ]
    differ = [line for line in lines if line[1]]
    print(f"{_counted(len(names), 'case')}, {len(differ)} of which come out differently", file=out)
    for name, told in differ:
        print(one_line(f"  {name}: {told}"), file=out)
    return refused


def _read(path: Path, old: Knowledge, new: Knowledge) -> Iterator[tuple[str, Any, Any]]:
    """Name and case under both; a case either of them refuses comes as the refusal."""
    for one, other in zip(cases_in(path, old), cases_in(path, new), strict=True):
        if isinstance(one, Refused) or isinstance(other, Refused):
            yield "", one if isinstance(one, Refused) else other, None
        else:
            yield one[0], one[1].case, other[1].case


def _turn(before: dict[str, Any], after: dict[str, Any]) -> str:
    told = [f"{part} {before[part]} → {after[part]}" for part in ("urgency", "leading", "step") if part in before]
    for part in ("may_discuss", "red_flags"):
        gained = [f"+{each}" for each in after.get(part, ()) if each not in before[part]]
        lost = [f"-{each}" for each in before.get(part, ()) if each not in after[part]]
        told += [f"{part} {' '.join(gained + lost)}"] if gained or lost else []
    told += [f"gate {id_} {state} → {after['gates'][id_]}" for id_, state in before.get("gates", {}).items()]
    return "; ".join(told)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"
