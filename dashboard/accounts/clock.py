"""What time it is, for everything about signing in: one place, so that a test can let a day pass."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """This moment, aware and in UTC."""
    return datetime.now(UTC)
