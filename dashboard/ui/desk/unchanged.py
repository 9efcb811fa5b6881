"""What a returning patient said last time, offered to be confirmed and never assumed."""

from __future__ import annotations

from dashboard.clinical.vocabulary import Item
from dashboard.ui.taking import Taking


def offer(taking: Taking, section_id: str) -> None:
    """Above a section: what was said last time and can be confirmed together."""


def under(taking: Taking, item: Item) -> None:
    """Under a question without an answer: what was said last time, and a key that confirms it."""
