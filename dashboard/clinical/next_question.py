"""Ask or examine next: open questions by how much their answer is expected to tell the conditions apart, in bits.

The model behind the ranking is the one the assessment uses, and nothing else. For each answer *a* a person could give,
the engine is run again; the score of condition *c* then changes by a factor w(a, c) = 10^(change in millibans / 1000).
That factor is the likelihood of the answer under the condition up to a constant of the answer: P(a | c) = k(a)·w(a, c).
The constants follow from P(a | c) adding up to 1 over the answers, for every condition. For one finding with both
ratios, and conditions it says nothing of, this is the textbook identity: k(present) = (1 − LR−) / (LR+ − LR−), the
share of the others who have it, and P(present | condition) = LR+ · k(present).

Where the ratios of several conditions contradict each other no constants fit exactly. Then those are taken that fit
best, weighted by the present probabilities, and where the ratios say nothing the answers are assumed equally common (a
pull of ``_PULL``). Where they say that an answer is next to never given (because only one ratio is known), it is taken
to be given as often as the knowledge assumes. P(a | c) is then scaled to add up to 1 for each condition. So it is
always a proper distribution, and what is expected of an answer, the mutual information of answer and condition

    Σ_c Σ_a P(c)·P(a | c)·log2( P(a | c) / P(a) ),

is never below nought, and nought for a question whose answers move all conditions alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dashboard.clinical.assessment import score_batch
from dashboard.clinical.exploring import Explored
from dashboard.clinical.possible_answers import possible_answers
from dashboard.clinical.vocabulary import Case, Urgency

if TYPE_CHECKING:
    from dashboard.clinical.knowledge import Knowledge

Numbers = NDArray[np.float64]
NOTHING = 0.0005
"""Bits below which a question is taken to tell nothing: the rounding of weights alone makes as much."""
_PULL = 1e-4
"""How strongly the constants of the answers are pulled towards equal ones; 1 would count as much as the ratios."""
_NEVER = 5e-3
"""A constant below which the ratios say that an answer is next to never given."""
_TOLD = 0.02
"""How far the probability of a condition is expected to move before a question is said to be about it."""


@dataclass(frozen=True)
class Question:
    """An open question and what its answer is expected to tell."""

    item: str
    bits: float
    """By how much the entropy of the differential is expected to fall."""
    minutes: float
    raises_to: str = ""
    """The highest urgency an answer could raise it to; empty when none would."""
    may_lead: tuple[str, ...] = ()
    """The conditions an answer could bring to the front."""
    about: tuple[str, ...] = ()
    """The conditions whose probability it is expected to move most."""
    opens: tuple[str, ...] = ()
    """Questions that are asked only after this one, when they are worth more than it."""

    @property
    def bits_a_minute(self) -> float:
        """What a minute spent on it is expected to tell."""
        return self.bits / self.minutes


@dataclass(frozen=True)
class Ranking:
    """Open questions, the most worth asking first."""

    first: tuple[Question, ...]
    """Emergency questions that may not stay open, in the order given."""
    then: tuple[Question, ...]
    """Everything else that tells conditions apart, by bits."""
    alarms: tuple[Question, ...]
    """What tells no conditions apart, but could raise the urgency; most urgent first."""
    entropy: float
    """The bits the differential leaves open now."""


def ranking(explored: Explored, knowledge: Knowledge, first: Sequence[str] = ()) -> Ranking:
    """Every open question ranked; ``first``: the emergency questions that must be asked before anything else."""
    shares = shares_of(explored.base.score_millibans[0])
    found = {item: _question(explored, knowledge, shares, item, rows) for item, rows in _open(explored).items()}
    for item, opened in _opened(explored, knowledge, shares).items():
        found[item] = _opening(found.get(item) or Question(item, 0.0, knowledge.minutes(item)), opened)
    urgent = tuple(found.get(item) or Question(item, 0.0, knowledge.minutes(item)) for item in first)
    rest = [question for item, question in found.items() if item not in first]
    then = sorted((q for q in rest if q.bits >= NOTHING), key=lambda q: (-round(q.bits, 2), -q.bits_a_minute))
    alarms = sorted((q for q in rest if q.bits < NOTHING and q.raises_to), key=lambda q: -Urgency.of(q.raises_to))
    return Ranking(urgent, tuple(then), tuple(alarms), float(_entropy(shares)))


def separating(explored: Explored, knowledge: Knowledge, one: str, other: str) -> tuple[Question, ...]:
    """The open questions that tell two conditions apart, as if nothing else came into question; the best first."""
    places = [explored.base.conditions.index(each) for each in (one, other)]
    shares = shares_of(explored.base.score_millibans[0])
    alone = np.zeros_like(shares)
    alone[places] = shares[places] / shares[places].sum()
    return _telling(explored, knowledge, (one, other), lambda given: information(given, alone))


def telling(explored: Explored, knowledge: Knowledge, condition: str) -> tuple[Question, ...]:
    """The open questions by what they tell of one condition, there or not; the best first."""
    place = explored.base.conditions.index(condition)
    shares = shares_of(explored.base.score_millibans[0])
    rest = np.delete(shares, place) / max(1.0 - shares[place], np.finfo(np.float64).tiny)
    either = np.array([shares[place], 1.0 - shares[place]])

    def bits(given: Numbers) -> float:
        others = np.delete(given, place, axis=1) @ rest
        return information(np.stack([given[:, place], others], axis=1), either)

    return _telling(explored, knowledge, (condition,), bits)


def _telling(
    explored: Explored, knowledge: Knowledge, about: tuple[str, ...], bits: Callable[[Numbers], float]
) -> tuple[Question, ...]:
    shares = shares_of(explored.base.score_millibans[0])
    found = []
    for item, rows in _open(explored).items():
        told = bits(answer_model(_factors(explored, rows), shares, _assumed(knowledge)))
        if told >= NOTHING:
            found.append(Question(item, told, knowledge.minutes(item), about=about))
    return tuple(sorted(found, key=lambda q: (-round(q.bits, 2), -q.bits_a_minute)))


def shares_of(scores: NDArray[np.int32]) -> Numbers:
    """float64[conditions]: probabilities from scores in millibans, not clipped."""
    odds = 10.0 ** ((scores - scores.max()) / 1000)
    shares: Numbers = odds / odds.sum()
    return shares


def answer_model(factors: Numbers, shares: Numbers, assumed: float) -> Numbers:
    """float64[answers, conditions]: P(answer | condition), each column adding up to 1.

    ``factors`` float64[answers, conditions]: by how much each answer multiplies the odds of each condition;
    ``shares`` float64[conditions]: their present probabilities; ``assumed``: how common an answer is taken to be of
    which the ratios say nothing. See the module for the formula.
    """
    factors, back = np.unique(factors, axis=0, return_inverse=True)
    size = len(factors)
    weighed = factors * shares
    inner = weighed @ factors.T + _PULL * np.eye(size)
    constants = np.linalg.solve(inner, weighed.sum(axis=1) + _PULL / size)
    given = np.where(constants < _NEVER, assumed, constants)[:, None] * factors
    given /= given.sum(axis=0)
    model: Numbers = (given / np.bincount(back.ravel(), minlength=size)[:, None])[back.ravel()]
    return model


def information(given: Numbers, shares: Numbers) -> float:
    """Mutual information of answer and condition in bits; never below nought."""
    expected = given @ shares
    told = np.log2(given, out=np.zeros_like(given), where=given > 0) - np.log2(expected)[:, None]
    return max(0.0, float((given * shares * told).sum()))


def _assumed(knowledge: Knowledge) -> float:
    """What the knowledge assumes; an older one, which says nothing of it, takes each of two answers as common."""
    return knowledge.asking.assumed_share if knowledge.asking else 0.5


def _entropy(shares: Numbers) -> Any:
    return -(shares * np.log2(shares, out=np.zeros_like(shares), where=shares > 0)).sum()


def _open(explored: Explored) -> Mapping[str, list[int]]:
    """Open item → the places of its answers among those tried."""
    found: dict[str, list[int]] = {}
    for place, each in enumerate(explored.tried):
        if each.item in explored.unanswered:
            found.setdefault(each.item, []).append(place)
    return found


def _factors(explored: Explored, rows: list[int]) -> Numbers:
    moved = explored.alone.score_millibans[rows] - explored.base.score_millibans[0]
    factors: Numbers = 10.0 ** (moved / 1000)
    return factors


def _question(explored: Explored, knowledge: Knowledge, shares: Numbers, item: str, rows: list[int]) -> Question:
    given = answer_model(_factors(explored, rows), shares, _assumed(knowledge))
    raised = int(explored.alone.urgency[rows].max())
    raises_to = Urgency(raised).code if raised > explored.base.urgency[0] else ""
    leading = explored.alone.leading[rows]
    ahead = dict.fromkeys(leading[leading != explored.base.leading[0]].tolist())
    conditions = explored.base.conditions
    return Question(
        item,
        information(given, shares),
        knowledge.minutes(item),
        raises_to,
        tuple(conditions[place] for place in ahead),
        tuple(conditions[place] for place in _about(given, shares)),
    )


def _about(given: Numbers, shares: Numbers) -> list[int]:
    """The two conditions whose probability is expected to move most, of those it is expected to move at all."""
    joint = given * shares
    moved = np.abs(joint - joint.sum(axis=1)[:, None] * shares).sum(axis=0)
    return [int(place) for place in np.argsort(-moved, kind="stable")[:2] if moved[place] >= _TOLD]


def _opened(explored: Explored, knowledge: Knowledge, shares: Numbers) -> Mapping[str, dict[str, float]]:
    """Open item → the questions it decides about with their bits, where these are not decided yet."""
    view = knowledge.view(explored.case.answers)
    reading = knowledge.names.circuit.reading(view, 0)
    deciding = {
        item: [each for each in reading.because(when.place) if each in explored.unanswered]
        for item, when in knowledge.conditional.items()
        if reading.truth[when.place] == 0 and knowledge.audiences[item] != "file"
    }
    bits = _bits_of(explored, knowledge, shares, [item for item, items in deciding.items() if items])
    found: dict[str, dict[str, float]] = {}
    for item, value in bits.items():
        for each in deciding[item]:
            found.setdefault(each, {})[item] = value
    return found


def _bits_of(explored: Explored, knowledge: Knowledge, shares: Numbers, items: Iterable[str]) -> Mapping[str, float]:
    """Bits of questions that are not asked yet, as if they were."""
    tried = possible_answers(knowledge, explored.case.answers, items)
    cases = [Case({**explored.case.answers, each.item: each.answer}) for each in tried]
    moved = score_batch(cases, knowledge).score_millibans - explored.base.score_millibans[0]
    assumed = _assumed(knowledge)
    rows: dict[str, list[int]] = {}
    for place, each in enumerate(tried):
        rows.setdefault(each.item, []).append(place)
    return {
        item: information(answer_model(10.0 ** (moved[some] / 1000), shares, assumed), shares)
        for item, some in rows.items()
    }


def _opening(question: Question, opened: Mapping[str, float]) -> Question:
    """A question with what it opens, where that tells more than the question itself."""
    worth = {item: bits for item, bits in opened.items() if bits > max(question.bits, NOTHING)}
    best = max([question.bits, *worth.values()])
    return Question(
        question.item, best, question.minutes, question.raises_to, question.may_lead, question.about,
        tuple(sorted(worth, key=lambda item: -worth[item])),
    )  # fmt: skip
