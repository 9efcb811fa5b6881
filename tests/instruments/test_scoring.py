"""Scoring by item number: each instrument as it is published, missing items included."""

from __future__ import annotations

import tomllib
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dashboard.clinical.knowledge import load
from dashboard.clinical.vocabulary import Scoring
from dashboard.instruments import Choice, InstrumentFile, Question, Subscale, group_of, score, total_of

KNOWN = load()
SHEETS: dict[str, dict[str, Any]] = {
    each["id"]: each for each in tomllib.loads(Path(__file__).with_name("vectors.toml").read_text())["instrument"]
}
VECTORS = [(id_, vector) for id_, sheet in SHEETS.items() for vector in sheet["vectors"]]
MADE_UP = "invented"


def held(id_: str) -> InstrumentFile:
    """The instrument as a clinic's file would hold it, with numbers where it has words."""
    sheet, measure = SHEETS[id_], KNOWN.instruments[id_]
    assert measure.scoring is not None
    count = len(sheet["vectors"][0]["scores"].split())
    others = sheet.get("other_choices", {})
    questions = tuple(
        Question(n, MADE_UP, tuple(Choice(MADE_UP, float(s)) for s in others.get(str(n), sheet["choices"])))
        for n in range(1, count + 1)
    )
    part = (Subscale(measure.part, tuple(sheet["part"])),) if "part" in sheet else ()
    low, high = sum(q.lowest for q in questions), sum(q.highest for q in questions)
    adds = sheet.get("table_adds")
    table = {} if adds is None else {float(raw): float(raw + adds) for raw in range(int(low), int(high) + 1)}
    return InstrumentFile(
        id_, "1", "en", MADE_UP, questions, measure.scoring, measure.minimum, measure.maximum, part, table
    )


def places(file: InstrumentFile, scores: str) -> dict[int, int]:
    """Which choice gives each score written, by item number."""
    found = {}
    for question, word in zip(file.questions, scores.split(), strict=True):
        if word != "-":
            found[question.number] = [choice.score for choice in question.choices].index(float(word)) + 1
    return found


def said(vector: tuple[str, dict[str, Any]]) -> str:
    return f"{vector[0]}: {vector[1]['note']}"


@pytest.mark.parametrize(("id_", "vector"), VECTORS, ids=map(said, VECTORS))
def test_a_sheet_comes_to_the_total_worked_out_by_hand(id_: str, vector: dict[str, Any]) -> None:
    """By the published rule, the one for missing items included."""
    file = held(id_)
    finished = vector.get("finished", SHEETS[id_].get("finished", False))
    made = score(file, places(file, vector["scores"]), finished)
    assert made.total == vector.get("total")
    assert made.missing == tuple(n for n, word in enumerate(vector["scores"].split(), 1) if word == "-")
    if "part" in SHEETS[id_]:
        measure = KNOWN.instruments[id_]
        assert made.parts.get(measure.part) == vector.get("part")
        assert group_of(measure, made.total, made.parts.get(measure.part)) == vector.get("group")


def test_every_instrument_with_a_published_rule_has_vectors() -> None:
    """At least six each, one of them with a missing item, and their items are as many as the knowledge says."""
    scored = {id_: each.scoring for id_, each in KNOWN.instruments.items() if each.scoring}
    assert set(scored) == set(SHEETS)
    for id_, scoring in scored.items():
        vectors = SHEETS[id_]["vectors"]
        assert len(vectors) >= 6
        assert any("-" in vector["scores"] for vector in vectors)
        assert {len(vector["scores"].split()) for vector in vectors} in ([{scoring.items}, {8}, {4}])


WHOLE = some.sampled_from(sorted(SHEETS)).flatmap(
    lambda id_: some.tuples(
        some.just(id_),
        some.tuples(*(some.integers(1, len(q.choices)) for q in held(id_).questions)),
        some.sets(some.integers(1, len(held(id_).questions))),
    )
)


@given(WHOLE, some.booleans())
def test_a_total_lies_in_the_range_of_its_measure(drawn: tuple[str, tuple[int, ...], set[int]], finished: bool) -> None:
    """Whatever is answered and whatever is left out; of PROMIS the range of the table it is looked up in."""
    id_, chosen, left_out = drawn
    file = held(id_)
    answers = {n: place for n, place in enumerate(chosen, 1) if n not in left_out}
    total = score(file, answers, finished).total
    assert total is None or file.minimum <= total <= file.maximum


