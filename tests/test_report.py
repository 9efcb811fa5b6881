"""The report of the worked cases: what it claims holds, what it counts is counted right, and the page is up to date."""

from __future__ import annotations

import pytest

from dashboard.clinical.assessment import score_batch
from dashboard.clinical.knowledge import Knowledge, load
from dashboard.clinical.suggested import is_settled
from tests.report.__main__ import FILE
from tests.report.flags import RuleTold, rules_told
from tests.report.judging import TOLD, Judged, Share, judged
from tests.report.page import page
from tests.report.sensitivity import sensitivity, with_priors


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """The knowledge that is shipped."""
    return load()


@pytest.fixture(scope="module")
def published(knowledge: Knowledge) -> tuple[Judged, ...]:
    """The published cases, as coded."""
    return judged(knowledge, "published")


@pytest.fixture(scope="module")
def told(knowledge: Knowledge) -> tuple[RuleTold, ...]:
    """The red-flag sheet, rule by rule."""
    return rules_told(knowledge)


@pytest.mark.parametrize("name", ["published", "published_facts", "textbook"])
def test_every_emergency_is_recognised_and_every_case_is_as_urgent_as_expected(knowledge: Knowledge, name: str) -> None:
    """Whether coded or in the words of the report."""
    cases = judged(knowledge, name)
    assert [case.id for case in cases if not case.as_urgent_as_expected] == []
    assert all(case.recognised for case in cases if case.row["expected_triage"] == "emergency")
    assert any(case.row["expected_triage"] == "emergency" for case in cases)


@pytest.mark.parametrize("name", ["published", "published_facts"])
def test_the_confirmed_diagnosis_is_suggested_in_most_published_cases(knowledge: Knowledge, name: str) -> None:
    """It or its parent is among the first three the page names in at least 85 % of those with enough facts."""
    enough = [case for case in judged(knowledge, name) if case.enough]
    assert len(enough) >= 18
    assert Share.over(case.suggested for case in enough).value >= 0.85


def test_every_case_is_described_and_every_miss_is_explained(knowledge: Knowledge) -> None:
    """In a sentence of our own; an explanation that is no longer needed is taken out."""
    cases = (*judged(knowledge, "published"), *judged(knowledge, "textbook"))
    assert set(TOLD) == {case.id for case in cases}
    assert all(told["says"] for told in TOLD.values())
    assert {id_ for id_, told in TOLD.items() if told.get("missed")} == {c.id for c in cases if not c.suggested}


def test_naming_what_rules_look_for_moves_no_other_condition(published: tuple[Judged, ...]) -> None:
    """The order is the ranking with some conditions drawn to the front; nothing is lost and nothing else is swapped."""
    for case in published:
        settled = {entry["condition"] for entry in case.document["differential"] if is_settled(entry)}
        drawn = {entry["condition"] for entry in case.document["exclude_first"]} | settled
        assert sorted(case.order) == sorted(case.ranking)
        assert set(case.order[: len(drawn)]) == drawn
        assert case.order[len(drawn) :] == tuple(condition for condition in case.ranking if condition not in drawn)


def test_changed_starting_probabilities_change_no_urgency_and_seldom_the_leader(
    knowledge: Knowledge, published: tuple[Judged, ...]
) -> None:
    """Halved or doubled one at a time: what the page names first changes in fewer than one case in four."""
    found = sensitivity(knowledge, (*published, *judged(knowledge, "textbook")))
    assert found.urgencies == 0
    assert 0 < found.changes.value < found.named.value < 0.25
    assert found.named.hits <= found.any.hits


def test_changing_one_starting_probability_changes_one_score(
    knowledge: Knowledge, published: tuple[Judged, ...]
) -> None:
    """What the report takes for granted: halving one moves that condition as halving all does, and no other."""
    cases = [case.case for case in published]
    before, every = score_batch(cases, knowledge), score_batch(cases, with_priors(knowledge, 0.5))
    one = score_batch(cases, with_priors(knowledge, 0.5, before.conditions[0])).score_millibans
    assert (one[:, 0] == every.score_millibans[:, 0]).all()
    assert (one[:, 1:] == before.score_millibans[:, 1:]).all()
    assert (one[:, 0] < before.score_millibans[:, 0]).all()


def test_a_share_is_given_with_its_wilson_interval() -> None:
    """Hand-worked: 18 of 20 is 0.90, between 0.699 and 0.972; all of 4 is between 0.510 and 1."""
    low, high = Share(18, 20).interval
    assert (round(low, 3), round(high, 3)) == (0.699, 0.972)
    low, high = Share(4, 4).interval
    assert (round(low, 3), round(high, 3)) == (0.510, 1.0)


def test_every_rule_has_its_three_kinds_of_case(told: tuple[RuleTold, ...]) -> None:
    """Set off at its urgency, unanswered without being raised or cleared, and over a picture that stays benign."""
    for rule in told:
        assert rule.cases >= len(rule.flag.clauses), rule.flag.id
        assert rule.fires == rule.quiet == rule.cases, rule.flag.id
        assert rule.kept == rule.laid > 0, rule.flag.id


def test_every_rule_is_the_only_positive_one_somewhere(told: tuple[RuleTold, ...]) -> None:
    """Except cancer with a changed nervous system: cancer is a rule of its own, so it never fires alone."""
    assert {rule.flag.id for rule in told if not rule.by_itself} == {"RF05"}


def test_the_page_is_what_the_report_says_today(knowledge: Knowledge) -> None:
    """docs/cases.md was written by the code and the knowledge that are shipped with it (`make cases` writes it)."""
    assert FILE.read_text(encoding="utf-8") == page(knowledge)
