"""Two answers to one question, given by two people: both shown, one chosen."""

from __future__ import annotations

from dashboard.clinical.vocabulary import Item
from dashboard.ui.taking import Taking


def under(taking: Taking, item: Item) -> None:
    """Under a question: what somebody else said meanwhile, and which of both to keep."""