@given(WHOLE, some.randoms())
def test_the_order_of_answering_is_of_no_account(drawn: tuple[str, tuple[int, ...], set[int]], dice: Random) -> None:
    """First to last or any other way round: the same score in every part."""
    id_, chosen, left_out = drawn
    answers = [(n, place) for n, place in enumerate(chosen, 1) if n not in left_out]
    shuffled = answers.copy()
    dice.shuffle(shuffled)
    assert score(held(id_), dict(shuffled), True) == score(held(id_), dict(answers), True)


@given(WHOLE, some.data())
def test_a_higher_answer_never_lowers_the_total_and_a_reversed_one_never_raises_it(
    drawn: tuple[str, tuple[int, ...], set[int]], data: some.DataObject
) -> None:
    """Every item counts in one direction."""
    id_, chosen, _ = drawn
    file = held(id_)
    question = file.questions[data.draw(some.integers(0, len(chosen) - 1))]
    ranked = sorted(range(1, len(question.choices) + 1), key=lambda place: question.choices[place - 1].score)
    answers = dict(enumerate(chosen, 1))
    low, high = (score(file, answers | {question.number: place}, True).total for place in (ranked[0], ranked[-1]))
    assert low is not None
    assert high is not None
    assert low <= high
    turned = Question(question.number, MADE_UP, question.choices, reversed=True)
    assert turned.scored(ranked[0]) >= turned.scored(ranked[-1])


@given(WHOLE)
def test_what_needs_every_item_has_no_total_with_one_left_out(drawn: tuple[str, tuple[int, ...], set[int]]) -> None:
    """And says how many are missing."""
    id_, chosen, left_out = drawn
    file = held(id_)
    made = score(file, {n: place for n, place in enumerate(chosen, 1) if n not in left_out})
    if file.scoring.missing == "all-needed":
        assert (made.total is None) == bool(left_out)
        assert not left_out or made.says == f"{len(left_out)} missing: no total yet"
    if file.scoring.missing == "answered-only":
        assert (made.total is None) == (len(left_out) == len(chosen))
    if file.scoring.missing == "average-of-answered":
        assert (made.total is None) == (len(chosen) - len(left_out) < 4)


def test_a_reversed_item_counts_from_the_other_end() -> None:
    """Of 1 to 5 the lowest choice gives 5, the middle 3."""
    question = Question(1, MADE_UP, tuple(Choice(MADE_UP, float(s)) for s in range(1, 6)), reversed=True)
    assert [question.scored(place) for place in range(1, 6)] == [5, 4, 3, 2, 1]


@pytest.mark.parametrize(("method", "expected"), [("mean", 2.3), ("scaled", 58.3), ("sum", 7)])
def test_the_other_methods_are_what_their_names_say(method: Any, expected: float) -> None:
    """7 over three items of 0 to 4: 2.3 each, 7 of 12 is 58.3 of 100."""
    questions = tuple(Question(n, MADE_UP, tuple(Choice(MADE_UP, float(s)) for s in range(5))) for n in (1, 2, 3))
    file = InstrumentFile("x", "1", "en", MADE_UP, questions, Scoring(method, "all-needed"), 0, 100)
    assert score(file, {1: 2, 2: 3, 3: 5}).total == expected


@pytest.mark.parametrize("answers", [{3: 1}, {1: 0}, {1: 5}, {1: -1}])
def test_an_item_or_choice_that_is_not_there_is_no_answer(answers: dict[int, int]) -> None:
    """It is refused and never counted from the other end of a list."""
    with pytest.raises((KeyError, IndexError)):
        score(held("phq2"), answers)


@pytest.mark.parametrize(
    ("activities", "expected"),
    [([["run", 3]], 3), ([["run", 3], ["sit", 6]], 4.5), ([["run", 3], ["sit", 6], ["lift", None]], 4.5),
     ([["run", 0], ["sit", 0], ["lift", 1]], 0.3), ([["run", None]], None), ([], None),
     ([["run", 10], ["sit", 10], ["lift", 10]], 10)],
)  # fmt: skip
def test_the_patients_own_activities_are_the_mean_of_those_rated(activities: Any, expected: float | None) -> None:
    """Stratford 1995: up to three, each 0 to 10; one without a rating is left out."""
    assert total_of(KNOWN, KNOWN.instruments["psfs"], {"psfs": activities}) == expected
