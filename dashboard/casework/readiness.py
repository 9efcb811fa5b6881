"""Whether this installation is ready for people to work: database, tables, room on the disk, a backup not too old."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from dashboard.casework import storage
from db import backup, engine, queries, schema
from db.scope import program

LEAST_FREE_BYTES = 500_000_000
OLDEST_BACKUP = timedelta(hours=48)


def reasons() -> tuple[str, ...]:
    """Why nobody should work here now, a sentence each without a path, an address or a name; () when all is well."""
    checks: tuple[Callable[[], str], ...] = (_tables, _room, _backup)
    return tuple(why for check in checks if (why := _told(check)))


def _told(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as error:  # a check that cannot be made is a reason by itself; its words may hold an address
        return f"{(check.__doc__ or '').strip()} cannot be checked ({type(error).__name__})"


def _tables() -> str:
    """The database"""
    if storage.chosen() is None:
        return "no clinic was chosen yet"
    state = schema.state()
    return "" if state == "current" else f"the database's tables are {state}"


def _room() -> str:
    """The room on the disk"""
    here = engine.home()
    free = shutil.disk_usage(here if here.exists() else here.parent).free
    return "" if free >= LEAST_FREE_BYTES else f"only {free // 1_000_000} MB are free on the disk"


def _backup() -> str:
    """The age of the last backup"""
    if storage.chosen() in (None, "demo"):
        return ""  # what is invented can be invented again
    now = datetime.now(UTC)
    made = backup.last_made()
    if made is not None:
        hours = (now - made) // timedelta(hours=1)
        return f"the last backup is {hours} hours old" if now - made > OLDEST_BACKUP else ""
    with engine.reading(scope=program("asking how old the clinic is")) as session:
        begun = min((site.created_at for site in queries.sites(session)), default=now)
    return "no backup was ever made" if now - begun > OLDEST_BACKUP else ""
