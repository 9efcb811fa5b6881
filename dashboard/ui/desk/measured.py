"""Outcome measures at intake: totals with what they mean, or the clinic's own items scored as they are asked."""

from __future__ import annotations

from dashboard.clinical.vocabulary import Item
from dashboard.ui.taking import Taking


def under(taking: Taking, item: Item) -> None:
    """Under a total: its band, its minimal important change, and the items where the clinic holds them."""
