"""Laws of the rules and of the gates, over random cases of the knowledge that is shipped."""

from __future__ import annotations

import random
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.clinical.answers import read_case
from dashboard.clinical.assessment import assess, assess_batch, score_batch
from dashboard.clinical.knowledge import Knowledge, load
from dashboard.clinical.vocabulary import Case, Urgency
from tests.clinical.some_cases import cases, random_answer, random_cases, with_answers
from tests.red_flag_sheet import CALM, CASES, alone, over
from tests.worked import FOLDER

REAL = load()
DISCUSSION: dict[str, Any] = tomllib.loads((FOLDER / "prp_discussion.toml").read_text(encoding="utf-8"))
OPEN: dict[str, Any] = over(CALM, DISCUSSION["answers"])
"""Answers with which the PRP discussion is open."""
INFLAMED: dict[str, Any] = {
    "age_years": 27,
    "pain_duration_days": 200,
    "onset_type": "gradual",
    "improves_with_exercise": "yes",
    "night_pain": "second_half",
    "spa_features": ["uveitis", "psoriasis", "ibd"],
    "lab_hla_b27": "yes",
}
FLAGS = [item.id for item in REAL.items.values() if item.type == "flag"]
Document = dict[str, Any]


def document(answers: dict[str, Any]) -> Document:
    """What the reasoning says of these answers."""
    return assess(read_case(REAL, answers), REAL).document()


def is_open(said: Document) -> bool:
    """Whether the PRP discussion is open."""
    return bool(said["referral_gates"]["prp_discussion"]["open"])


def states(said: Document, of: str) -> dict[str, str]:
    """How each gate, or each contraindication, stands."""
    return {entry["id"]: entry["state"] for entry in said[of]}


def changed(base: dict[str, Any], draw: random.Random, at_most: int) -> Case:
    """Answers with a few replaced or added at random, or taken away."""
    answers = dict(read_case(REAL, base).answers)
    for item in draw.sample(sorted(REAL.items), draw.randint(1, at_most)):
        answers[item] = random_answer(REAL.items[item], draw)
    for item in draw.sample(sorted(answers), draw.randint(0, at_most)):
        del answers[item]
    return Case(answers)


def quiet_and_loud(seed: int) -> list[Case]:
    """Every red flag alone, so that one answer decides; cases nearly without a sign; and cases full of them."""
    draw = random.Random(seed)
    sheet = [read_case(REAL, alone(case)) for case in CASES]
    return sheet + [changed(CALM, draw, 6) for _ in range(25)] + list(random_cases(REAL, 25, seed=seed))


SOME = quiet_and_loud(17)

# ── Urgency ──


@pytest.mark.parametrize("flag", FLAGS)
def test_a_no_never_makes_a_case_more_urgent_than_not_knowing(flag: str) -> None:
    """For every yes-or-no question, over random cases: no is at most as urgent as unknown, unknown as yes."""
    steps = [
        score_batch([with_answers(case, **{flag: answer}) for case in SOME], REAL).urgency
        for answer in ("no", "unknown", "yes")
    ]
    assert (steps[0] <= steps[1]).all()
    assert (steps[1] <= steps[2]).all()


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SOME), st.lists(st.sampled_from(FLAGS), min_size=1, max_size=8, unique=True))
def test_no_number_of_further_signs_ever_lowers_an_urgency(case: Case, flags: list[str]) -> None:
    """One yes after the other: every step is as urgent as the one before, or more, and at least routine."""
    climbing = [case]
    for flag in flags:
        climbing.append(with_answers(climbing[-1], **{flag: "yes"}))
    urgency = score_batch(climbing, REAL).urgency.tolist()
    assert urgency == sorted(urgency)
    assert urgency[0] >= Urgency.ROUTINE


def test_the_random_cases_of_these_laws_reach_every_urgency() -> None:
    """A law over cases that are all alike would say nothing: a good many of each."""
    urgency = score_batch(SOME, REAL).urgency.tolist()
    assert all(urgency.count(level) >= 20 for level in Urgency)


# ── Probability ──


@settings(max_examples=150, deadline=None)
@given(cases(REAL))
def test_every_probability_is_between_the_limits(case: Case) -> None:
    """Whatever is answered, nothing is certain and nothing is excluded."""
    limits = REAL.settings.posterior
    probability = score_batch([case], REAL).probability
    assert (probability >= limits.floor).all()
    assert (probability <= limits.ceiling).all()


def test_both_limits_are_reached() -> None:
    """Some cases would go beyond them: every feature of spondyloarthritis together is one."""
    case = read_case(REAL, INFLAMED)
    probability = score_batch([case, *random_cases(REAL, 50, seed=19)], REAL).probability
    assert (probability.min(), probability.max()) == (REAL.settings.posterior.floor, REAL.settings.posterior.ceiling)


