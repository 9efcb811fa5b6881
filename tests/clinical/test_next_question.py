"""Ask or examine next: what an answer is expected to tell follows from the ratios, and is never less than nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from dashboard.clinical.assessment import assess
from dashboard.clinical.exploring import Explored, explore
from dashboard.clinical.knowledge import Knowledge, load
from dashboard.clinical.next_question import (
    NOTHING,
    Numbers,
    Ranking,
    answer_model,
    information,
    ranking,
    separating,
    telling,
)
from dashboard.clinical.vocabulary import Case
from dashboard.intake import case_of
from tests.casework.histories import a_history, typed
from tests.clinical.conftest import SMALL
from tests.clinical.some_cases import cases, random_cases

SMALL_KNOWLEDGE = load(SMALL)
REAL = load()
ASSUMED = 0.1
RADICULAR = {"age_years": 45, "sex_at_birth": "male", "numb_saddle": "no", "fever": "no", "below_knee": "yes"}


def ranked(knowledge: Knowledge, case: Case) -> tuple[Explored, Ranking]:
    """A case explored, and its open questions ranked as the page asks for them."""
    explored = explore(case, knowledge)
    first = assess(explored.case, knowledge).document()["unknown_emergency_items"]
    return explored, ranking(explored, knowledge, first)


def one_finding(share: float, present: float, absent: float) -> tuple[Numbers, Numbers]:
    """One finding with both ratios, about the first of two conditions: the factors of its answers, and the shares."""
    return np.array([[present, 1.0], [absent, 1.0]]), np.array([share, 1 - share])


@given(
    share=st.floats(0.02, 0.9),
    sensitivity=st.floats(0.05, 0.95),
    others=st.floats(0.05, 0.95),
)
@settings(max_examples=100)
def test_both_ratios_give_back_the_sensitivity_and_the_specificity_they_come_from(
    share: float, sensitivity: float, others: float
) -> None:
    """The textbook identity: LR+ = sens / (1 - spec) and LR- = (1 - sens) / spec hold both ways."""
    if abs(sensitivity - others) < 0.15:
        return  # ratios next to 1 say almost nothing of how common the finding is
    factors, shares = one_finding(share, sensitivity / others, (1 - sensitivity) / (1 - others))
    given_answer = answer_model(factors, shares, ASSUMED)
    assert given_answer[0] == pytest.approx([sensitivity, others], abs=0.06)


@given(
    factors=arrays.arrays(np.float64, st.tuples(st.integers(1, 7), st.just(5)), elements=st.floats(0.01, 50)),
    weights=arrays.arrays(np.float64, 5, elements=st.floats(0.001, 1)),
)
@settings(max_examples=100)
def test_whatever_the_ratios_answers_add_up_to_one_and_tell_no_less_than_nothing(
    factors: Numbers, weights: Numbers
) -> None:
    """Also when ratios contradict each other: each condition's answers are a distribution, and entropy never rises."""
    shares = weights / weights.sum()
    model = answer_model(factors, shares, ASSUMED)
    assert (model >= 0).all()
    assert model.sum(axis=0) == pytest.approx(np.ones(5))
    told = information(model, shares)
    assert told >= 0
    entropy = float(-(shares * np.log2(shares)).sum())
    assert told <= entropy + 1e-9


@given(
    factor=arrays.arrays(np.float64, 4, elements=st.floats(0.1, 10)),
    weights=arrays.arrays(np.float64, 5, elements=st.floats(0.001, 1)),
)
def test_answers_that_move_every_condition_alike_tell_nothing(factor: Numbers, weights: Numbers) -> None:
    """However strongly they move them."""
    shares = weights / weights.sum()
    factors = np.repeat(factor[:, None], 5, axis=1)
    assert information(answer_model(factors, shares, ASSUMED), shares) == pytest.approx(0, abs=1e-12)


def test_what_is_told_is_the_entropy_that_is_expected_to_go() -> None:
    """Worked out the long way: the entropy now, less the entropy after each answer as often as it would be given."""
    factors, shares = one_finding(0.3, 4.0, 0.4)
    model = answer_model(factors, shares, ASSUMED)

    def entropy(of: Numbers) -> float:
        return float(-(of * np.log2(of)).sum())

    expected = model @ shares
    after = sum(p * entropy(row * shares / p) for p, row in zip(expected, model, strict=True))
    assert information(model, shares) == pytest.approx(entropy(shares) - after)
    assert information(model, shares) > 0.05


def test_a_finding_with_one_ratio_alone_still_tells_something() -> None:
    """Its absence says nothing; strictly its presence would then never occur. It is assumed to, now and then."""
    factors, shares = one_finding(0.4, 2.0, 1.0)
    model = answer_model(factors, shares, ASSUMED)
    assert information(model, shares) > 0.003
    assert model[0, 0] > model[0, 1] > 0.05


def test_a_stronger_ratio_tells_more() -> None:
    """The same finding, twice as telling."""
    told = [
        information(answer_model(*given, ASSUMED), given[1])
        for given in (one_finding(0.3, r, 0.5) for r in (1.5, 3, 6))
    ]
    assert told == sorted(told)
    assert told[0] < told[-1]


