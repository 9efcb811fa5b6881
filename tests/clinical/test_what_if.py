"""What would change an assessment: everything listed really does it, and nothing that is needed less is left out."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.clinical.answers import shown
from dashboard.clinical.assessment import assess, assess_batch
from dashboard.clinical.exploring import Explored, explore
from dashboard.clinical.knowledge import Knowledge, load
from dashboard.clinical.vocabulary import Answer, Case, Item, Urgency
from dashboard.clinical.what_if import Change, WhatIf, flips, what_if
from dashboard.intake import case_of
from tests.casework.histories import a_history, typed
from tests.clinical.conftest import SMALL
from tests.clinical.some_cases import cases, random_cases

BOTH = {"small": load(SMALL), "real": load()}
Found = tuple[Knowledge, Explored, WhatIf]
AT_MOST = 60
"""How many changes of one case are assessed again; which ones depends on the case."""

TAKEN_AS_GIVEN = ("age_years", "sex_at_birth", "km_now", "km_before")
"""Who somebody is, and amounts of which only the ratio to another matters."""
CALM: dict[str, Any] = {"numb_saddle": "no", "fever": "no", "age_years": 45, "sex_at_birth": "male"}


def found_in(knowledge: Knowledge, case: Case) -> Found:
    """What would change a case."""
    explored = explore(case, knowledge)
    return knowledge, explored, what_if(explored, knowledge)


def any_found() -> st.SearchStrategy[Found]:
    """What would change any case of the small knowledge."""
    small = BOTH["small"]
    return cases(small).map(lambda case: found_in(small, case))


def real_found() -> list[Found]:
    """What would change a few cases of the real knowledge, the same ones every time."""
    return [found_in(BOTH["real"], case) for case in random_cases(BOTH["real"], 3, seed=20261123)]


def applied(knowledge: Knowledge, case: Case, answers: Mapping[str, Answer]) -> Case:
    """The case with answers otherwise, without the answers to questions that are then not asked."""
    after = {**case.answers, **answers}
    asked = shown(knowledge, after)
    return Case({item: answer for item, answer in after.items() if item in asked})


def said(document: Mapping[str, Any], change: Change) -> str | None:
    """What an assessment says of the thing a change is about; None when it does not speak of it."""
    if change.target == "gate":
        return next((gate["state"] for gate in document["gates"] if gate["id"] == change.of), None)
    told = {
        "leading": document["differential"][0]["condition"],
        "urgency": document["urgency"],
        "step": document["pathway"]["step"],
    }
    return str(told[change.target])


def some(changes: Sequence[Change], case: Case) -> Sequence[Change]:
    """A few of many changes, the same ones for a case every time."""
    draw = random.Random(len(case.answers))
    return changes if len(changes) <= AT_MOST else draw.sample(changes, AT_MOST)


def documents(knowledge: Knowledge, tried: Iterable[Case]) -> list[dict[str, Any]]:
    """The whole assessments of some cases."""
    return [made.document() for made in assess_batch(list(tried), knowledge)]


def check_it_is_so(found: Found) -> None:
    """Each change, applied and assessed as a whole, comes out as stated, and does not come out so already."""
    knowledge, explored, changes = found
    before = assess(explored.case, knowledge).document()
    chosen = some(changes.changes, explored.case)
    after = documents(
        knowledge, [applied(knowledge, explored.case, {a.item: a.answer for a in c.answers}) for c in chosen]
    )
    for change, document in zip(chosen, after, strict=True):
        assert said(before, change) == change.before != change.after, change
        assert said(document, change) == change.after, change


def check_pairs_are_needed(found: Found) -> None:
    """Of a pair neither answer does it alone."""
    knowledge, explored, changes = found
    pairs = some([change for change in changes.changes if len(change.answers) == 2], explored.case)
    alone = [(change, each) for change in pairs for each in change.answers]
    after = documents(knowledge, [applied(knowledge, explored.case, {each.item: each.answer}) for _, each in alone])
    for (change, each), document in zip(alone, after, strict=True):
        assert said(document, change) != change.after, (change, each)


def check_alike_answers_do_the_same(found: Found) -> None:
    """Answers said to do the same as the one named come out the same."""
    knowledge, explored, changes = found
    alone = [change for change in changes.changes if len(change.answers) == 1 and change.answers[0].alike]
    told = [(change, other) for change in some(alone, explored.case) for other in change.answers[0].alike[:2]]
    after = documents(knowledge, [applied(knowledge, explored.case, {c.answers[0].item: o}) for c, o in told])
    for (change, other), document in zip(told, after, strict=True):
        assert said(document, change) == change.after, (change, other)


CHECKS = [check_it_is_so, check_pairs_are_needed, check_alike_answers_do_the_same]


@pytest.mark.parametrize("check", CHECKS)
@given(found=any_found())
@settings(max_examples=25)
def test_what_is_listed_holds_when_the_case_is_assessed_again(check: Any, found: Found) -> None:
    """Nothing is listed by a rule of thumb: the whole assessment agrees, for any case."""
    check(found)


@pytest.mark.parametrize("check", CHECKS)
def test_what_is_listed_holds_under_the_knowledge_shipped(check: Any) -> None:
    """The same for cases of the real knowledge, which must have something to list for this to mean anything."""
    several = real_found()
    assert sum(len(changes.changes) for _, _, changes in several) > 100
    for found in several:
        check(found)


@given(found=any_found())
@settings(max_examples=25)
def test_age_and_sex_are_never_proposed_to_be_otherwise(found: Found) -> None:
    """Who somebody is cannot be asked again."""
    assert not {"age_years", "sex_at_birth"} & {each.item for each in found[1].tried}


@given(found=any_found())
@settings(max_examples=25)
def test_only_answers_a_person_could_give_are_tried(found: Found) -> None:
    """Options that are offered, none beside "none of these", numbers within their limits, and never "unknown"."""
    knowledge, explored, _ = found
    for each in explored.tried:
        for answer in (each.answer, *each.alike):
            assert can_be_given(knowledge.items[each.item], answer), each
            assert answer != explored.case.answers.get(each.item)


def can_be_given(item: Item, answer: Any) -> bool:
    """Whether the screen offers an answer."""
    options = {option.code: option for option in item.options if option.asked and not option.unknown}
    if item.type == "flag":
        return answer in ("yes", "no")
    if item.type == "choice":
        return answer in options
    if item.type in ("choices", "sites"):
        codes = [entry.partition(":")[0] for entry in answer]
        alone = any(options[code].exclusive for code in codes if code in options)
        given_before = {option.code for option in item.options}
        return set(codes) <= given_before and (not alone or len(codes) == 1)
    low, high = item.minimum or 0, item.maximum or 0
    values = answer.values() if isinstance(answer, Mapping) else [answer]
    return all(low <= value <= high for value in values)


def every_answer(item: Item, present: Any) -> list[Any]:
    """Every answer to an item, the numbers at many places between their limits."""
    if item.type == "flag":
        return ["yes", "no"]
    if item.type == "choice":
        return [option.code for option in item.options if not option.unknown]
    if item.type in ("choices", "sites") and present is None:
        return [(option.code,) for option in item.options if not option.unknown]
    if item.type in ("integer", "decimal"):
        low, high = int(item.minimum or 0), int(item.maximum or 0)
        return list(range(low, high + 1, max(1, (high - low) // 60)))
    return []


@given(case=cases(BOTH["small"]))
@settings(max_examples=20)
def test_no_single_answer_that_would_change_something_is_left_out(case: Case) -> None:
    """Every option, and numbers all along their range, tried one by one: what they change is listed for that question.

    For numbers between two limits the question is listed; which number stands for them is the list's own choice.
    """
    small = BOTH["small"]
    _, explored, changes = found_in(small, case)
    asked = explored.unanswered | {each.item for each in explored.tried}
    before = assess(explored.case, small).document()
    tried = [
        (item.id, applied(small, explored.case, {item.id: answer}))
        for item in small.items.values()
        if item.id in asked and item.id not in TAKEN_AS_GIVEN
        for answer in every_answer(item, explored.case.answers.get(item.id))
    ]
    listed = {(c.answers[0].item, c.target, c.after) for c in changes.changes if len(c.answers) == 1}
    for (item, _), document in zip(tried, documents(small, [case for _, case in tried]), strict=True):
        for target in ("leading", "urgency", "step"):
            now = said(document, Change(target, "", "", "", ()))  # type: ignore[arg-type]
            if now != said(before, Change(target, "", "", "", ())):  # type: ignore[arg-type]
                assert (item, target, now) in listed


def test_the_case_with_one_flag_goes_back_to_routine_when_its_answer_is_corrected(small: Knowledge) -> None:
    """Numbness between the legs alone makes an emergency; were it a no, the case would be routine."""
    _, _, changes = found_in(small, Case({**CALM, "numb_saddle": "yes"}))
    lower = [change for change in changes.of("urgency") if change.after == "routine"]
    assert [(each.item, each.before, each.answer) for change in lower for each in change.answers] == [
        ("numb_saddle", "yes", "no")
    ]


def test_two_flags_of_the_same_urgency_fall_only_with_both_answers() -> None:
    """Correcting one of two emergencies leaves the other: the pair is listed, and neither of its answers."""
    real = BOTH["real"]
    saddle = {"age_years": 40, "sex_at_birth": "female", "rf_saddle_numbness": "yes", "rf_dark_urine": "yes"}
    _, explored, changes = found_in(real, Case(saddle))
    assert assess(explored.case, real).document()["urgency"] == "emergency"
    lower = [change for change in changes.of("urgency") if Urgency.of(change.after) < Urgency.EMERGENCY]
    assert {frozenset(each.item for each in change.answers) for change in lower} == {
        frozenset({"rf_saddle_numbness", "rf_dark_urine"})
    }
    assert changes.searched.every_pair


def test_a_red_flag_of_two_answers_is_found_as_a_pair() -> None:
    """A hard blow, and a leg that has become weak: each was denied, and only both together make an emergency."""
    real = BOTH["real"]
    _, _, changes = found_in(real, case_of(typed(a_history()), real))
    pairs = [change for change in changes.of("urgency") if change.after == "emergency" and len(change.answers) == 2]
    assert {"rf_trauma", "weakness_self"} in [{each.item for each in change.answers} for change in pairs]


def test_a_number_that_was_given_is_never_half_of_a_pair() -> None:
    """That a duration of years was really three days is too far-fetched beside another correction."""
    for knowledge, explored, changes in real_found():
        numbers = {item.id for item in knowledge.items.values() if item.type in ("integer", "decimal")}
        for change in changes.changes:
            if len(change.answers) == 2:
                assert not {each.item for each in change.answers if each.before is not None} & numbers
        assert numbers & explored.case.answers.keys(), "some number must be given for this to mean anything"


def test_the_easiest_come_first() -> None:
    """Single answers before pairs, and among them open questions before answers that would have to be corrected."""
    for _, _, changes in real_found():
        order = [(len(change.answers), change.corrects) for change in changes.changes]
        assert order == sorted(order)


def test_what_was_searched_is_counted() -> None:
    """The numbers the page tells are the numbers tried."""
    for _, explored, changes in real_found():
        told = changes.searched
        assert (told.answers, told.pairs) == (len(explored.tried), len(explored.pairs))
        assert told.answers > told.items > 20
        assert told.every_pair is not explored.pairs_left_out


@pytest.mark.parametrize("number", range(3))
def test_what_flips_two_conditions_really_puts_the_other_first(number: int) -> None:
    """Whatever two conditions of whatever case: applied and assessed, the one behind stands before the other."""
    real = BOTH["real"]
    explored = explore(list(random_cases(real, 3, seed=7))[number], real)
    ranked = [entry["condition"] for entry in assess(explored.case, real).document()["differential"]]
    found = 0
    for ahead, behind in pairwise(ranked[:4]):
        changes = some(flips(explored, real, behind, ahead), explored.case)[:20]
        found += len(changes)
        tried = [applied(real, explored.case, {each.item: each.answer for each in c.answers}) for c in changes]
        for change, document in zip(changes, documents(real, tried), strict=True):
            after = [entry["condition"] for entry in document["differential"]]
            assert (change.before, change.after) == (ahead, behind)
            assert after.index(behind) < after.index(ahead), change
    assert found, "some order must be one that an answer turns round for this to mean anything"


def test_an_answer_that_counts_only_in_a_sum_is_tried_at_every_value_of_its_scale() -> None:
    """One mood answer by itself brings the sum over its limit: that shuts a gate, so it is listed."""
    knowledge = BOTH["real"]
    case = case_of(typed(a_history(phq2_1=1, phq2_2=0)), knowledge)
    explored = explore(case, knowledge)
    found = {
        (change.answers[0].item, change.answers[0].answer, change.after)
        for change in what_if(explored, knowledge).changes
        if (change.target, change.of, len(change.answers)) == ("gate", "psychosocial", 1)
    }
    assert {("phq2_1", 3, "not-met"), ("phq2_2", 2, "not-met")} <= found
