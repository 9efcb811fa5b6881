"""Laboratory values and signs beside the examination, ordered by what they could set off."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from dashboard.clinical.vocabulary import Item, Urgency
from dashboard.in_force import knowledge

TITLES = {
    Urgency.EMERGENCY: "Could make it an emergency",
    Urgency.SAME_DAY: "Could make it the same day",
    Urgency.URGENT: "Could make it urgent",
    Urgency.ROUTINE: "Others",
}


@lru_cache(maxsize=2)
def groups(sha256: str) -> tuple[tuple[str, Sequence[Item]], ...]:
    """Title and items of each group, the most urgent first; free text is left out, for it is never reasoned about."""
    most = _most_urgent()
    entries = [
        item
        for section in knowledge().sections
        if section.audience == "file"
        for item in knowledge().items_of(section.id)
        if item.type != "text"
    ]
    gathered = {
        urgency: [item for item in entries if most.get(item.id, Urgency.ROUTINE) == urgency] for urgency in TITLES
    }
    return tuple((TITLES[urgency], tuple(group)) for urgency, group in gathered.items() if group)


def _most_urgent() -> dict[str, Urgency]:
    """Item id → the highest urgency of any red-flag clause that depends on it."""
    most: dict[str, Urgency] = {}
    for rule in knowledge().red_flags:
        for clause in rule.clauses:
            for item in knowledge().criterion(clause.when).items:
                most[item] = max(clause.urgency, most.get(item, Urgency.ROUTINE))
    return most
