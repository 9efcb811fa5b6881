"""The knowledge in force: loaded and validated once a process."""

from __future__ import annotations

from functools import lru_cache

from dashboard.clinical import knowledge as library
from dashboard.clinical.knowledge import Knowledge


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """The knowledge this process reasons with; raises KnowledgeError naming file, key and cure."""
    return library.load()
