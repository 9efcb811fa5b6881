"""The shared-decision sheet: one page, plain words, no promise, and the negative trials beside the others."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from dashboard import decision_sheet, labels
from dashboard.clinical.knowledge import load
from dashboard.printing import printed
from tests.printed import pages, squeezed

KNOWN = load()
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CONDITIONS = sorted(each.id for each in KNOWN.conditions.values() if each.kind == "condition")
OFFERED = sorted({each.condition for each in KNOWN.options if each.offered})


def content(condition: str, discussed: bool = False, name: str = "Ines Testova") -> dict[str, Any]:
    """The sheet for a condition, with the gate of the PRP discussion open or shut."""
    gates = {kind: {"open": discussed, "why": ""} for kind in labels.ORTHOBIOLOGIC}
    document = {"referral_gates": gates}
    on = date(2026, 11, 23)
    return decision_sheet.content(KNOWN, condition, document, "self_care", date.isoformat, on, name, "Amina")


@pytest.mark.parametrize("discussed", [True, False], ids=["gate open", "gate shut"])
@pytest.mark.parametrize("condition", CONDITIONS)
def test_it_is_one_page_for_every_condition(condition: str, discussed: bool):
    """With every trial on it as well."""
    made = pages(printed("shared_decision", content(condition, discussed), NOW))
    assert len(made) == 1
    for words in (KNOWN.conditions[condition].plain, KNOWN.safety_net, "Ines Testova", "What matters to you"):
        assert squeezed(words) in squeezed(made[0])


@pytest.mark.parametrize("condition", OFFERED)
def test_every_trial_stands_on_the_sheet_the_negative_ones_with_their_result(condition: str):
    """What is offered is offered with all that is known of it."""
    rows = content(condition, discussed=True)["trials"]
    trials = [t for o in KNOWN.options if o.condition == condition and o.offered for t in o.trials]
    assert [row[0] for row in rows] == [trial.text for trial in trials]
    assert [row[1] == "No benefit" for row in rows] == [trial.direction == "negative" for trial in trials]


@pytest.mark.parametrize("condition", OFFERED)
def test_behind_a_shut_gate_an_injection_is_not_part_of_care(condition: str):
    """And the legal notice belongs to the discussion itself."""
    shut, discussed = content(condition), content(condition, discussed=True)
    assert shut["injections"][0].startswith("Not part of your care now")
    assert KNOWN.notice in discussed["injections"]


@pytest.mark.parametrize("condition", sorted(set(CONDITIONS) - set(OFFERED)))
def test_what_the_evidence_refuses_is_never_offered_whatever_the_gates(condition: str):
    """No trial of something else is shown for it."""
    told = content(condition, discussed=True)
    assert told["injections"][0].startswith("Not offered")
    assert told["trials"] == []


@pytest.mark.parametrize("condition", [c for c in CONDITIONS if KNOWN.conditions[c].serious])
def test_a_serious_condition_gets_its_own_care_and_no_general_advice(condition: str):
    """Nobody with a stress fracture is told to walk it off."""
    told = " ".join(" ".join(row) for row in content(condition)["do"])
    general = [
        advice.wording for advice in KNOWN.advice if advice.id in ("walking_programme", "stop_running", "bed_rest")
    ]
    assert len(general) == 3
    assert not any(wording in told for wording in general)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_advice_to_keep_running_is_only_for_those_who_may(condition: str):
    """Running within the pain rule is the condition's own rule."""
    running = [advice.wording for advice in KNOWN.advice if advice.id in decision_sheet.ABOUT_RUNNING]
    told = [row[1] for row in content(condition)["do"]]
    may = KNOWN.load.clearances[condition].running == "within-pain-rule"
    assert may or not set(running) & set(told)


def test_no_sheet_promises_a_cure():
    """None of the words that evidence does not carry."""
    for condition in CONDITIONS:
        told = content(condition, discussed=True)
        said = str([told["injections"], told["trials"]]).lower()
        assert not re.search(r"\b(cures?|regenerat\w+|promising|guarantee\w*|repairs?)\b", said), condition


def test_how_sure_anyone_is_stands_beside_each_piece_of_advice():
    """In words, never a letter."""
    for condition in CONDITIONS:
        for row in content(condition)["do"]:
            assert row[-1]
            assert not re.fullmatch(r"[A-DX][+-]?", row[-1])


def _grade(text: str) -> float:
    """The Flesch-Kincaid grade of a text."""
    words = re.findall(r"[A-Za-z']+", text)
    sentences = max(len(re.findall(r"[.!?:;]", text)), 1)
    syllables = sum(max(len(re.findall(r"[aeiouy]+", word.lower().removesuffix("e"))), 1) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


@pytest.mark.parametrize("condition", CONDITIONS)
def test_what_it_is_is_said_in_plain_words(condition: str):
    """At most about the ninth grade of school; names of conditions are left as they are."""
    assert _grade(KNOWN.conditions[condition].plain) <= 9.5


def test_our_own_sentences_are_plainer_still():
    """What the runner and the patient are told to do."""
    own = [*decision_sheet.ASKED, *KNOWN.load.said("broken-rule"), *KNOWN.load.said("good-to-know")]
    own += [band.says for band in KNOWN.load.pain_bands] + [stage.says for stage in KNOWN.load.stages]
    assert _grade(" ".join(own)) <= 6
