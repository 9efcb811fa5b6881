"""Laws of the assessment, for any case of the small knowledge and of the real one."""

from __future__ import annotations

import dataclasses
import json
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.clinical.assessment import assess, assess_batch, score_batch
from dashboard.clinical.knowledge import Knowledge, load
from dashboard.clinical.vocabulary import Case, Urgency
from tests.clinical.conftest import SMALL
from tests.clinical.some_cases import cases, random_cases, with_answers

BOTH = {"small": load(SMALL), "real": load()}
any_law = settings(max_examples=25, deadline=None)


@pytest.fixture(scope="module", params=BOTH)
def knowledge(request: pytest.FixtureRequest) -> Knowledge:
    """Each of the two knowledges."""
    return BOTH[request.param]


def any_case() -> st.SearchStrategy[tuple[Knowledge, Case]]:
    """A case of either knowledge, with it."""
    return st.sampled_from(list(BOTH.values())).flatmap(lambda k: cases(k).map(lambda case: (k, case)))


def test_a_case_in_a_batch_is_assessed_as_if_it_were_alone(knowledge: Knowledge) -> None:
    """Every document of a batch is the single case's document, to the bit."""
    some = list(random_cases(knowledge, 60, seed=3))
    together = [assessment.document() for assessment in assess_batch(some, knowledge)]
    alone = [assess(case, knowledge).document() for case in some]
    assert json.dumps(together) == json.dumps(alone)


def test_sessions_that_share_a_knowledge_do_not_disturb_each_other() -> None:
    """Many at once, on a knowledge nobody has used before, get what each would get alone."""
    some = list(random_cases(BOTH["small"], 40, seed=8))
    alone = [assess(case, BOTH["small"]).document() for case in some]
    fresh = load(SMALL)
    with ThreadPoolExecutor(8) as sessions:
        asked = [sessions.submit(assess, case, fresh) for case in some]
        extra = [sessions.submit(fresh.criterion, f"weeks > {number}") for number in range(200)]
        together = [future.result().document() for future in asked]
    assert together == alone
    assert len({future.result().place for future in extra}) == 200


def test_scores_without_explanation_are_the_scores_of_the_documents(knowledge: Knowledge) -> None:
    """The fast path and the full one say the same numbers and urgencies."""
    some = list(random_cases(knowledge, 60, seed=4))
    scores = score_batch(some, knowledge)
    for row, assessment in enumerate(assess_batch(some, knowledge)):
        document = assessment.document()
        assert Urgency.of(document["urgency"]) == scores.urgency[row]
        shown = {entry["condition"]: entry for entry in document["differential"]}
        for place, condition in enumerate(scores.conditions):
            assert shown[condition]["score_millibans"] == scores.score_millibans[row, place]
            assert shown[condition]["probability"] == scores.probability[row, place]


@any_law
@given(any_case())
def test_an_explanation_adds_up_to_the_score(given_case: tuple[Knowledge, Case]) -> None:
    """Prior, adjustments and weights are whole numbers that add up exactly, for every condition."""
    knowledge, case = given_case
    for entry in assess(case, knowledge).document()["differential"]:
        parts = [entry["prior_millibans"]]
        parts += [part["millibans"] for part in (*entry["adjustments"], *entry["weights"])]
        assert all(type(part) is int for part in parts)
        assert sum(parts) == entry["score_millibans"]


@any_law
@given(any_case())
def test_every_weight_names_its_source_and_its_answers(given_case: tuple[Knowledge, Case]) -> None:
    """Nothing moves a probability without a citation, a status and the answers behind it."""
    knowledge, case = given_case
    for entry in assess(case, knowledge).document()["differential"]:
        for part in (*entry["adjustments"], *entry["weights"]):
            assert part["millibans"] == 0 or (part["citation"] and part["status"])
        for weight in entry["weights"]:
            assert weight["items"]
            assert set(weight["items"]) <= set(case.answers) | set(knowledge.items)
            assert weight["counted"] == (weight["millibans"] != 0)
            assert weight["use"] == "score" or weight["millibans"] == 0