# ── Gates ──


def test_the_discussion_opens_when_everything_is_met() -> None:
    """Every gate met, no absolute contraindication, urgency routine: the base of the laws below."""
    said = document(OPEN)
    assert (said["urgency"], is_open(said)) == ("routine", True)
    assert set(states(said, "gates").values()) == {"met"}


def test_every_absolute_contraindication_and_every_gate_of_the_disc_has_its_case() -> None:
    """None is added without a case in the sheet; the gate of the red flags has the whole sheet of red flags."""
    absolute = {c.id for c in REAL.contraindications if c.kind == "absolute"}
    assert {case["id"] for case in DISCUSSION["forbids"]} == absolute
    disc = {g.id for g in REAL.gates if not g.applies_to or "degenerative_disc_discogenic" in g.applies_to}
    assert {case["id"] for case in DISCUSSION["shuts"]} == disc - {"no_open_red_flag"}


@pytest.mark.parametrize("case", DISCUSSION["forbids"], ids=[case["id"] for case in DISCUSSION["forbids"]])
def test_a_contraindication_shuts_the_discussion_present_or_unknown(case: dict[str, Any]) -> None:
    """Present it forbids; with its answers taken away it is not excluded, and forbids as well."""
    present = document(OPEN | case["answers"])
    assert (states(present, "contraindications")[case["id"]], is_open(present)) == ("met", False)
    unknown = document({item: answer for item, answer in OPEN.items() if item not in case["answers"]})
    if not case.get("unasked"):
        assert (states(unknown, "contraindications")[case["id"]], is_open(unknown)) == ("unknown", False)


@pytest.mark.parametrize("case", DISCUSSION["shuts"], ids=[case["id"] for case in DISCUSSION["shuts"]])
def test_a_gate_shuts_the_discussion_unmet_or_unknown(case: dict[str, Any]) -> None:
    """Not met, and with its answers taken away."""
    for answers, state in ((OPEN | case["answers"], "not-met"), (_without(case["answers"]), "unknown")):
        said = document(answers)
        assert (states(said, "gates").get(case["id"], state), is_open(said)) == (state, False)


def _without(answers: dict[str, Any]) -> dict[str, Any]:
    return {item: answer for item, answer in OPEN.items() if item not in answers}


def test_every_red_flag_above_routine_shuts_the_discussion() -> None:
    """The answers of every case of the red-flag sheet laid over the open discussion."""
    said = [a.document() for a in assess_batch([read_case(REAL, over(OPEN, c["answers"])) for c in CASES], REAL)]
    flagged = [one for one in said if any(flag["blocks_biologics"] for flag in one["red_flags"])]
    assert len(flagged) > 0.8 * len(said)
    assert not any(is_open(one) or one["orthobiologics"]["shown"] for one in flagged)
    assert not any(is_open(one) for one in said if one["urgency"] != "routine")


def test_whatever_else_is_answered_an_open_discussion_has_everything_met() -> None:
    """Some answers of the open discussion replaced at random or taken away: it stays open in some, and only rightly."""
    draw = random.Random(23)
    spoilt = [changed(OPEN, draw, 3) for _ in range(240)]
    said = [a.document() for a in assess_batch(spoilt, REAL)]
    still = [one for one in said if is_open(one)]
    assert 24 < len(still) < 216
    for one in still:
        assert one["urgency"] == "routine"
        assert not any(flag["blocks_biologics"] for flag in one["red_flags"])
        absolute = [c["state"] for c in one["contraindications"] if c["kind"] == "absolute"]
        assert set(absolute) == {"not-met"}
        assert states(one, "gates")["no_open_red_flag"] == "met"
        assert any(_all_met(one, option["condition"]) for option in one["orthobiologics"]["options"])


def _all_met(said: Document, condition: str) -> bool:
    """Whether every gate that stands before a condition is met."""
    applies = {gate.id: gate.applies_to for gate in REAL.gates}
    found = states(said, "gates")
    return all(state == "met" for id_, state in found.items() if not applies[id_] or condition in applies[id_])


# ── What an answer that is not there does ──


@settings(max_examples=80, deadline=None)
@given(cases(REAL), st.sampled_from(FLAGS))
def test_an_unknown_answer_moves_no_probability(case: Case, flag: str) -> None:
    """Unknown is the same as not asked, to the last milliban."""
    asked = score_batch([with_answers(case, **{flag: "unknown"}), with_answers(case, **{flag: None})], REAL)
    assert (asked.score_millibans[0] == asked.score_millibans[1]).all()


def test_the_laws_above_are_about_the_knowledge_that_is_shipped(real: Knowledge) -> None:
    """No other knowledge slipped in."""
    assert real.sha256 == REAL.sha256
