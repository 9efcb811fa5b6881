"""The command: ``check`` the knowledge, ``assess`` case files."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from dashboard.clinical.command import assess_files, streams
from dashboard.clinical.knowledge import KnowledgeError, load

INTERRUPTED = 130
"""What a shell expects of a program that was stopped from the keyboard."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one of the commands and return the exit status: 0 well, 2 something to mend."""
    options = _parser().parse_args(arguments)
    out, errors = streams()
    if options.command == "check":
        return _check(options.knowledge)
    try:
        knowledge = load(options.knowledge)
    except KnowledgeError as error:
        more = f" ({len(error.problems) - 1} more: run check)" if len(error.problems) > 1 else ""
        print(f"The knowledge cannot be used: {error.problems[0]}{more}", file=errors)
        return 2
    try:
        status = assess_files(options.files, knowledge, out, errors)
        out.flush()
        return status
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())  # what is left to flush goes into nothing
        if isinstance(error, BrokenPipeError):  # the reader has seen enough
            return 0
        print(f"The assessments cannot be written: {error.strerror}. Make room, or write elsewhere.", file=errors)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dashboard.clinical", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="load and validate the knowledge; print every problem")
    check.add_argument("knowledge", nargs="?", type=Path, help="a folder of knowledge files (default: the one shipped)")
    assess = commands.add_parser("assess", help="assess case files; one JSON object a line, in the order given")
    assess.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="a .json case, a .jsonl of cases, - for one case typed in"
    )
    assess.add_argument("--knowledge", type=Path, help="a folder of knowledge files (default: the one shipped)")
    return parser


def _check(folder: Path | None) -> int:
    try:
        knowledge = load(folder)
    except KnowledgeError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        print(f"{len(error.problems)} problem{'s' * (len(error.problems) != 1)}", file=sys.stderr)
        return 2
    counts = {
        "items": knowledge.items, "derived values": knowledge.derived, "findings": knowledge.findings,
        "conditions": knowledge.conditions, "groups": knowledge.groups, "red flags": knowledge.red_flags,
        "pathways": knowledge.pathways, "gates": knowledge.gates, "options": knowledge.options,
        "advice": knowledge.advice, "instruments": knowledge.instruments, "references": knowledge.references,
    }  # fmt: skip
    said = ", ".join(f"{len(records)} {what}" for what, records in counts.items())
    print(f"knowledge {knowledge.version} ({knowledge.sha256[:12]}): {said}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
