"""How much longer the intake takes, and the keys that make it short."""

from __future__ import annotations

from dashboard.ui.taking import Taking


def left(taking: Taking) -> None:
    """In the header: estimated minutes to the end."""


def keys(taking: Taking) -> None:
    """In the rail: the list of keyboard shortcuts."""
