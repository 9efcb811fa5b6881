"""What is keyed from paper is the answer that stands there, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import on_paper
from dashboard.casework.errors import BadAnswer
from dashboard.entry import accept
from dashboard.intake import asked_sections, knowledge
from dashboard.letters import one_line
from dashboard.on_paper import Line
from tests.hostile import PROBES

LINES = on_paper.lines()


def line(item: str) -> Line:
    """The line of a question."""
    found = on_paper.line_of(item)
    assert found is not None
    return found


def raws(each: Line) -> st.SearchStrategy[Any]:
    """Anything a desk could answer there, as it would be entered."""
    item, codes = each.item, [option.code for option in each.options]
    alone = {option.code for option in each.options if option.exclusive}
    if item.type == "flag":
        return st.sampled_from(["yes", "no", "unknown"])
    if item.type == "choice":
        return st.sampled_from(codes)
    if item.type == "choices":
        several = st.lists(st.sampled_from([code for code in codes if code not in alone]), min_size=1, unique=True)
        return several | st.sampled_from(sorted(alone)).map(lambda code: [code]) if alone else several
    if item.type == "sites":
        sides = {option.code: ["left", "right", "both", ""] if option.sided else [""] for option in each.options}
        place = st.sampled_from(codes).flatmap(
            lambda code: st.sampled_from([f"{code}:{s}".rstrip(":") for s in sides[code]])
        )
        return st.lists(place, min_size=1, unique_by=lambda named: named.partition(":")[0])
    if item.type == "mix":
        return st.permutations(codes).flatmap(
            lambda order: st.integers(1, 99).map(lambda share: {order[0]: share, order[1]: 100 - share})
        )
    if item.type == "activities":
        words = st.text("abcdefgh xyz", min_size=1, max_size=20).map(one_line).filter(bool)
        return st.lists(st.tuples(words, st.integers(0, 10)).map(list), min_size=1, max_size=3)
    if item.coming:
        return st.dates(date(2026, 12, 1), date(2027, 12, 31)).map(date.isoformat)
    if item.type == "text":
        return st.text("abcdefgh xyz0123", min_size=1, max_size=40).map(one_line).filter(bool)
    low, high = item.minimum or 0, item.maximum if item.maximum is not None else 1000
    return st.integers(int(low), int(high))


ANSWERED = st.sampled_from(LINES).flatmap(lambda each: st.tuples(st.just(each), raws(each)))


def test_every_question_of_the_desk_has_one_line_and_one_number():
    """In the order of the form, with a line for the words beside an answer that takes some."""
    asked = [item.id for section in asked_sections() for item in knowledge().items_of(section.id)]
    assert [each.item.id for each in LINES if not each.is_detail] == asked
    assert len({each.number for each in LINES}) == len(LINES)
    beside = {f"{item}_detail" for item in asked if knowledge().items[item].detail}
    assert {each.item.id for each in LINES if each.is_detail} == beside


@given(ANSWERED)
def test_what_is_spelled_is_keyed_back_to_the_same_answer(answered: tuple[Line, Any]):
    """Whatever a desk can answer, its code on paper means just that."""
    each, raw = answered
    try:
        accepted = accept(each.item, raw)
    except BadAnswer:
        return  # a day, say, that no calendar has
    again = on_paper.keyed(each, on_paper.spelled(each, accepted.answer, accepted.entered))
    assert again.answer == accepted.answer


@pytest.mark.parametrize(
    ("item", "text", "answer"),
    [
        ("rf_fever", "Y", "yes"),
        ("rf_fever", "s", "yes"),
        ("rf_fever", "?", "unknown"),
        ("pain_duration_days", "3 wk", 21.0),
        ("pain_duration_days", "10", 10.0),
        ("height_cm", "5'11", 180.34),
        ("height_cm", "71 in", 180.34),
        ("weight_kg", "160 lbs", 72.574779),
        ("weekly_distance_km", "12,5 mi", 20.1168),
        ("surface_mix", "1:60 2=40%", {"road_concrete": 60.0, "asphalt": 40.0}),
        ("psfs", "stairs=6; gardening", (("stairs", 6), ("gardening", None))),
    ],
)
def test_a_line_is_read_however_it_is_typed(item: str, text: str, answer: object):
    """Capitals, commas, and the units people say."""
    assert on_paper.keyed(line(item), text).answer == answer


def test_an_amount_without_a_unit_is_in_the_one_printed_on_the_form():
    """160 on a form in pounds is 160 lb, and stays so."""
    accepted = on_paper.keyed(line("weight_kg"), "160", "lb")
    assert accepted.entered == {"raw": 160, "unit": "lb"}
    assert accepted.answer == pytest.approx(72.57, abs=0.01)


@pytest.mark.parametrize("text", ["", "   ", "??"])
def test_a_blank_and_what_cannot_be_read_are_no_answer(text: str):
    """Nothing on the paper is not a no."""
    assert all(on_paper.keyed(each, text).answer is None for each in LINES)


@pytest.mark.parametrize(
    ("item", "text", "cure"),
    [
        ("rf_fever", "x", "takes Y, N or U"),
        ("onset_type", "9", "takes a number from 1 to"),
        ("onset_type", "0", "takes a number from 1 to"),
        ("pain_sites", "2M", "each with L, R or B"),
        ("surface_mix", "60 40", "its per cent for each"),
        ("psfs", "stairs=high", "with its rating"),
        ("weight_kg", "160 miles", "use kg or lb or st"),
        ("nprs_leg", "12", "from 0 to 10"),
        ("nprs_leg", "two", "written in digits"),
    ],
)
def test_what_cannot_be_an_answer_says_what_may_be_typed(item: str, text: str, cure: str):
    """The message names the cure and never repeats what was typed."""
    with pytest.raises(BadAnswer, match=cure):
        on_paper.keyed(line(item), text)


def said(each: Line, text: str) -> str | None:
    """What is said against a text; None when it is taken."""
    try:
        accepted = on_paper.keyed(each, text)
    except BadAnswer as why:
        return why.message
    assert each.item.type in ("text", "activities") or accepted.answer is None, text
    return None


def test_nothing_hostile_is_an_answer_except_as_words():
    """On no line: it is refused with a message that does not repeat it, or kept as the text it is."""
    for each in LINES:
        for probe in (*PROBES, "9" * 400, "1e309", "nan", "=1+1", "-7"):
            message = said(each, probe)
            assert message is None or probe not in message
