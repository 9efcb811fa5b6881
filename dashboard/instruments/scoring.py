"""From the answers of an instrument, by number, to its total, with the instrument's own rule for missing items.

Pure: answers are places of choices (the first is 1) by item number; no wording, file or clock is looked at.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from dashboard.instruments.shapes import InstrumentFile, Question

DECIMALS = 1
"""Of a mean, a per cent or a stretched sum: as instruments are reported."""


@dataclass(frozen=True)
class Score:
    """A total, or None where the rule gives none yet; and over how many items it was made."""

    total: float | None
    answered: int
    items: int
    missing: tuple[int, ...]
    """Numbers of the items without an answer."""
    says: str
    """In words: "over 9 of 10", "3 missing: no total yet"."""
    parts: Mapping[str, float] = field(default_factory=dict)
    """Subscale → its sum; only those without a missing item."""


@dataclass(frozen=True)
class _Told:
    """The questions answered with what each gives, among all of them."""

    questions: Sequence[Question]
    given: Mapping[int, float]
    finished: bool

    @property
    def missing(self) -> tuple[int, ...]:
        return tuple(each.number for each in self.questions if each.number not in self.given)


def score(file: InstrumentFile, answers: Mapping[int, int], finished: bool = False) -> Score:
    """The total of the answers given, by the file's method and missing-item rule.

    ``finished``: somebody said that the sheet was gone through, so that an item not ticked is not so. Raises KeyError
    for a number, IndexError for a choice, that the instrument does not have.
    """
    known = file.by_number
    given = {number: known[number].scored(_real(known[number], place)) for number, place in answers.items()}
    told = _Told(file.questions, given, finished)
    total, says = _RULES[file.scoring.missing](file, told)
    return Score(total, len(given), len(file.questions), told.missing, says, _parts(file, told))


def _real(question: Question, place: int) -> int:
    if not 1 <= place <= len(question.choices):
        raise IndexError(place)
    return place


def _all_needed(file: InstrumentFile, told: _Told) -> tuple[float | None, str]:
    if told.missing:
        return None, f"{len(told.missing)} missing: no total yet"
    return _made(file, told.given, told.questions), f"over all {len(told.questions)}"


def _unticked_is_nought(file: InstrumentFile, told: _Told) -> tuple[float | None, str]:
    if told.missing and not told.finished:
        return None, f"{len(told.given)} answered: no total until the whole sheet was gone through"
    given = {question.number: told.given.get(question.number, 0.0) for question in told.questions}
    left = f"; {len(told.missing)} not ticked count as not so" if told.missing else ""
    return _made(file, given, told.questions), f"over all {len(told.questions)}{left}"


def _answered_only(file: InstrumentFile, told: _Told) -> tuple[float | None, str]:
    if short := _too_few(file, told):
        return None, short
    answered = [question for question in told.questions if question.number in told.given]
    return _made(file, told.given, answered), _over(told)


def _average_of_answered(file: InstrumentFile, told: _Told) -> tuple[float | None, str]:
    if short := _too_few(file, told):
        return None, short
    total = math.fsum(told.given.values()) * len(told.questions) / len(told.given)
    if told.missing and file.scoring.round_up:
        total = float(math.ceil(round(total, 9)))  # 14.000000001 is 14
    made = _METHODS[file.scoring.method](file, total, told.questions)
    filled = f"; {len(told.missing)} missing count as the mean of the others" if told.missing else ""
    return made, _over(told) + filled


_RULES: Mapping[str, Callable[[InstrumentFile, _Told], tuple[float | None, str]]] = {
    "all-needed": _all_needed,
    "unticked-is-nought": _unticked_is_nought,
    "answered-only": _answered_only,
    "average-of-answered": _average_of_answered,
}


def _too_few(file: InstrumentFile, told: _Told) -> str:
    least = max(1, file.scoring.least_answered)
    if len(told.given) >= least:
        return ""
    return f"{len(told.given)} answered: no total under {least}" if told.given else "none answered: no total yet"


def _over(told: _Told) -> str:
    return f"over {len(told.given)} of {len(told.questions)}" if told.missing else f"over all {len(told.questions)}"


def _made(file: InstrumentFile, given: Mapping[int, float], over: Sequence[Question]) -> float | None:
    return _METHODS[file.scoring.method](file, math.fsum(given.values()), over)


def _sum(file: InstrumentFile, total: float, over: Sequence[Question]) -> float | None:
    return total


def _mean(file: InstrumentFile, total: float, over: Sequence[Question]) -> float | None:
    return round(total / len(over), DECIMALS)


def _percent(file: InstrumentFile, total: float, over: Sequence[Question]) -> float | None:
    return round(100 * total / math.fsum(question.highest for question in over), DECIMALS)


def _scaled(file: InstrumentFile, total: float, over: Sequence[Question]) -> float | None:
    low, high = (math.fsum(ends) for ends in zip(*((each.lowest, each.highest) for each in over), strict=True))
    return round(file.minimum + (file.maximum - file.minimum) * (total - low) / (high - low), DECIMALS)


def _looked_up(file: InstrumentFile, total: float, over: Sequence[Question]) -> float | None:
    return file.table.get(round(total, 9))


_METHODS: Mapping[str, Callable[[InstrumentFile, float, Sequence[Question]], float | None]] = {
    "sum": _sum,
    "mean": _mean,
    "percent": _percent,
    "scaled": _scaled,
    "table": _looked_up,
}


def _parts(file: InstrumentFile, told: _Told) -> Mapping[str, float]:
    whole = (part for part in file.subscales if all(number in told.given for number in part.numbers))
    return {part.id: math.fsum(told.given[number] for number in part.numbers) for part in whole}
