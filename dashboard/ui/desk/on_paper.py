"""The intake on paper: print it, key it in twice, settle what differs."""

from __future__ import annotations

from dashboard.ui.taking import Taking


def offer(taking: Taking) -> None:
    """In the rail: print the form, or key one in from paper."""
