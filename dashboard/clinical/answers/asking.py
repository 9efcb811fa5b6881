"""What follows from the answers alone: which questions are asked, and the values worked out from them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dashboard.clinical.columns import Columns
from dashboard.clinical.vocabulary import Answer, Derived, DerivedBand

if TYPE_CHECKING:
    from dashboard.clinical.knowledge import Knowledge


@dataclass(frozen=True)
class DerivedValue:
    """A value worked out from answers: None while something it needs is unknown."""

    value: float | None
    band: str | None = None
    label: str = ""
    says: str = ""


def shown(knowledge: Knowledge, answers: Mapping[str, Answer]) -> frozenset[str]:
    """Ids of the items asked now. An answer to a question that is not asked shows no other question."""
    return shown_in(knowledge, knowledge.view(answers), 0)


def shown_many(knowledge: Knowledge, many: Sequence[Mapping[str, Answer]]) -> list[frozenset[str]]:
    """The same for many cases at once; only those that hold hidden answers are asked again one by one."""
    if not many:
        return []
    names = list(knowledge.conditional)
    places = [knowledge.conditional[item].place for item in names]
    met = knowledge.names.circuit.truths(knowledge.view(many))[places] == 1
    found = []
    for row, answers in enumerate(many):
        asked = knowledge.always_asked | {names[place] for place in np.flatnonzero(met[:, row]).tolist()}
        found.append(asked if answers.keys() <= asked else shown(knowledge, answers))
    return found


def shown_in(knowledge: Knowledge, view: Columns, row: int) -> frozenset[str]:
    """The same for one case of a view: ask again without the hidden answers until nothing changes."""
    answers = view.rows[row]
    asked = _asked(knowledge, view, row)
    for _ in range(len(knowledge.items)):
        visible = {item: answer for item, answer in answers.items() if item in asked}
        if len(visible) == len(answers):
            return asked
        again = _asked(knowledge, knowledge.view(visible), 0)
        if again == asked:
            return asked
        asked = again
    return asked


def _asked(knowledge: Knowledge, view: Columns, row: int) -> frozenset[str]:
    conditional = knowledge.conditional
    truth = knowledge.names.circuit.reading(view, row).truth
    return knowledge.always_asked | {item for item, when in conditional.items() if truth[when.place] == 1}


def derive(knowledge: Knowledge, answers: Mapping[str, Answer]) -> dict[str, DerivedValue]:
    """Every derived value by id."""
    return derive_in(knowledge, knowledge.view(answers), 0)


def derive_in(knowledge: Knowledge, view: Columns, row: int) -> dict[str, DerivedValue]:
    """The same for one case of a view."""
    return {
        id_: _valued(derived, float(knowledge.names.derived_values(view, id_)[row]))
        for id_, derived in knowledge.derived.items()
    }


def _valued(derived: Derived, value: float) -> DerivedValue:
    if not math.isfinite(value):
        return DerivedValue(None)
    band = next((band for band in reversed(derived.bands) if _reaches(band, value)), None)
    if band is None:
        return DerivedValue(round(value, derived.decimals))
    return DerivedValue(round(value, derived.decimals), band.code, band.label, band.says)


def _reaches(band: DerivedBand, value: float) -> bool:
    if band.above is not None:
        return value > band.above
    return band.at_least is None or value >= band.at_least
