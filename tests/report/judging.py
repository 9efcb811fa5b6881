"""One worked case beside what the reasoning says of it: urgency, places, and whether it is missed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import Any

from dashboard.clinical.answers import read_case
from dashboard.clinical.assessment import assess_batch
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.suggested import is_settled, suggested
from dashboard.clinical.vocabulary import Case
from tests.worked import FOLDER, worked

TOLD: dict[str, dict[str, str]] = tomllib.loads((FOLDER / "told.toml").read_text(encoding="utf-8"))
NAMED_FIRST = 3
"""How many conditions from the top count as suggested."""
ENOUGH_ANSWERS = 5
PLACES = ("pain_sites", "pain_main_site", "leg_pain", "nprs_back_now", "nprs_leg")
"""Any of these says where it hurts."""


@dataclass(frozen=True)
class Judged:
    """A case of the collection, the answers it was coded as, and its assessment document."""

    row: Mapping[str, Any]
    case: Case
    document: Mapping[str, Any]
    confirmed: tuple[str, ...]
    """Condition ids of the confirmed diagnosis; where a report confirms two, either counts."""

    @property
    def id(self) -> str:
        """The case's own id."""
        return str(self.row["id"])

    @property
    def enough(self) -> bool:
        """Whether the report says enough to reason about: where it hurts, and five answers in all."""
        answers = self.case.answers
        return len(answers) >= ENOUGH_ANSWERS and any(place in answers for place in PLACES)

    @property
    def as_urgent_as_expected(self) -> bool:
        """Within the accepted urgencies, and an emergency never less than one."""
        seen = self.document["urgency"]
        return seen in self.row["acceptable_triage"] and (self.row["expected_triage"] != "emergency" or self.recognised)

    @property
    def recognised(self) -> bool:
        """Whether the case is seen as an emergency."""
        return bool(self.document["urgency"] == "emergency")

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The conditions in the order the page names them: to exclude first, settled by a picture, ranked."""
        return suggested(self.document)

    @property
    def by_rule(self) -> bool:
        """Whether a rule or a picture names what comes first, so that no starting probability matters for it."""
        settled = any(is_settled(entry) for entry in self.document["differential"])
        return settled or bool(self.document["exclude_first"])

    @cached_property
    def ranking(self) -> tuple[str, ...]:
        """The conditions by probability alone."""
        return tuple(entry["condition"] for entry in self.document["differential"])

    def place(self, order: Sequence[str]) -> int:
        """The best place of the confirmed diagnosis, or of its parent syndrome, counted from 1."""
        return min(order.index(condition) for condition in self._counting()) + 1

    def _counting(self) -> tuple[str, ...]:
        """The confirmed conditions; where their syndrome is present, each of its causes names that syndrome too."""
        entries = {entry["condition"]: entry for entry in self.document["differential"]}
        parents = {entries[condition]["parent"] for condition in self.confirmed}
        present = {s["condition"] for s in self.document["syndromes"] if s["presence"] == "present"} & parents
        return (*self.confirmed, *(id_ for id_, entry in entries.items() if entry["parent"] in present))

    @property
    def suggested(self) -> bool:
        """Whether the confirmed diagnosis or its parent is among the first three the page names."""
        return self.place(self.order) <= NAMED_FIRST

    @property
    def ranked(self) -> bool:
        """Whether it is among the first three by probability alone."""
        return self.place(self.ranking) <= NAMED_FIRST

    @property
    def band(self) -> str:
        """The word for the probability of the confirmed diagnosis."""
        bands = {entry["condition"]: entry["band"] for entry in self.document["differential"]}
        return str(bands[min(self.confirmed, key=self.ranking.index)])


def judged(knowledge: Knowledge, name: str) -> tuple[Judged, ...]:
    """The cases of a collection (``published``, ``textbook``, or either with ``_facts``) and what is made of them."""
    rows = worked(name)
    cases = [read_case(knowledge, row.get("answers") or {"id": row["id"], "facts": row["facts"]}) for row in rows]
    names = {name: c.id for c in knowledge.conditions.values() for name in (c.id, *c.aliases)}
    return tuple(
        Judged(row, case, assessment.document(), tuple(names[id_] for id_ in row["condition_ids"]))
        for row, case, assessment in zip(rows, cases, assess_batch(cases, knowledge), strict=True)
    )


@dataclass(frozen=True)
class Share:
    """So many of so many, with the 95 % Wilson interval."""

    hits: int
    of: int

    @classmethod
    def over(cls, told: Iterable[bool]) -> Share:
        """The share of those that are true."""
        found = list(told)
        return cls(sum(found), len(found))

    @property
    def value(self) -> float:
        """0 to 1."""
        return self.hits / self.of

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper limit, after Wilson 1927."""
        z, n = 1.959964, self.of
        middle = (self.value + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * sqrt(self.value * (1 - self.value) / n + z * z / (4 * n * n))
        return middle - half, middle + half

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.hits} of {self.of} = {self.value:.0%} ({low:.0%} to {high:.0%})"
