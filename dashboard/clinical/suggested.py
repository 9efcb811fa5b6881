"""The order in which an assessment's conditions are named: to exclude first, settled by a picture, ranked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def suggested(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Condition ids of an assessment document, each once, in the order in which a clinician should think of them.

    First those that a red flag open above routine is there to find, the most urgent first; then those that a picture
    or a measurement on file settles; then the differential by probability. Rare and serious conditions stay low in
    the differential even when they must be excluded today, which is why the rules speak before it. A document stored
    before rules named conditions has only the other two.
    """
    first = (entry["condition"] for entry in document.get("exclude_first", ()))
    settled = (entry["condition"] for entry in document["differential"] if is_settled(entry))
    ranked = (entry["condition"] for entry in document["differential"])
    return tuple(dict.fromkeys((*first, *settled, *ranked)))


def is_settled(entry: Mapping[str, Any]) -> bool:
    """Whether a condition of the differential has a finding present that settles it by itself."""
    return any(weight["use"] == "definitive" and weight["presence"] == "present" for weight in entry["weights"])