@given(case=cases(SMALL_KNOWLEDGE))
@settings(max_examples=40)
def test_only_open_questions_are_ranked_the_most_telling_first(case: Case) -> None:
    """Nothing answered is asked again, nothing worthless is listed, and fewer bits never stand above more."""
    explored, found = ranked(SMALL_KNOWLEDGE, case)
    assert all(question.bits >= NOTHING for question in found.then)
    bits = [round(question.bits, 2) for question in found.then]
    assert bits == sorted(bits, reverse=True)
    named = [question.item for part in (found.first, found.then, found.alarms) for question in part]
    assert len(named) == len(set(named))
    assert {question.item for question in (*found.then, *found.alarms)} <= explored.unanswered


@given(case=cases(SMALL_KNOWLEDGE))
@settings(max_examples=40)
def test_no_question_tells_more_than_is_open(case: Case) -> None:
    """Nobody can be told more than there is to know."""
    _, found = ranked(SMALL_KNOWLEDGE, case)
    assert all(0 <= question.bits <= found.entropy + 1e-9 for question in (*found.first, *found.then, *found.alarms))


def test_what_a_question_could_bring_about_comes_about() -> None:
    """The urgency it could raise to and the conditions it could bring to the front: some answer really does it."""
    leg = {"nprs_leg": 6, "pain_below_knee": "yes", "leg_worse_than_back": "yes", "cough_sneeze_worse": "yes"}
    told = [check_what_it_could_bring_about(case_of(typed(a_history(**more)), REAL)) for more in ({}, leg)]
    assert min(told) > 3, "some questions must be able to change something for this to mean anything"


def check_what_it_could_bring_about(case: Case) -> int:
    """How many questions of a case could change something; each of them really could."""
    explored, found = ranked(REAL, case)
    base = assess(explored.case, REAL).document()
    changing = [q for q in (*found.then, *found.alarms) if q.raises_to or q.may_lead][:8]
    for question in changing:
        answers = [each.answer for each in explored.tried if each.item == question.item]
        after = [assess(Case({**explored.case.answers, question.item: a}), REAL).document() for a in answers]
        if question.raises_to:
            assert question.raises_to in {document["urgency"] for document in after}
            assert question.raises_to != base["urgency"]
        assert set(question.may_lead) <= {document["differential"][0]["condition"] for document in after}
    return len(changing)


def test_emergency_questions_stand_before_everything() -> None:
    """In the order the assessment names them, whatever they tell of the conditions."""
    explored = explore(Case(RADICULAR | {"numb_saddle": "unknown"}), SMALL_KNOWLEDGE)
    found = ranking(explored, SMALL_KNOWLEDGE, ("numb_saddle",))
    assert [question.item for question in found.first] == ["numb_saddle"]
    assert found.first[0].raises_to == "emergency"
    assert "numb_saddle" not in {question.item for question in (*found.then, *found.alarms)}


def test_each_question_says_its_minutes_as_the_knowledge_gives_them() -> None:
    """A test costs what its entry says, an unnamed examination what its section says, a question its own seconds."""
    _, found = ranked(SMALL_KNOWLEDGE, Case(RADICULAR))
    minutes = {question.item: question.minutes for part in (found.first, found.then, found.alarms) for question in part}
    assert minutes["slr"] == SMALL_KNOWLEDGE.minutes("slr") == 2.0
    assert minutes["strength"] == 1.5
    assert minutes["cough"] == SMALL_KNOWLEDGE.items["cough"].seconds / 60


def test_of_two_that_tell_as_much_the_quicker_comes_first() -> None:
    """Bits a minute break ties."""
    for case in random_cases(REAL, 4, seed=3):
        _, found = ranked(REAL, case)
        keys = [(-round(question.bits, 2), -question.bits_a_minute) for question in found.then]
        assert keys == sorted(keys)


def test_a_question_that_opens_a_telling_one_is_worth_as_much() -> None:
    """While nobody said whether the leg hurts, what is asked only of leg pain speaks for that question."""
    answers = {"age_years": 40, "sex_at_birth": "male"}
    _, found = ranked(REAL, Case(answers))
    by_item = {question.item: question for part in (found.first, found.then) for question in part}
    opening = [question for question in by_item.values() if question.opens]
    assert opening, "some question must decide whether another is asked"
    assert all(question.item not in question.opens and question.bits >= NOTHING for question in opening)


def test_questions_between_two_conditions_are_those_that_move_them_apart() -> None:
    """Both ways round the same, and none that moves neither."""
    explored, _ = ranked(SMALL_KNOWLEDGE, Case(RADICULAR))
    one, other = "disc", "strain"
    found = separating(explored, SMALL_KNOWLEDGE, one, other)
    assert [q.item for q in found] == [q.item for q in separating(explored, SMALL_KNOWLEDGE, other, one)]
    places = [explored.base.conditions.index(each) for each in (one, other)]
    lead = explored.alone.score_millibans[:, places[0]] - explored.alone.score_millibans[:, places[1]]
    base = int(explored.base.score_millibans[0, places[0]] - explored.base.score_millibans[0, places[1]])
    moving = {each.item for each, after in zip(explored.tried, lead, strict=True) if after != base}
    assert found
    assert {question.item for question in found} <= moving


def test_what_tells_of_a_condition_moves_it() -> None:
    """A nerve-root sign tells of the disc; nothing is listed that tells nothing of it."""
    explored, _ = ranked(SMALL_KNOWLEDGE, Case(RADICULAR))
    found = telling(explored, SMALL_KNOWLEDGE, "disc")
    assert "slr" in [question.item for question in found]
    assert all(question.bits >= NOTHING for question in found)
