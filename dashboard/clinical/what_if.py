"""What would change this: the smallest sets of one or two answers under which the assessment comes out otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from dashboard.clinical.exploring import Explored
from dashboard.clinical.outline import NOT_SHOWN
from dashboard.clinical.possible_answers import Possible
from dashboard.clinical.vocabulary import Answer, Urgency

if TYPE_CHECKING:
    from dashboard.clinical.knowledge import Knowledge

Target = Literal["leading", "urgency", "step", "gate", "order"]
GATE_STATES = {1: "met", 0: "unknown", -1: "not-met"}


@dataclass(frozen=True)
class Altered:
    """One question with the answer that would be needed."""

    item: str
    answer: Answer
    before: Answer | None
    """The present answer; None while the question is not answered."""
    alike: tuple[Answer, ...] = ()
    """Further answers that would do the same."""


@dataclass(frozen=True)
class Change:
    """One or two answers under which one thing comes out otherwise; of two, neither does it alone."""

    target: Target
    of: str
    """The gate it is about; otherwise empty."""
    before: str
    """The code it has: a condition, an urgency, a step or a gate's state."""
    after: str
    """The code it would have."""
    answers: tuple[Altered, ...]

    @property
    def corrects(self) -> bool:
        """Whether a given answer would have to be otherwise; if not, asking is enough."""
        return any(each.before is not None for each in self.answers)


@dataclass(frozen=True)
class Searched:
    """What was looked through."""

    items: int
    answers: int
    pairs: int
    every_pair: bool
    """False when not every pair that looked worth trying was tried."""


@dataclass(frozen=True)
class WhatIf:
    """Everything found, the easiest first: single answers before pairs, open questions before corrections."""

    changes: tuple[Change, ...]
    searched: Searched

    def of(self, *targets: Target) -> tuple[Change, ...]:
        """The changes of some targets."""
        return tuple(change for change in self.changes if change.target in targets)


@dataclass(frozen=True)
class _Aspect:
    """One thing that may come out otherwise: its code in the case, under each answer alone, and under each pair."""

    target: Target
    of: str
    words: dict[int, str]
    now: int
    alone: NDArray[Any]
    together: NDArray[Any]

    def shown(self, codes: NDArray[Any]) -> NDArray[np.bool_]:
        """Where the assessment speaks of it at all."""
        spoken: NDArray[np.bool_] = (codes != NOT_SHOWN) | (self.target != "gate")
        return spoken


def what_if(explored: Explored, knowledge: Knowledge) -> WhatIf:
    """The changes of leading condition, urgency, step and gates among everything that was tried."""
    changes = [change for aspect in _aspects(explored) for change in _changes(explored, aspect)]
    items = len({each.item for each in explored.tried})
    searched = Searched(items, len(explored.tried), len(explored.pairs), not explored.pairs_left_out)
    return WhatIf(_easiest_first(changes, knowledge), searched)


def flips(explored: Explored, knowledge: Knowledge, first: str, second: str) -> tuple[Change, ...]:
    """The changes under which the condition that is now behind of two comes before the other; easiest first."""
    conditions = explored.base.conditions
    ahead, behind = conditions.index(first), conditions.index(second)
    if not _before(explored.base.score_millibans, ahead, behind)[0]:
        ahead, behind = behind, ahead
    words = {1: conditions[ahead], 0: conditions[behind]}
    alone, together = (
        _before(some.score_millibans, ahead, behind).astype(np.int8) for some in (explored.alone, explored.together)
    )
    return _easiest_first(_changes(explored, _Aspect("order", "", words, 1, alone, together)), knowledge)


def _before(scores: NDArray[np.int32], one: int, other: int) -> NDArray[np.bool_]:
    """bool[N]: whether one condition is shown before another; of equal scores the first in the knowledge is."""
    before: NDArray[np.bool_] = scores[:, one] >= scores[:, other] if one < other else scores[:, one] > scores[:, other]
    return before


def _aspects(explored: Explored) -> Iterator[_Aspect]:
    base, alone, together = explored.base, explored.alone, explored.together
    named: list[tuple[Target, dict[int, str]]] = [
        ("leading", dict(enumerate(base.conditions))),
        ("urgency", {int(urgency): urgency.code for urgency in Urgency}),
        ("step", dict(enumerate(base.steps))),
    ]
    for target, words in named:
        now, one, two = (getattr(some, target) for some in (base, alone, together))
        yield _Aspect(target, "", words, int(now[0]), one, two)
    for place, gate in enumerate(base.gate_ids):
        now = int(base.gates[0, place])
        if now != NOT_SHOWN:
            yield _Aspect("gate", gate, GATE_STATES, now, alone.gates[:, place], together.gates[:, place])


def _changes(explored: Explored, aspect: _Aspect) -> Iterator[Change]:
    for place in np.flatnonzero((aspect.alone != aspect.now) & aspect.shown(aspect.alone)).tolist():
        yield _change(explored, aspect, int(aspect.alone[place]), (place,))
    for number in np.flatnonzero((aspect.together != aspect.now) & aspect.shown(aspect.together)).tolist():
        after, pair = int(aspect.together[number]), explored.pairs[number]
        if after not in (int(aspect.alone[pair[0]]), int(aspect.alone[pair[1]])):
            yield _change(explored, aspect, after, pair)


def _change(explored: Explored, aspect: _Aspect, after: int, places: tuple[int, ...]) -> Change:
    answers = tuple(_altered(explored, explored.tried[place]) for place in places)
    return Change(aspect.target, aspect.of, aspect.words[aspect.now], aspect.words[after], answers)


def _altered(explored: Explored, each: Possible) -> Altered:
    before = None if each.item in explored.unanswered else explored.case.answers[each.item]
    return Altered(each.item, each.answer, before, each.alike)


def _easiest_first(changes: Iterable[Change], knowledge: Knowledge) -> tuple[Change, ...]:
    """Fewest answers, then questions still open before corrections, then the least minutes, then as the items come."""
    order = {item: number for number, item in enumerate(knowledge.items)}

    def ease(change: Change) -> tuple[Any, ...]:
        minutes = sum(knowledge.minutes(each.item) for each in change.answers)
        return len(change.answers), change.corrects, minutes, [order[each.item] for each in change.answers]

    return tuple(sorted(changes, key=ease))
