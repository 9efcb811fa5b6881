"""A note of the last backup, kept on this machine: when it was made, and the head the audit trail had."""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import make_url

from db import anchor, audit, sqlite
from db.engine import database_url, home, reading
from db.schema import state
from db.scope import program

MARK = "last-backup"
"""The file in the clinic's folder that tells of the last backup of the database in use."""


def last_made() -> datetime | None:
    """When the database in use was last backed up on this machine; None when it never was."""
    try:
        told = json.loads((home() / MARK).read_text(encoding="utf-8"))
        return datetime.fromisoformat(told["at"]) if told["database"] == _named(database_url()) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def mark_of(url: str, file: Path) -> dict[str, object]:
    """What is noted of a backup; with the head the audit trail had, so that a tail cut off later is missed."""
    mark: dict[str, object] = {"at": datetime.now(UTC).isoformat(), "database": _named(url), "file": str(file)}
    if (not url.startswith("sqlite") or sqlite.file_in(url).exists()) and state(url) == "current":
        with reading(url, scope=program("making a backup")) as session:
            mark["audit"] = anchor.anchored(audit.head_of(session.connection())).document()
    return mark


def _named(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)


def keep_mark(mark: Mapping[str, object]) -> None:
    """Note that a backup was made."""
    home().mkdir(mode=0o700, parents=True, exist_ok=True)
    waiting = home() / f"{MARK}.{os.getpid()}"
    waiting.write_text(json.dumps(mark) + "\n", encoding="utf-8")
    waiting.replace(home() / MARK)
