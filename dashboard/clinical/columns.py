"""A view of cases: their answers, and what has been worked out from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.clinical.sheets import Numbers, Presences
from dashboard.clinical.vocabulary import Answer, Item

__all__ = ["Columns", "Numbers", "Presences", "is_known"]


class Columns:
    """The answers of N cases, and what has been worked out from them. A single case is N = 1."""

    def __init__(self, items: Mapping[str, Item], rows: Sequence[Mapping[str, Answer]]) -> None:
        self.items = items
        self.rows = rows
        self.size = len(rows)
        self.memo: dict[Any, Any] = {}

    def known_items(self, row: int) -> frozenset[str]:
        """The items one case answers with more than "unknown"."""
        key = ("known items", row)
        known: frozenset[str] | None = self.memo.get(key)
        if known is None:
            items, answers = self.items, self.rows[row].items()
            found = [id_ for id_, answer in answers if id_ in items and is_known(items[id_], answer)]
            known = self.memo[key] = frozenset(found)
        return known


def is_known(item: Item, answer: Any) -> bool:
    """True when an answer says more than "unknown"."""
    if item.type == "flag":
        return answer in ("yes", "no")
    if item.type in ("integer", "decimal"):
        return answer is not None
    if not answer or item.type not in ("choice", "choices", "sites"):
        return bool(answer)
    unknown = item.unknown_codes
    if item.type == "choice":
        return answer not in unknown
    return not unknown or any(entry.partition(":")[0] not in unknown for entry in answer)
