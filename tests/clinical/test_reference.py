"""The engine against the reference engine: thousands of random cases, to the bit."""

from __future__ import annotations

import pytest

from dashboard.clinical.answers import derive, shown
from dashboard.clinical.assessment import assess_batch, score_batch
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.vocabulary import Case
from tests.clinical.reference_engine import URGENCIES, ReferenceEngine
from tests.clinical.some_cases import random_cases

MANY, SOME = 2000, 120


@pytest.fixture(scope="module", params=["small", "real"])
def knowledge(request: pytest.FixtureRequest) -> Knowledge:
    """Each of the two knowledges."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def many(knowledge: Knowledge) -> list[Case]:
    """Random cases, the same every time."""
    return list(random_cases(knowledge, MANY, seed=20260101))


def test_scores_urgencies_and_probabilities_agree_with_the_reference_engine(
    knowledge: Knowledge, many: list[Case]
) -> None:
    """Every score, every urgency and every probability of every case is the same, to the bit."""
    scores = score_batch(many, knowledge)
    for row, case in enumerate(many):
        reference = ReferenceEngine(knowledge, case.answers)
        expected = reference.scores()
        assert dict(zip(scores.conditions, scores.score_millibans[row].tolist(), strict=True)) == expected
        assert scores.urgency[row] == URGENCIES[reference.urgency()]
        assert dict(zip(scores.conditions, scores.probability[row].tolist(), strict=True)) == reference.probabilities()


def test_findings_red_flags_questions_gates_and_steps_agree_with_the_reference_engine(
    knowledge: Knowledge, many: list[Case]
) -> None:
    """What is shown of a case is what the naive reading of the same criteria says."""
    for case, assessment in zip(many[:SOME], assess_batch(many[:SOME], knowledge), strict=True):
        reference, document = ReferenceEngine(knowledge, case.answers), assessment.document()
        assert {flag["id"] for flag in document["red_flags"]} == reference.fired()
        assert shown(knowledge, case.answers) == reference.shown()
        states = {"met": 1, "unknown": 0, "not-met": -1}
        found = {c["id"]: states[c["state"]] for c in document["contraindications"]}
        assert found == {c.id: reference.truth(c.when) for c in knowledge.contraindications}
        gates = {gate["id"]: states[gate["state"]] for gate in document["gates"] if gate["id"] != "no_open_red_flag"}
        assert gates == {gate.id: reference.truth(gate.met) for gate in knowledge.gates if gate.id in gates}
        rules = [rule.id for rule in knowledge.imaging_rules if reference.truth(rule.when) == 1]
        assert (document["pathway"]["imaging"] or {}).get("id") == (rules[0] if rules else None)
        syndromes = {s["condition"]: s["presence"] for s in document["syndromes"]}
        words = {1: "present", 0: "unknown", -1: "absent"}
        assert syndromes == {
            c.id: words[reference.truth(c.present)] for c in knowledge.conditions.values() if c.present is not None
        }
        referrals = document["referral_gates"]
        biologics = referrals["prp_discussion"]["open"] or referrals["stem_cell_discussion"]["open"]
        assert document["pathway"]["step"] == reference.step(assessment.leading, biologics)


def test_every_weight_shown_has_the_presence_the_reference_engine_finds(knowledge: Knowledge, many: list[Case]) -> None:
    """A finding is listed for or against exactly when the naive reading makes it present or absent."""
    words = {1: "present", -1: "absent"}
    for case, assessment in zip(many[:SOME], assess_batch(many[:SOME], knowledge), strict=True):
        reference = ReferenceEngine(knowledge, case.answers)
        for entry in assessment.document()["differential"]:
            condition = knowledge.conditions[entry["condition"]]
            expected = sorted(
                (line.finding, words[reference.finding(line.finding)])
                for line in condition.evidence
                if reference.finding(line.finding) != 0
            )
            assert sorted((w["finding"], w["presence"]) for w in entry["weights"]) == expected


def test_derived_values_agree_with_the_reference_engine(knowledge: Knowledge, many: list[Case]) -> None:
    """A derived value is its formula, rounded for reading; unknown while anything it needs is unknown."""
    for case in many[:SOME]:
        reference = ReferenceEngine(knowledge, case.answers)
        for id_, found in derive(knowledge, case.answers).items():
            expected = reference.derived(id_)
            decimals = knowledge.derived[id_].decimals
            assert found.value == (None if expected is None else round(expected, decimals))
