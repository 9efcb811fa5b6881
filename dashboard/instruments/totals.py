"""What a total means: its measure, its band, and the group it puts a patient into with the measure's part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.clinical import answers as reading
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.vocabulary import Instrument

BEFORE_1_2 = {"nprs_back": "nprs_back_now", "nprs_leg": "nprs_leg", "odi": "odi_percent", "rmdq": "rmdq_total"}
"""Where knowledge before 1.2.0, which does not say it itself, has its measures in the intake."""


def source_of(measure: Instrument) -> str:
    """The item of the intake that is this measure; empty where the intake has none."""
    return measure.taken_from or BEFORE_1_2.get(measure.id, "")


def measures_of(known: Knowledge) -> Mapping[str, Instrument]:
    """The measures of the intake, by the item each is taken from, in the order of the knowledge."""
    found = {source_of(each): each for each in known.instruments.values()}
    return {item: measure for item, measure in found.items() if item in known.items}


def total_of(known: Knowledge, measure: Instrument, answers: Mapping[str, Any]) -> float | None:
    """The measure's value in these answers, or None: the item's own, the mean of rated activities, or as derived."""
    answer = answers.get(source_of(measure))
    if isinstance(answer, int | float) and not isinstance(answer, bool):
        return float(answer)
    if isinstance(answer, list | tuple):
        return mean_rating(answer)
    if measure.taken_from and measure.id in known.derived:
        told = {item: value for item, value in answers.items() if item in known.items and not isinstance(value, list)}
        return reading.derive(known, told)[measure.id].value
    return None


def mean_rating(activities: Any) -> float | None:
    """The mean of the activities that were rated, to a tenth; None when none was."""
    ratings = [row[1] for row in activities if len(row) > 1 and row[1] is not None]
    return round(sum(ratings) / len(ratings), 1) if ratings else None


def band_of(measure: Instrument, value: float) -> str:
    """The words of the band a value falls into; empty where the measure has none."""
    reached = [words for least, words in measure.bands if value >= least]
    return reached[-1] if reached else ""


def group_of(measure: Instrument, total: float | None, part: float | None) -> str | None:
    """The group that the published cut-offs give, or None while it cannot be told."""
    if total is None:
        return None
    for group in measure.groups:
        in_part = group.part is None or (part is not None and group.part[0] <= part <= group.part[1])
        if group.total[0] <= total <= group.total[1] and in_part:
            return group.code
    return None
