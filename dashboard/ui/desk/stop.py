"""When an emergency rule has fired: the form stops, the rest is optional, and what to do stands first."""

from __future__ import annotations

from dashboard.ui.taking import Taking


def banner(taking: Taking, here: str) -> None:
    """Above the questions once an emergency rule has fired."""
