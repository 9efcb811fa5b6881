"""Which database, how it is opened, and the only two ways to a session: transaction() and reading()."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from sqlalchemy import Engine
from sqlmodel import Session

Choice = Literal["clinic", "demo"]


def database_url() -> str:
    """DATABASE_URL, else the chosen file (clinic.sqlite or demo.sqlite) under BACKSTRIDE_HOME (default ./data)."""
    raise NotImplementedError


def active_database() -> Literal["clinic", "demo", "external"] | None:
    """Which database is in use: "external" when DATABASE_URL is set, None while nothing was chosen yet."""
    raise NotImplementedError


def choose_database(choice: Choice) -> None:
    """From now on use the clinic's own file or the demo's; remembered in BACKSTRIDE_HOME/active."""
    raise NotImplementedError


def engine(url: str | None = None) -> Engine:
    """The engine of ``url`` (default: database_url()), made once per URL and shared by all threads."""
    raise NotImplementedError


@contextmanager
def transaction(url: str | None = None) -> Iterator[Session]:
    """A session whose writes are committed together at the end, or not at all when anything is raised."""
    raise NotImplementedError
    yield


@contextmanager
def reading(url: str | None = None) -> Iterator[Session]:
    """A session that sees one moment of the database and can change nothing."""
    raise NotImplementedError
    yield
