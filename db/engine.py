"""Which database, how it is opened, and the only two ways to a session: transaction() and reading()."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from itertools import count
from pathlib import Path
from threading import Lock, get_ident
from time import monotonic
from typing import Literal

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError
from sqlmodel import Session

from db import postgresql, sqlite
from db.scope import Scope
from db.walls import Walled

Choice = Literal["clinic", "demo"]
CHOICES: tuple[Choice, ...] = ("clinic", "demo")
PATIENCE_SECONDS = 30
"""How long a writer waits for its turn before it gives up."""


class DatabaseBusy(RuntimeError):  # noqa: N818 - the word the clinic uses
    """Another writer kept the database longer than a writer waits; nothing was written."""


def home() -> Path:
    """The folder of this clinic's files: BACKSTRIDE_HOME, else ./data."""
    given = os.environ.get("BACKSTRIDE_HOME") or "data"
    return _resolved(given, "" if os.path.isabs(given) else os.getcwd())


@lru_cache(maxsize=16)
def _resolved(given: str, here: str) -> Path:
    """A folder without links, looked up once: every session asks for it, and looking costs a look at each part."""
    return Path(here, given).resolve()


def file_of(choice: Choice) -> Path:
    """The file a choice stands for, whether it exists or not."""
    return home() / f"{choice}.sqlite"


def file_url(file: Path) -> str:
    """The URL of an SQLite file."""
    return f"sqlite:///{file}"


def database_url() -> str:
    """DATABASE_URL, else the chosen file (clinic.sqlite or demo.sqlite) under BACKSTRIDE_HOME (default ./data)."""
    if url := os.environ.get("DATABASE_URL"):
        return checked(url)
    return file_url(file_of(_chosen() or "clinic"))


@cache
def checked(url: str) -> str:
    """The URL when it is one Backstride can store in; else WrongAddress with the cure, and nothing secret in it."""
    kind = _kind(url)
    if kind not in _KINDS:
        start = f"starts with {kind!r}" if kind else "is not an address"
        raise sqlite.WrongAddress(f"DATABASE_URL {start}; Backstride stores in postgresql:// or sqlite:///")
    try:
        make_url(url)
    except (ArgumentError, ValueError):
        cure = "write postgresql://user:password@host:5432/database or sqlite:////full/path/clinic.sqlite"
        raise sqlite.WrongAddress(f"DATABASE_URL is not a whole address; {cure}") from None
    if kind == "sqlite":
        sqlite.file_in(url)
    return url


def active_database() -> Literal["clinic", "demo", "external"] | None:
    """Which database is in use: "external" when DATABASE_URL is set, None while nothing was chosen yet."""
    return "external" if os.environ.get("DATABASE_URL") else _chosen()


def choose_database(choice: Choice) -> None:
    """From now on use the clinic's own file or the demo's; remembered in BACKSTRIDE_HOME/active."""
    if choice not in CHOICES:
        raise ValueError(f"there is no database {choice!r}; choose one of {', '.join(CHOICES)}")
    home().mkdir(mode=0o700, parents=True, exist_ok=True)
    # Written beside and moved into place, so that a reader never sees half a word.
    waiting = home() / f"active.{os.getpid()}.{get_ident()}"
    waiting.write_text(choice + "\n", encoding="utf-8")
    waiting.replace(home() / "active")
    _chosen_here[0] = next(_choices)
    _seen.clear()


_seen: dict[tuple[Path, int], tuple[float, Choice | None]] = {}
"""(home, how often this process has chosen) → until when nobody looks again, and what was chosen."""
_choices = count(1)
_chosen_here = [0]
_every = [0.0]


def look_every(seconds: float) -> None:
    """Look at most this often which database another process has chosen; what this one chooses holds at once.

    Each look at a file lets other threads have the processor first, so that many looks make one page slow.
    """
    _every[0] = seconds
    _seen.clear()


def _chosen() -> Choice | None:
    here = home()
    place = (here, _chosen_here[0])  # what is read while somebody chooses is not kept for what they chose
    until, chosen = _seen.get(place, (0.0, None))
    if monotonic() < until:
        return chosen
    try:
        word = (here / "active").read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return None
    chosen = next((choice for choice in CHOICES if choice == word), None)
    if _every[0]:
        _seen[place] = (monotonic() + _every[0], chosen)
    return chosen


_engines: dict[tuple[str, bool], Engine] = {}
_turns: dict[str, Lock] = {}
_holders: dict[str, int] = {}
_making = Lock()


def engine(url: str | None = None) -> Engine:
    """The engine of ``url`` (default: database_url()), made once per URL and shared by all threads."""
    return _engine(url or database_url(), reads_only=False)


def forget(url: str) -> None:
    """Close every connection to ``url``; the next use opens it anew."""
    with _making:
        for key in [key for key in _engines if key[0] == url]:
            _engines.pop(key).dispose()


def _engine(url: str, reads_only: bool) -> Engine:
    made = _engines.get((url, reads_only))
    if made is None:
        with _making:
            made = _engines.get((url, reads_only)) or _open(url, reads_only)
            _engines[url, reads_only] = made
    return made


def _open(url: str, reads_only: bool) -> Engine:
    return _KINDS[_kind(checked(url))](url, reads_only)


def _kind(url: str) -> str:
    """What a URL starts with, but never more than a word of it: what has no colon may be a password."""
    return url.partition(":")[0].partition("+")[0] if ":" in url else ""


_KINDS = {"sqlite": sqlite.open_engine, "postgresql": postgresql.open_engine, "postgres": postgresql.open_engine}


@contextmanager
def transaction(url: str | None = None, scope: Scope | None = None) -> Iterator[Session]:
    """A session whose writes are committed together at the end, or not at all when anything is raised.

    It sees and writes what ``scope`` may; without one it refuses everything (NoScope).
    """
    place = url or database_url()
    opened = _engine(place, reads_only=False)
    with _turn_to_write(place), Walled(opened, scope) as session, session.begin():
        # The first read already belongs to the write, and on SQLite takes the write lock.
        session.begin_now()
        yield session


@contextmanager
def reading(url: str | None = None, scope: Scope | None = None) -> Iterator[Session]:
    """A session that sees one moment of what ``scope`` may see, and can change nothing; without one, nothing."""
    with Walled(_engine(url or database_url(), reads_only=True), scope) as session:
        session.info["reads only"] = True
        yield session


@contextmanager
def _turn_to_write(url: str) -> Iterator[None]:
    """SQLite has one writer at a time; a queue in the process is fairer than its busy timeout alone."""
    if not url.startswith("sqlite"):
        yield
        return
    turn = _turns.setdefault(url, Lock())
    if _holders.get(url) == get_ident():
        raise RuntimeError("a transaction() inside a transaction(): pass the session on instead")
    if not turn.acquire(timeout=PATIENCE_SECONDS):
        raise DatabaseBusy(f"the database was busy for {PATIENCE_SECONDS} s; nothing was saved, try again")
    _holders[url] = get_ident()
    try:
        yield
    finally:
        _holders.pop(url, None)
        turn.release()
