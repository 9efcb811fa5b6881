"""Sessions as tests open them: Backstride's own, with every site in sight, unless a test says on whose behalf."""

from __future__ import annotations

from contextlib import AbstractContextManager

from sqlmodel import Session

from db import engine
from db.scope import Scope, program

A_TEST = program("a test")


def reading(url: str | None = None, scope: Scope | None = A_TEST) -> AbstractContextManager[Session]:
    """A session that can change nothing."""
    return engine.reading(url, scope=scope)


def transaction(url: str | None = None, scope: Scope | None = A_TEST) -> AbstractContextManager[Session]:
    """A session whose writes are committed together at the end."""
    return engine.transaction(url, scope=scope)
