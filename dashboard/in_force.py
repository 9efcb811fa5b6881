"""The knowledge in force: the files shipped, until the open database says which version was approved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

from dashboard.clinical import knowledge as library
from dashboard.clinical.knowledge import Knowledge

_followed: Knowledge | None = None
_steady: ContextVar[Knowledge | None] = ContextVar("steady", default=None)


@lru_cache(maxsize=1)
def shipped() -> Knowledge:
    """The knowledge of the files on disk, read once a process; raises KnowledgeError naming file, key and cure."""
    return library.load()


@lru_cache(maxsize=1)
def _shipped_sha256() -> str:
    return library.fingerprint(library.texts_in(library.FOLDER))


def is_shipped(sha256: str) -> bool:
    """Whether a hash is that of the files shipped; answered without loading them."""
    return sha256 == _shipped_sha256()


def knowledge() -> Knowledge:
    """The knowledge this process reasons with; raises KnowledgeError naming file, key and cure.

    It changes while the process runs, when another version takes effect: whatever is kept of it is kept by sha256.
    """
    return _steady.get() or _followed or shipped()


def follow(known: Knowledge | None) -> None:
    """From now on reason with this knowledge; None: with the files shipped."""
    global _followed
    _followed = known


def followed() -> Knowledge | None:
    """What the open database put in force; None while the files shipped are."""
    return _followed


@contextmanager
def steady() -> Iterator[Knowledge]:
    """For this thread, one knowledge from beginning to end, whatever takes effect meanwhile."""
    token = _steady.set(knowledge())
    try:
        yield knowledge()
    finally:
        _steady.reset(token)


def forget() -> None:
    """Read the files again at the next use, and follow nothing."""
    follow(None)
    shipped.cache_clear()
    _shipped_sha256.cache_clear()
