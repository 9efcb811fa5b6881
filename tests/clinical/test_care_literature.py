"""The care that is proposed says the figures collected for it: doses, limits, grades, reviews, negative trials."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path
from typing import Any

import pytest
import simple_icd_10_cm as code_set

from dashboard.clinical.assessment import assess
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.vocabulary import Case

SHEET: dict[str, Any] = tomllib.loads(
    (Path(__file__).with_name("literature") / "care.toml").read_text(encoding="utf-8")
)


def words_of(noun: object) -> str:
    """Every sentence inside a noun of the knowledge, in one line each."""
    if isinstance(noun, str):
        return " ".join(noun.split()) + "\n"
    if dataclasses.is_dataclass(noun):
        return "".join(words_of(getattr(noun, field.name)) for field in dataclasses.fields(noun))
    if isinstance(noun, dict) or hasattr(noun, "values"):
        return "".join(words_of(value) for value in noun.values())
    return "".join(words_of(part) for part in noun) if isinstance(noun, tuple) else ""


@pytest.mark.parametrize("condition", SHEET["pathway"])
def test_a_pathway_says_its_doses_limits_and_referrals(real: Knowledge, condition: str) -> None:
    """Each figure collected for the condition stands in its pathway."""
    words = words_of(real.pathways[condition])
    assert [figure for figure in SHEET["pathway"][condition] if figure not in words] == []


@pytest.mark.parametrize("step", SHEET["ladder"])
def test_a_step_of_the_ladder_says_when_it_is_left_and_what_it_holds(real: Knowledge, step: str) -> None:
    """Each figure collected for the step stands in it."""
    words = words_of(next(rung for rung in real.ladder if rung.id == step))
    assert [figure for figure in SHEET["ladder"][step] if figure not in words] == []


@pytest.mark.parametrize("words", SHEET["guidelines"])
def test_a_kind_of_care_has_the_grade_the_guidelines_give_it(real: Knowledge, words: str) -> None:
    """Found once on the ladder, by the beginning of its sentence."""
    found = [content for step in real.ladder for content in step.content if content.text.startswith(words)]
    assert [content.grade for content in found] == [SHEET["guidelines"][words]]


def test_reviews_come_when_they_are_due(real: Knowledge) -> None:
    """After 48 to 72 hours, at two, six and twelve weeks, and the registry to a year."""
    assert {review.id: list(review.weeks) for review in real.reviews} == SHEET["reviews"]


def test_advice_has_its_honest_grade(real: Knowledge) -> None:
    """Every piece collected, with the grade its evidence deserves."""
    grades = {advice.id: advice.grade for advice in real.advice}
    assert {id_: grades.get(id_) for id_ in SHEET["advice"]} == SHEET["advice"]


def test_every_situation_has_its_first_picture(real: Knowledge) -> None:
    """The rule that carries each collected situation names it; the last one answers everybody else."""
    rules = {rule.id: rule for rule in real.imaging_rules}
    assert [id_ for id_, words in SHEET["imaging"].items() if words not in rules[id_].scenario] == []
    assert (real.imaging_rules[-1].id, real.imaging_rules[-1].appropriate) == ("usually_not", False)


def test_a_measure_says_how_much_change_matters(real: Knowledge) -> None:
    """The smallest change worth having, as published."""
    found = {id_: real.instruments[id_].minimal_important_change for id_ in SHEET["important_change"]}
    assert found == SHEET["important_change"]


@pytest.mark.parametrize("wanted", SHEET["option"], ids=[f"{o['condition']}-{o['kind']}" for o in SHEET["option"]])
def test_an_option_carries_its_trials_the_negative_ones_too(real: Knowledge, wanted: dict[str, Any]) -> None:
    """What may be discussed, after how long, and which studies must stand beside it."""
    option = next(o for o in real.options if (o.condition, o.kind) == (wanted["condition"], wanted["kind"]))
    assert (option.offered, option.minimum_days) == (wanted["offered"], wanted["minimum_days"])
    for direction in ("negative", "positive"):
        cited = {id_ for trial in option.trials if trial.direction == direction for id_ in trial.cite}
        assert set(wanted.get(direction, ())) <= cited


def test_nothing_is_offered_where_the_evidence_gives_no_reason(real: Knowledge) -> None:
    """Every refused condition says so in an option that is never offered, and no other option is offered for it."""
    for condition in SHEET["refused"]["conditions"]:
        options = [option for option in real.options if option.condition == condition]
        assert options
        assert not any(option.offered for option in options)
    offered = {option.condition for option in real.options if option.offered}
    assert offered == {option["condition"] for option in SHEET["option"]}


def test_every_code_exists_and_can_be_billed(real: Knowledge) -> None:
    """In the release of the code set that is installed: a valid code without further characters to choose."""
    codes = {code for condition in real.conditions.values() for code in condition.icd10}
    assert [code for code in sorted(codes) if not (code_set.is_valid_item(code) and code_set.is_leaf(code))] == []


def test_the_more_urgent_picture_comes_first(real: Knowledge) -> None:
    """The femoral neck is pictured within days, a suspected tumour within two weeks, an infection before both."""
    told = {"runner": "yes", "pain_sites": ("groin",), "focal_bone_pain": "groin", "pain_duration_days": 37.0}
    suspected = told | {"rf_cancer_history": "yes"}
    pictures = [
        assess(Case(answers), real).document()["pathway"]["imaging"]["id"]
        for answers in (suspected, suspected | {"rf_fever": "yes"}, {"rf_cancer_history": "yes"})
    ]
    assert pictures == ["femoral_neck", "cancer_infection", "cancer_infection"]
