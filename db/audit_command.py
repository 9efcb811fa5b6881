"""python -m db verify-audit [--anchor FILE] | audit-export FILE: the audit trail, from a command line."""

import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import make_url

from db import audit_fhir, records
from db.anchor import NoAnchor
from db.doers import COMMAND_LINE
from db.engine import database_url, reading, transaction
from db.schema import state
from db.scope import program
from db.trouble import shown
from db.verifying import Verdict, verify

QUIET_SECONDS = 1.0
"""How long verifying says nothing, and then between two words of progress."""
NAMED = 10


def add_to(deeds: Any, databases: Callable[[], list[str]]) -> None:
    """Enter the commands among those of ``python -m db``."""
    verifying = deeds.add_parser("verify-audit", help="say whether the audit trail is whole, and if not what was done")
    verifying.add_argument("--anchor", type=Path, metavar="FILE", help="a file with anchors, or a backup's manifest")
    verifying.set_defaults(deed=lambda typed: _verify(typed.anchor, databases()))
    exporting = deeds.add_parser("audit-export", help="write the audit trail as FHIR AuditEvents, one a line")
    exporting.add_argument("file", type=Path, metavar="FILE")
    exporting.set_defaults(deed=lambda typed: _export(typed.file))


def _verify(file: Path | None, databases: list[str]) -> int:
    """0 when every trail is whole, 1 when something was done to one, 2 when one cannot be read."""
    # A file of anchors belongs to one database: the one in use.
    return max(_verify_one(url, file) for url in ([database_url()] if file else databases))


def _verify_one(url: str, file: Path | None) -> int:
    if url.startswith("sqlite") and not Path(make_url(url).database or "").exists():
        return _complain(2, f"{shown(url)}: not made yet; run: python -m db upgrade")
    if state(url) != "current":
        return _complain(2, f"{shown(url)}: its tables are not up to date; run: python -m db upgrade")
    try:
        verdict = verify(url, file, _telling())
    except NoAnchor as error:
        return _complain(2, str(error))
    if verdict.is_whole:
        print(f"{shown(url)}: {says(verdict)}")
        return 0
    for fault in verdict.faults[:NAMED]:
        _complain(1, f"{shown(url)}: {fault.says}")
    if len(verdict.faults) > NAMED:
        _complain(1, f"{shown(url)}: and {len(verdict.faults) - NAMED} more faults")
    return 1


def says(verdict: Verdict) -> str:
    """A whole trail in one line."""
    head, last = verdict.head, verdict.anchor
    assert head is not None
    assert last is not None
    told = f"{verdict.events} events, whole; head {head.sequence} {head.mac[:16]}"
    return f"{told}; anchor at {last.sequence} of {last.moment:%Y-%m-%d %H:%M:%S} UTC"


def _telling() -> Callable[[int, int], None]:
    """Says how far verifying has come, once a second, when it takes more than one."""
    last = monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal last
        if monotonic() - last >= QUIET_SECONDS:
            last = monotonic()
            print(f"{done} of {total} events", file=sys.stderr)

    return tell


def _export(file: Path) -> int:
    with transaction(scope=program("exporting the audit trail")) as session:
        records.note(session, COMMAND_LINE, "audit:export", "auditevent", after={"form": "fhir"})
    with file.open("x", encoding="utf-8") as written, reading(scope=program("exporting the audit trail")) as session:
        file.chmod(0o600)
        count = 0
        for line in audit_fhir.lines(session.connection()):
            written.write(line)
            count += 1
    print(f"{file}: {count} audit events of {shown(database_url())}")
    return 0


def _complain(code: int, words: str) -> int:
    print(" ".join(words.split()), file=sys.stderr)
    return code
