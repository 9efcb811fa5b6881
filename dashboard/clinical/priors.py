"""Pre-test weights: the prior by age, then sex, then the runner-specific multipliers with their cap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dashboard.clinical.bans import millibans
from dashboard.clinical.circuit import Truths
from dashboard.clinical.columns import Columns
from dashboard.clinical.folding import index
from dashboard.clinical.sheets import Sheet
from dashboard.clinical.vocabulary import Condition, PriorModifier

if TYPE_CHECKING:
    from dashboard.clinical.knowledge import Knowledge

Weights = NDArray[np.int32]


@dataclass(frozen=True)
class Priors:
    """The pre-test weights of N cases, in millibans."""

    by_age: Weights
    """int32[N, conditions]."""
    by_sex: Weights
    """int32[N, conditions]."""
    applied: NDArray[np.bool_]
    """bool[N, modifiers]: which multipliers count."""
    by_modifiers: Weights
    """int32[N, conditions]: their sum, within the cap."""

    @property
    def total(self) -> Weights:
        """int32[N, conditions]: everything known before the evidence."""
        return self.by_age + self.by_sex + self.by_modifiers


class PriorTable:
    """The knowledge's priors and multipliers as whole millibans."""

    def __init__(self, knowledge: Knowledge, conditions: tuple[Condition, ...]) -> None:
        self.knowledge = knowledge
        self.circuit = knowledge.names.circuit
        self.bands = knowledge.settings.age_bands
        self.starts = np.array([band.from_ for band in self.bands[1:]], dtype=np.float64)
        self.ages = np.array([*_by_band(self, conditions), _mean(self, conditions)], dtype=np.int32)
        options = knowledge.items["sex_at_birth"].options
        sexes = [[_factor(c.sex, option.code) for c in conditions] for option in options]
        self.sexes = np.array([*sexes, [0] * len(conditions)], dtype=np.int32)
        self.modifiers = knowledge.prior_modifiers
        self.criteria = tuple(knowledge.criterion(modifier.when) for modifier in self.modifiers)
        self.places = index([criterion.place for criterion in self.criteria])
        factors = [[_factor(m.multiply, c.id) for c in conditions] for m in self.modifiers]
        self.factors = np.array(factors, dtype=np.int32).reshape(len(factors), len(conditions))
        self.cap = millibans(knowledge.settings.priors.modifier_cap)
        self.replaced_by = tuple(_replacing(modifier, self.modifiers) for modifier in self.modifiers)

    def of(self, view: Columns) -> Priors:
        """The pre-test weights of every case of a view."""
        return self.given(self.circuit.sheet(view), self.circuit.truths(view))

    def given(self, sheet: Sheet, truths: Truths) -> Priors:
        """The same from answers in columns and the nodes worked out from them."""
        layout = self.circuit.layout
        ages = sheet.numbers[layout.number["age_years"]]
        sexes = sheet.states[layout.start["sex_at_birth"]]
        bands = np.where(np.isnan(ages), len(self.bands), np.searchsorted(self.starts, ages, side="right"))
        applied = self._applied(truths)
        sums = applied.astype(np.int32) @ self.factors
        return Priors(self.ages[bands], self.sexes[sexes], applied, np.minimum(sums, self.cap))

    def _applied(self, truths: Truths) -> NDArray[np.bool_]:
        """Modifiers whose criterion is met and that no other met one replaces."""
        met = truths[self.places] == 1
        applied = met.copy()
        for number, others in enumerate(self.replaced_by):
            for other in others:
                applied[number] &= ~met[other]
        return np.ascontiguousarray(applied.T)


def _by_band(table: PriorTable, conditions: tuple[Condition, ...]) -> list[list[int]]:
    return [[millibans(c.prior[band.id]) for c in conditions] for band in table.bands]


def _mean(table: PriorTable, conditions: tuple[Condition, ...]) -> list[int]:
    """With the age unknown the prior is the mean of the bands."""
    return [millibans(sum(c.prior[band.id] for band in table.bands) / len(table.bands)) for c in conditions]


def _factor(factors: Mapping[str, float], key: str) -> int:
    return millibans(factors[key]) if key in factors else 0


def _replacing(modifier: PriorModifier, modifiers: tuple[PriorModifier, ...]) -> tuple[int, ...]:
    return tuple(number for number, other in enumerate(modifiers) if modifier.id in other.excludes)
