"""What is not known yet, and which of it would be worth most to ask next; values are whole numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dashboard.clinical.columns import Columns
from dashboard.clinical.differential import Differential, Scores

if TYPE_CHECKING:
    from dashboard.clinical.knowledge import Knowledge

_PARTS = 1_000_000
"""Probabilities enter the values as whole millionths."""
_SEPARATING = 3
"""How many items are named as separating the two leading conditions best."""


class Missing:
    """The knowledge arranged for asking what an unanswered item could still change; built once."""

    def __init__(self, knowledge: Knowledge, differential: Differential) -> None:
        self.knowledge = knowledge
        self.differential = differential
        self.order = {item: number for number, item in enumerate(knowledge.items)}
        self.reach = self._reach()
        self.feeds = self._feeds()
        self.prior_reach = self._prior_reach()

    def _reach(self) -> NDArray[np.int64]:
        """int64[2, findings, conditions]: how far each finding moves each condition, present and absent."""
        reach = np.zeros((2, len(self.differential.findings), len(self.differential.conditions)), dtype=np.int64)
        for voice in self.differential.voices:
            condition = self.differential.place[voice.condition]
            for place, member in enumerate(voice.members):
                finding = self.differential.finding_place[member.line.finding]
                reach[:, finding, condition] += voice.reach(place)
        return reach

    def _feeds(self) -> NDArray[np.int64]:
        """int64[items, findings]: 1 where a finding depends on an item."""
        feeds = np.zeros((len(self.order), len(self.differential.findings)), dtype=np.int64)
        for number, finding in enumerate(self.differential.criteria):
            feeds[[self.order[item] for item in finding.items], number] = 1
        return feeds

    def _prior_reach(self) -> NDArray[np.int64]:
        """int64[2, conditions]: how far age and sex can move each prior."""
        table = self.differential.priors
        return np.stack([np.ptp(table.ages, axis=0), np.ptp(table.sexes, axis=0)]).astype(np.int64)

    def values(self, view: Columns, scores: Scores, row: int, probabilities: NDArray[np.float64]) -> Mapping[str, int]:
        """Item id → Σ over conditions of probability × (weight if present + weight if absent), while unknown."""
        parts = np.rint(probabilities[row] * _PARTS).astype(np.int64)
        worth = np.abs(self.reach).sum(axis=0) @ parts
        worth[scores.findings[row] != 0] = 0
        values = self.feeds @ worth
        self._add_priors(view, row, parts, values)
        return {item: int(values[number] // _PARTS) for item, number in self.order.items() if values[number] >= _PARTS}

    def _add_priors(self, view: Columns, row: int, parts: NDArray[np.int64], values: NDArray[np.int64]) -> None:
        table = self.differential.priors
        for item, reach in zip(("age_years", "sex_at_birth"), self.prior_reach, strict=True):
            if item not in view.known_items(row):
                values[self.order[item]] += int(reach @ parts)
        truth = self.knowledge.names.circuit.reading(view, row).truth
        for criterion, factors in zip(table.criteria, table.factors, strict=True):
            if truth[criterion.place] == 0:
                worth = int(np.abs(factors).astype(np.int64) @ parts)
                for item in criterion.because(view, row):
                    values[self.order[item]] += worth

    def separating(self, scores: Scores, row: int, first: int, second: int, asked: Iterable[str]) -> list[str]:
        """The unanswered items that would move two conditions apart the most."""
        apart = np.abs(self.reach[:, :, first] - self.reach[:, :, second]).sum(axis=0)
        apart[scores.findings[row] != 0] = 0
        values = self.feeds @ apart
        ranked = sorted(asked, key=lambda item: (-values[self.order[item]], self.order[item]))
        return [item for item in ranked if values[self.order[item]] > 0][:_SEPARATING]

    def askable(self, view: Columns, row: int, items: Iterable[str], shown: frozenset[str]) -> list[str]:
        """The unanswered ones that someone can be asked, in the order of the intake.

        A hidden item whose question is not yet decided stands for the answers that decide it.
        """
        known, audiences = view.known_items(row), self.knowledge.audiences
        open_ = [item for item in items if item not in known and audiences[item] != "file"]
        found = {item for item in open_ if item in shown}
        for hidden in open_:
            if hidden not in shown:
                found |= self._deciding(view, row, hidden, shown)
        return sorted(found, key=self.order.__getitem__)

    def _deciding(self, view: Columns, row: int, item: str, shown: frozenset[str]) -> set[str]:
        """The unanswered items that decide whether a hidden one is asked; none when it is decided."""
        when = self.knowledge.conditional[item]
        if when.presence(view, row) != 0:
            return set()
        deciding = when.because(view, row)
        return {other for other in deciding if other in shown and self.knowledge.audiences[other] != "file"}

    def sufficient(self, view: Columns, row: int, shown: frozenset[str]) -> bool:
        """True when few enough of the history questions that carry weight here are unanswered."""
        asked = [item for item in self.telling if item in shown]
        unanswered = len(set(asked) - view.known_items(row))
        share = self.knowledge.settings.sufficient.maximum_missing_share
        return bool(asked) and unanswered <= share * len(asked)

    @cached_property
    def telling(self) -> list[str]:
        """The staff's questions that feed a finding that scores."""
        carrying: NDArray[np.bool_] = self.feeds.sum(axis=1) > 0
        return [i for i, n in self.order.items() if carrying[n] and self.knowledge.audiences[i] == "staff"]
