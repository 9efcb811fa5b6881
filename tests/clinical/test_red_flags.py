"""Red flags: rules before probability, urgencies by maximum, unknown clears nothing."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from dashboard.clinical.assessment import assess, score_batch
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.suggested import suggested
from dashboard.clinical.vocabulary import Case, Urgency
from tests.clinical.some_cases import random_cases, with_answers

WORSE_AND_WORSE: dict[str, list[Any]] = {
    "bilateral_leg": ["no", "long_standing_walking", "new_or_changing"],
    "weakness_self": ["no", "right", "both"],
    "weakness_progressive": ["no", "over_weeks", "over_days", "over_hours"],
    "numbness_leg": ["no", "right", "both"],
    "pain_course": ["better", "same", "worse", "much_worse"],
    "pain_severity": ["mild", "moderate", "severe"],
    "night_pain": ["none", "when_rolling", "constant"],
    "running_pain_pattern": ["no_change", "only_after", "builds_every_run", "first_steps_and_walking"],
    "focal_bone_pain": ["no", "sacrum"],
    "menstrual_status": ["regular", "irregular", "none_3_months", "none_12_months"],
    "bsi_history": ["none", "one", "two_or_more"],
    "smoking": ["never", "ex", "current"],
    "exam_saddle": ["normal", "reduced"],
    "exam_gait": ["normal", "limp", "unable"],
    "exam_pulses": ["normal", "weak", "absent"],
    "exam_abdomen": ["normal", "pulsatile_mass"],
    "exam_hop": ["negative", "positive"],
    "exam_slr": ["negative", "right", "both"],
    "exam_sacral_tender": ["no", "right", "both"],
    "lab_ck": ["normal", "raised", "rhabdomyolysis"],
    "nprs_worst": [0, 4, 7, 8, 10],
    "nprs_leg": [0, 5, 10],
    "no_improvement_weeks": [0, 2, 4, 8, 20],
    "exam_temp_c": [36.5, 38.0, 39.0, 41.0],
    "exam_pvr_ml": [0, 150, 250, 600],
    "lab_ck_times_uln": [0, 4, 6, 100],
    "lab_esr": [0, 30, 60],
    "phq2_1": [0, 1, 3],
}


@pytest.fixture(scope="module")
def some(real: Knowledge) -> list[Case]:
    """Random cases of the real knowledge."""
    return list(random_cases(real, 250, seed=7))


def urgencies(knowledge: Knowledge, cases: list[Case], item: str, answer: Any) -> list[int]:
    """How urgent each case is with one answer set."""
    return score_batch([with_answers(case, **{item: answer}) for case in cases], knowledge).urgency.tolist()


def test_no_flag_answered_yes_ever_lowers_an_urgency(real: Knowledge, some: list[Case]) -> None:
    """From no to yes and from unknown to yes, for every yes-or-no question there is."""
    for item in real.items.values():
        if item.type == "flag":
            yes = urgencies(real, some, item.id, "yes")
            for before in ("no", "unknown"):
                pairs = zip(urgencies(real, some, item.id, before), yes, strict=True)
                assert all(earlier <= later for earlier, later in pairs), item.id


@pytest.mark.parametrize("item", WORSE_AND_WORSE)
def test_no_worse_answer_ever_lowers_an_urgency(real: Knowledge, some: list[Case], item: str) -> None:
    """Each answer of the list is worse than the one before it."""
    steps = [urgencies(real, some, item, answer) for answer in WORSE_AND_WORSE[item]]
    for earlier, later in pairwise(steps):
        assert all(before <= after for before, after in zip(earlier, later, strict=True))


def test_no_weaker_muscle_ever_lowers_an_urgency(real: Knowledge, some: list[Case]) -> None:
    """Strength that falls from 5 to 0 in any root on either side."""
    grid = real.items["exam_myotomes"]
    for cell in (f"{row.code}.{side}" for row in grid.rows for side in grid.sides):
        steps = []
        for strength in (5.0, 4.0, 3.0, 0.0):
            weak = [with_answers(c, exam_myotomes={**c.answers.get("exam_myotomes", {}), cell: strength}) for c in some]
            steps.append(score_batch(weak, real).urgency.tolist())
        for earlier, later in pairwise(steps):
            assert all(before <= after for before, after in zip(earlier, later, strict=True)), cell


def test_no_further_place_and_no_further_sign_ever_lowers_an_urgency(real: Knowledge, some: list[Case]) -> None:
    """Adding an option to any list of places, signs or medicines."""
    for item in real.items.values():
        if item.type not in ("choices", "sites"):
            continue
        alone = {option.code for option in item.options if option.exclusive or option.unknown}
        for code in (option.code for option in item.options if option.code not in alone):
            before = [with_answers(c, **{item.id: _without(c, item.id, alone | {code})}) for c in some[:60]]
            after = [with_answers(c, **{item.id: (*c.answers.get(item.id, ()), code)}) for c in before]
            pairs = zip(score_batch(before, real).urgency, score_batch(after, real).urgency, strict=True)
            assert all(earlier <= later for earlier, later in pairs), (item.id, code)


def _without(case: Case, item: str, codes: set[str]) -> tuple[str, ...] | None:
    return tuple(entry for entry in case.answers.get(item, ()) if entry.partition(":")[0] not in codes) or None


def test_unknown_fever_neither_raises_nor_clears_the_infection_flag(real: Knowledge) -> None:
    """Nobody asked about fever: the flag has not fired, and is listed as one that still could."""
    calm = {"age_years": 34, "pain_sites": ("low_back",)}
    for answers in (calm, {**calm, "rf_fever": "unknown"}):
        document = assess(Case(answers), real).document()
        assert "RF08" not in {flag["id"] for flag in document["red_flags"]}
        open_flags = {flag["id"]: flag["missing"] for flag in document["red_flags_unknown"]}
        assert "rf_fever" in open_flags["RF08"]
        assert "rf_fever" in document["unknown_emergency_items"]
    cleared = assess(Case({**calm, "rf_fever": "no"}), real).document()
    assert "rf_fever" not in cleared["unknown_emergency_items"]


def test_an_emergency_is_never_talked_down_by_a_likely_harmless_condition(real: Knowledge) -> None:
    """New numbness between the legs is an emergency however much the rest looks like a strain."""
    strain = {"age_years": 33, "pain_duration_days": 5, "pain_course": "better", "nprs_leg": 0, "night_pain": "none"}
    document = assess(Case({**strain, "rf_saddle_numbness": "yes"}), real).document()
    assert document["differential"][0]["condition"] == "nonspecific_lbp_strain"
    assert document["urgency"] == "emergency"
    assert document["red_flags"][0]["because"] == ["rf_saddle_numbness"]


def test_the_most_urgent_flag_comes_first_with_its_reason(small: Knowledge) -> None:
    """Fired flags are listed by urgency, each with the answers that made it fire and nothing else."""
    case = Case({"fever": "yes", "numb_saddle": "yes", "weeks": 60.0, "cough": "yes"})
    flags = assess(case, small).document()["red_flags"]
    assert [(f["id"], f["urgency"], f["because"]) for f in flags] == [
        ("CES", "emergency", ["numb_saddle"]),
        ("INF", "same-day", ["fever"]),
        ("NOTE", "routine", ["weeks"]),
    ]


def test_a_flag_that_fired_low_is_still_open_for_its_higher_clause(small: Knowledge) -> None:
    """Fever fires the same-day clause; the emergency one waits for a value only the laboratory has."""
    document = assess(Case({"fever": "yes", "numb_saddle": "no", "weeks": 3.0}), small).document()
    assert document["urgency"] == "same-day"
    assert document["red_flags_unknown"] == []
    higher = assess(Case({"fever": "yes", "numb_saddle": "no", "lab_crp": 150.0}), small).document()
    assert higher["urgency"] == "emergency"
    assert higher["red_flags"][0]["because"] == ["fever", "lab_crp"]


def test_examinations_are_asked_for_only_once_one_has_begun(small: Knowledge) -> None:
    """At the desk nobody can test strength, so only the desk's own questions are listed as open."""
    asked = {"numb_saddle": "no", "fever": "no", "weeks": 3.0}
    at_the_desk = assess(Case(asked), small).document()
    assert at_the_desk["red_flags_unknown"] == []
    examined = assess(Case({**asked, "crossed_slr": "no"}), small).document()
    assert [flag["missing"] for flag in examined["red_flags_unknown"]] == [["strength"]]


