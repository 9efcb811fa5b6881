"""The command: ``check`` the knowledge, ``diff`` two versions of it, ``assess`` case files."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from dashboard.clinical.command import assess_files, streams
from dashboard.clinical.diff_command import diff
from dashboard.clinical.knowledge import Knowledge, KnowledgeError, load

INTERRUPTED = 130
"""What a shell expects of a program that was stopped from the keyboard."""
WRITTEN = {"assess": "The assessments", "check": "The result", "diff": "The differences"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one of the commands and return the exit status: 0 well (diff: the same), 1 different, 2 to mend."""
    options = _parser().parse_args(arguments)
    out, errors = streams()
    try:
        status = _run(options, out, errors)
        out.flush()
        return status
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())  # what is left to flush goes into nothing
        if isinstance(error, BrokenPipeError):  # the reader has seen enough
            return 0
        print(
            f"{WRITTEN[options.command]} cannot be written: {error.strerror}. Make room, or write elsewhere.",
            file=errors,
        )
        return 2


def _run(options: argparse.Namespace, out: TextIO, errors: TextIO) -> int:
    if options.command == "check":
        return _check(options.knowledge, out, errors)
    folders = [options.old, options.new] if options.command == "diff" else [options.knowledge]
    loaded = [_load(folder, errors) for folder in folders]
    if any(known is None for known in loaded):
        return 2
    known = [each for each in loaded if each is not None]
    if options.command == "diff":
        return diff(known[0], known[1], options.cases or [], out, errors)
    return assess_files(options.files, known[0], out, errors)


def _load(folder: Path | None, errors: TextIO) -> Knowledge | None:
    try:
        return load(folder)
    except KnowledgeError as error:
        more = f" ({len(error.problems) - 1} more: run check)" if len(error.problems) > 1 else ""
        where = f" in {folder}" if folder else ""
        print(f"The knowledge{where} cannot be used: {error.problems[0]}{more}", file=errors)
        return None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dashboard.clinical", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="load and validate the knowledge; print every problem")
    check.add_argument("knowledge", nargs="?", type=Path, help="a folder of knowledge files (default: the one shipped)")
    diff_ = commands.add_parser(
        "diff",
        help="what the knowledge in NEW says differently from OLD; exit status 0 the same, 1 different, 2 trouble",
    )
    diff_.add_argument("old", type=Path, metavar="OLD", help="a folder of knowledge files")
    diff_.add_argument("new", type=Path, metavar="NEW", help="another one")
    diff_.add_argument("--cases", nargs="+", type=Path, metavar="FILE", help="case files to assess under both")
    assess = commands.add_parser("assess", help="assess case files; one JSON object a line, in the order given")
    assess.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="a .json case, a .jsonl of cases, - for one case typed in"
    )
    assess.add_argument("--knowledge", type=Path, help="a folder of knowledge files (default: the one shipped)")
    return parser


def _check(folder: Path | None, out: TextIO, errors: TextIO) -> int:
    try:
        knowledge = load(folder)
    except KnowledgeError as error:
        for problem in error.problems:
            print(problem, file=errors)
        print(f"{len(error.problems)} problem{'s' * (len(error.problems) != 1)}", file=errors)
        return 2
    counts = {
        "items": knowledge.items, "derived values": knowledge.derived, "findings": knowledge.findings,
        "conditions": knowledge.conditions, "groups": knowledge.groups, "red flags": knowledge.red_flags,
        "pathways": knowledge.pathways, "gates": knowledge.gates, "options": knowledge.options,
        "advice": knowledge.advice, "instruments": knowledge.instruments, "references": knowledge.references,
    }  # fmt: skip
    said = ", ".join(f"{len(records)} {what}" for what, records in counts.items())
    print(f"knowledge {knowledge.version} ({knowledge.sha256[:12]}): {said}", file=out)
    reviewers = ", ".join(knowledge.reviewers) or "nobody; name in manifest.toml who has read and accepted it"
    print(f"written as of {knowledge.effective}, reviewed by {reviewers}", file=out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