@any_law
@given(any_case())
def test_limits_are_only_mentioned_where_they_bind(given_case: tuple[Knowledge, Case]) -> None:
    """A group or a family that stays within its limits adds no adjustment of its own."""
    knowledge, case = given_case
    limited = {f"group:{group.id}" for group in knowledge.groups.values() if group.cap or group.floor}
    limited |= {f"family:{family}" for family in knowledge.families}
    limited |= {"sex", "modifier-cap", *(modifier.id for modifier in knowledge.prior_modifiers)}
    for entry in assess(case, knowledge).document()["differential"]:
        assert {part["id"] for part in entry["adjustments"]} <= limited


@any_law
@given(any_case(), st.randoms(use_true_random=False))
def test_the_order_of_the_answers_never_matters(given_case: tuple[Knowledge, Case], shuffled: random.Random) -> None:
    """Who asks what first changes nothing."""
    knowledge, case = given_case
    answers = list(case.answers.items())
    shuffled.shuffle(answers)
    assert assess(Case(dict(answers)), knowledge).document() == assess(case, knowledge).document()


def test_the_order_of_the_evidence_in_its_files_never_matters(knowledge: Knowledge) -> None:
    """Lines of evidence turned round give the same scores and the same explanations."""
    turned = {
        id_: dataclasses.replace(condition, evidence=condition.evidence[::-1])
        for id_, condition in knowledge.conditions.items()
    }
    other = dataclasses.replace(knowledge, conditions=turned)
    for case in random_cases(knowledge, 40, seed=5):
        assert assess(case, other).document() == assess(case, knowledge).document()


@any_law
@given(any_case())
def test_saying_unknown_is_the_same_as_saying_nothing(given_case: tuple[Knowledge, Case]) -> None:
    """Every unanswered question answered with "unknown" leaves the assessment as it was."""
    knowledge, case = given_case
    unknown = {}
    for item in knowledge.items.values():
        codes = [option.code for option in item.options if option.unknown]
        if item.id not in case.answers and item.type == "flag":
            unknown[item.id] = "unknown"
        elif item.id not in case.answers and item.type == "choice" and codes:
            unknown[item.id] = codes[0]
    assert assess(with_answers(case, **unknown), knowledge).document() == assess(case, knowledge).document()


@any_law
@given(any_case())
def test_probabilities_stay_within_their_limits_and_are_sorted(given_case: tuple[Knowledge, Case]) -> None:
    """No condition is ever certain or excluded, and the most probable comes first."""
    knowledge, case = given_case
    limits = knowledge.settings.posterior
    differential = assess(case, knowledge).document()["differential"]
    probabilities = [entry["probability"] for entry in differential]
    assert all(limits.floor <= probability <= limits.ceiling for probability in probabilities)
    assert probabilities == sorted(probabilities, reverse=True)
    scores = [entry["score_millibans"] for entry in differential]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_halved_or_doubled_priors_never_change_an_urgency(knowledge: Knowledge, factor: float) -> None:
    """Rules come before probability: whatever the priors, every case stays as urgent as it was."""
    some = list(random_cases(knowledge, 300, seed=6))
    before = score_batch(some, knowledge)
    for id_, condition in knowledge.conditions.items():
        prior = {band: share * factor for band, share in condition.prior.items()}
        changed = {**knowledge.conditions, id_: dataclasses.replace(condition, prior=prior)}
        other = score_batch(some, dataclasses.replace(knowledge, conditions=changed))
        assert other.urgency.tolist() == before.urgency.tolist()


@any_law
@given(any_case())
def test_a_document_is_plain_json_without_the_words_of_the_patient(given_case: tuple[Knowledge, Case]) -> None:
    """It survives storage unchanged, and free text of the answers is not in it."""
    knowledge, case = given_case
    document = assess(case, knowledge).document()
    stored = json.dumps(document, allow_nan=False)
    assert json.loads(stored) == document
    assert "invented words" not in stored
    assert "running up hills" not in stored


@any_law
@given(any_case())
def test_only_unanswered_questions_that_someone_can_answer_are_missing(given_case: tuple[Knowledge, Case]) -> None:
    """Nothing hidden, nothing answered and nothing that only a file can say is asked for; emergencies come first."""
    knowledge, case = given_case
    document = assess(case, knowledge).document()
    view = knowledge.view(case.answers)
    for item in document["missing"]:
        assert item not in view.known_items(0)
        assert knowledge.audiences[item] != "file"
    first = document["missing"][: len(document["unknown_emergency_items"])]
    assert first == document["unknown_emergency_items"]
    values = [document["missing_value"][item] for item in document["missing"][len(first) :]]
    assert values == sorted(values, reverse=True)