def test_what_a_fired_rule_is_there_to_find_is_named_before_the_ranking(real: Knowledge) -> None:
    """New numbness between the legs: cauda equina syndrome is named first, though it ranks far down by probability."""
    document = assess(Case({"age_years": 33, "nprs_leg": 0, "rf_saddle_numbness": "yes"}), real).document()
    assert [entry["condition"] for entry in document["exclude_first"]] == ["cauda_equina_syndrome"]
    assert document["exclude_first"][0]["flags"] == ["RF01"]
    assert suggested(document)[:2] == ("cauda_equina_syndrome", document["differential"][0]["condition"])
    assert document["suggested"] == list(suggested(document))
    assert sorted(document["suggested"]) == sorted(entry["condition"] for entry in document["differential"])


def test_conditions_to_exclude_are_those_of_rules_above_routine_and_no_others(real: Knowledge) -> None:
    """For any case: each is named by a fired rule, with the urgency of the most urgent one, most urgent first."""
    suspects = {flag.id: flag.suspects for flag in real.red_flags}
    for case in random_cases(real, 80, seed=31):
        document = assess(case, real).document()
        loud = {flag["id"]: flag["urgency"] for flag in document["red_flags"] if flag["urgency"] != "routine"}
        named = {entry["condition"]: entry for entry in document["exclude_first"]}
        assert set(named) == {condition for rule in loud for condition in suspects[rule]}
        for condition, entry in named.items():
            assert set(entry["flags"]) == {rule for rule in loud if condition in suspects[rule]}
            assert Urgency.of(entry["urgency"]) == max(Urgency.of(loud[rule]) for rule in entry["flags"])
        order = [Urgency.of(entry["urgency"]) for entry in document["exclude_first"]]
        assert order == sorted(order, reverse=True)


def test_a_weak_sign_that_is_only_noted_names_nothing_to_exclude(real: Knowledge) -> None:
    """One routine note is no reason to put a cancer before everything else."""
    document = assess(Case({"age_years": 33, "rf_weight_loss": "yes"}), real).document()
    assert [flag["id"] for flag in document["red_flags"]] == ["RF07b"]
    assert document["exclude_first"] == []
