"""Every clause of every red flag in a case of its own: alone, unanswered, and in a confidently benign picture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from dashboard.clinical.answers import read_case
from dashboard.clinical.assessment import score_batch
from dashboard.clinical.knowledge import Knowledge, load
from dashboard.clinical.vocabulary import Case, Urgency
from tests.red_flag_sheet import BENIGN, CALM, CASES, alone, benign, over, unanswered
from tests.worked import Said, assess, write_lines

each_case = pytest.mark.parametrize("number", range(len(CASES)), ids=[f"{n}-{c['rule']}" for n, c in enumerate(CASES)])


@dataclass(frozen=True)
class Sheets:
    """What the command said of each case in its three forms, and of the two pictures underneath."""

    alone: tuple[dict[str, Any], ...]
    open: tuple[dict[str, Any], ...]
    benign: tuple[dict[str, Any], ...]
    calm: dict[str, Any]
    picture: dict[str, Any]


@pytest.fixture(scope="session")
def said(tmp_path_factory: pytest.TempPathFactory) -> Sheets:
    """All of them through the command in one call."""
    rows = [alone(case) for case in CASES]
    rows += [unanswered(case) for case in CASES]
    rows += [benign(case) for case in CASES]
    rows += [CALM, over(CALM, BENIGN)]
    spoken: Said = assess([write_lines(tmp_path_factory.mktemp("flags") / "flags.jsonl", rows)])
    assert (spoken.status, spoken.complaints) == (0, ())
    documents, size = spoken.documents, len(CASES)
    thirds = documents[:size], documents[size : 2 * size], documents[2 * size : 3 * size]
    return Sheets(*thirds, *documents[3 * size :])


@cache
def knowledge() -> Knowledge:
    """The knowledge that is shipped."""
    return load()


def fired(document: dict[str, Any]) -> dict[str, str]:
    """The rules that fired, with the urgency each set."""
    return {flag["id"]: flag["urgency"] for flag in document["red_flags"]}


def test_the_calm_case_raises_nothing_and_leaves_nothing_open(said: Sheets) -> None:
    """When every question is answered and nothing is wrong, no rule fires and none still could."""
    assert (said.calm["urgency"], fired(said.calm)) == ("routine", {})
    assert (said.calm["red_flags_unknown"], said.calm["unknown_emergency_items"]) == ([], [])


@each_case
def test_a_flag_alone_sets_its_urgency(said: Sheets, number: int) -> None:
    """Its answers fire the rule, at its urgency, and no other rule but those the same answers concern."""
    case, document = CASES[number], said.alone[number]
    assert fired(document).get(case["rule"]) == case["urgency"]
    assert set(fired(document)) == {case["rule"], *case.get("beside", ())}
    assert Urgency.of(document["urgency"]) == max(Urgency.of(urgency) for urgency in fired(document).values())


@each_case
def test_a_fired_flag_says_which_answers_made_it(said: Sheets, number: int) -> None:
    """The reasons are items of the intake, and at least one is an answer that was given for it."""
    case, document = CASES[number], said.alone[number]
    because = next(flag["because"] for flag in document["red_flags"] if flag["id"] == case["rule"])
    assert set(because) <= set(knowledge().items)
    assert set(because) & set(case["answers"])


@each_case
def test_a_flag_without_its_answers_neither_fires_nor_clears(said: Sheets, number: int) -> None:
    """Unknown is not yes and not no: the rule stays quiet, and is listed as open where someone can be asked."""
    case, document = CASES[number], said.open[number]
    assert case["rule"] not in fired(document)
    still_open = {flag["id"] for flag in document["red_flags_unknown"]}
    assert (case["rule"] in still_open) is not case.get("unasked", False)


def test_the_benign_picture_is_confidently_benign(said: Sheets) -> None:
    """What the flags are laid over: a likely, harmless condition, and no flag."""
    leading = said.picture["differential"][0]
    assert (said.picture["urgency"], leading["band"], leading["serious"]) == ("routine", "likely", False)


@pytest.mark.parametrize("number", [n for n, case in enumerate(CASES) if not case.get("without_benign")])
def test_a_confidently_benign_differential_never_softens_a_flag(said: Sheets, number: int) -> None:
    """The leading condition stays likely and harmless, and the urgency is still the flag's or more."""
    case, document = CASES[number], said.benign[number]
    leading = document["differential"][0]
    assert (leading["band"], leading["serious"]) == ("likely", False)
    assert Urgency.of(fired(document)[case["rule"]]) >= Urgency.of(case["urgency"])
    assert Urgency.of(document["urgency"]) >= Urgency.of(case["urgency"])


@each_case
def test_an_open_flag_keeps_orthobiologics_hidden(said: Sheets, number: int) -> None:
    """While anything above routine is open, no procedure is shown, however benign the rest."""
    document = said.benign[number]
    if document["urgency"] != "routine":
        assert not document["orthobiologics"]["shown"]


def test_every_clause_of_every_rule_has_a_case_that_meets_it() -> None:
    """No clause is out of reach, and none was added without a case."""
    view = knowledge().view([read_case(knowledge(), alone(case)).answers for case in CASES])
    cases = [case["rule"] for case in CASES]
    unmet = [
        (flag.id, clause.says)
        for flag in knowledge().red_flags
        for clause in flag.clauses
        if not any(
            value == 1 and rule == flag.id
            for rule, value in zip(cases, knowledge().criterion(clause.when).values(view), strict=True)
        )
    ]
    assert unmet == []


def test_one_more_yes_never_lowers_the_urgency() -> None:
    """Each case again with every yes/no question of the history turned to yes, one at a time and all at once."""
    flags = [item.id for item in knowledge().items.values() if item.type == "flag" and item.id.startswith("rf_")]
    before = [read_case(knowledge(), alone(case)) for case in CASES]
    urgency = score_batch(before, knowledge()).urgency
    for changed in [*([flag] for flag in flags), flags]:
        after = [Case({**case.answers, **dict.fromkeys(changed, "yes")}) for case in before]
        assert (score_batch(after, knowledge()).urgency >= urgency).all(), changed


def test_a_second_flag_never_lowers_the_urgency_of_the_first() -> None:
    """The yes answers of every case laid over every other case: the urgency underneath is kept or raised."""
    below = [read_case(knowledge(), alone(case)).answers for case in CASES]
    yes = [{item: answer for item, answer in case["answers"].items() if answer == "yes"} for case in CASES]
    pairs = [(n, m) for n in range(len(CASES)) for m in range(len(CASES)) if yes[m]]
    own = score_batch([Case(answers) for answers in below], knowledge()).urgency
    urgency = score_batch([Case({**below[n], **yes[m]}) for n, m in pairs], knowledge()).urgency
    assert [pairs[place] for place, (n, _) in enumerate(pairs) if urgency[place] < own[n]] == []
