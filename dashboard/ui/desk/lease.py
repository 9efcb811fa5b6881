"""Who is writing this intake: one person at a time, everybody else sees who, and can take over."""

from __future__ import annotations

from dashboard.ui.taking import Taking


def banner(taking: Taking) -> None:
    """Above everything: that somebody else is writing, or has written meanwhile, and the way to take over."""


def line(taking: Taking) -> None:
    """Beside the saved time: until when the draft is kept."""
