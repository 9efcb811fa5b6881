"""The language of the criteria: three values, Kleene's logic, and reasons taken from the sentence itself."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.clinical.criteria import CriterionError
from dashboard.clinical.knowledge import Knowledge, load
from dashboard.clinical.vocabulary import Presence
from tests.clinical.conftest import SMALL

KNOWLEDGE = load(SMALL)
YES, NO, UNKNOWN = Presence.PRESENT, Presence.ABSENT, Presence.UNKNOWN
FLAGS = {YES: "yes", NO: "no", UNKNOWN: "unknown"}
three_values = st.sampled_from(list(FLAGS))


def value(text: str, **answers: Any) -> Presence | object:
    """A criterion's value for some answers."""
    return KNOWLEDGE.criterion(text).value(KNOWLEDGE.view(answers))


def because(text: str, **answers: Any) -> tuple[str, ...]:
    """The items behind a criterion's value."""
    return KNOWLEDGE.criterion(text).because(KNOWLEDGE.view(answers))


@given(three_values, three_values)
def test_and_or_not_are_the_smallest_the_greatest_and_the_opposite(one: Presence, other: Presence) -> None:
    """Kleene's logic on three values."""
    answers = {"fever": FLAGS[one], "cough": FLAGS[other]}
    assert value("fever and cough", **answers) == min(one, other)
    assert value("fever or cough", **answers) == max(one, other)
    assert value("not fever", **answers) == -one


@given(three_values, three_values, three_values, st.integers(1, 3))
def test_at_least_counts_what_is_and_what_could_be(a: Presence, b: Presence, c: Presence, wanted: int) -> None:
    """Met once enough are present, not met once too few could still be."""
    answers = {"fever": FLAGS[a], "cough": FLAGS[b], "below_knee": FLAGS[c]}
    present = [a, b, c].count(YES)
    possible = present + [a, b, c].count(UNKNOWN)
    expected = YES if present >= wanted else NO if possible < wanted else UNKNOWN
    assert value(f"at_least({wanted}, fever, cough, below_knee)", **answers) == expected


CASES: list[tuple[str, dict[str, Any], Presence]] = [
    ("slr == 'positive'", {"slr": "positive"}, YES),
    ("slr == 'positive'", {"slr": "negative"}, NO),
    ("slr == 'positive'", {"slr": "not_done"}, UNKNOWN),
    ("slr != 'positive'", {"slr": "negative"}, YES),
    ("'positive' == slr", {"slr": "positive"}, YES),
    ("slr in ('positive', 'negative')", {"slr": "negative"}, YES),
    ("slr not in ('positive',)", {}, UNKNOWN),
    ("leg_numb == 'right'", {"leg_numb": "some_side"}, UNKNOWN),
    ("leg_numb in ('right', 'left')", {"leg_numb": "some_side"}, YES),
    ("leg_numb != 'no'", {"leg_numb": "some_side"}, YES),
    ("'sitting' in worse_with", {"worse_with": ("sitting", "bending")}, YES),
    ("'running' in worse_with", {"worse_with": ("sitting", "bending")}, NO),
    ("'running' in worse_with", {"worse_with": ("nothing",)}, NO),
    ("'running' in worse_with", {}, UNKNOWN),
    ("'buttock' in sites", {"sites": ("buttock:left",)}, YES),
    ("'midline' in sites", {"sites": ("low_back",)}, UNKNOWN),
    ("'midline' in sites", {"sites": ("buttock",)}, NO),
    ("18 <= age_years < 25", {"age_years": 25}, NO),
    ("18 <= age_years < 25", {"age_years": 18}, YES),
    ("18 <= age_years < 25", {}, UNKNOWN),
    ("age_years in (20, 30)", {"age_years": 30}, YES),
    ("weeks / km_before > 1", {"weeks": 4.0, "km_before": 0.0}, UNKNOWN),
    ("(km_now - km_before) * 2 == 10", {"km_now": 8.0, "km_before": 3.0}, YES),
    ("-weeks ** 2 < -8", {"weeks": 3.0}, YES),
    ("spike > 1.1", {"km_now": 12.0, "km_before": 10.0}, YES),
    ("first_known(weeks, km_now + km_before) == 3", {"weeks": 3.0, "km_now": 8.0, "km_before": 1.0}, YES),
    ("first_known(weeks, km_now + km_before) == 9", {"km_now": 8.0, "km_before": 1.0}, YES),
    ("first_known(weeks, km_now + km_before) == 0", {"weeks": 0.0, "km_now": 8.0}, YES),
    ("first_known(weeks, km_now + km_before) == 9", {"km_now": 8.0}, UNKNOWN),
    ("share(surface, 'trail') > 50", {"surface": {"trail": 60.0, "road": 40.0}}, YES),
    ("share(surface, 'trail') == 0", {"surface": {"road": 100.0}}, YES),
    ("share(surface, 'trail') == 0", {}, UNKNOWN),
    ("lowest(strength) <= 3", {"strength": {"l5.right": 3.0}}, YES),
    ("lowest(strength) <= 3", {}, UNKNOWN),
    ("below(strength, 5) == 3", {"strength": {"l5.right": 3.0, "l5.left": 4.0, "s1.left": 4.0}}, YES),
    ("rows_below(strength, 5) == 2", {"strength": {"l5.right": 3.0, "l5.left": 4.0, "s1.left": 4.0}}, YES),
    ("sides_below(strength, 5) == 1", {"strength": {"l5.right": 3.0, "l5.left": 5.0}}, YES),
    ("unknown(fever)", {}, YES),
    ("unknown(fever)", {"fever": "unknown"}, YES),
    ("known(fever)", {"fever": "no"}, YES),
    ("known(weeks)", {"weeks": 0.0}, YES),
    ("unknown(slr)", {"slr": "not_done"}, YES),
    ("known(spike)", {"km_now": 12.0}, NO),
    ("known(weak)", {"strength": {"l5.right": 5.0}}, YES),
    ("unknown(fever and cough)", {"fever": "yes"}, YES),
    ("answered(words)", {"words": "it hurts"}, YES),
    ("answered(strength)", {}, NO),
    ("answered(surface)", {"surface": {"road": 100.0}}, YES),
    ("answered(cannot_do)", {"cannot_do": (("run", 3),)}, YES),
    ("answered(sites)", {"sites": ("low_back",)}, YES),
    ("bending_hurts", {"worse_with": ("sitting",)}, UNKNOWN),
    ("bending_hurts", {"worse_with": ("sitting",), "weeks": 3.0}, NO),
    ("yes()", {}, YES),
    ("no()", {}, NO),
]


@pytest.mark.parametrize(("text", "answers", "expected"), CASES)
def test_a_criterion_has_the_value_its_words_say(text: str, answers: dict[str, Any], expected: Presence) -> None:
    """One sentence of each kind."""
    assert value(text, **answers) == expected


@pytest.mark.parametrize(("text", "answers", "expected"), CASES)
def test_a_criterion_has_the_same_value_in_a_crowd(text: str, answers: dict[str, Any], expected: Presence) -> None:
    """Other cases in the batch never touch a case's value."""
    crowd = [{"fever": "yes", "weeks": 99.0}, answers, {}]
    assert KNOWLEDGE.criterion(text).values(KNOWLEDGE.view(crowd))[1] == expected


def test_reasons_are_the_answers_that_made_the_value() -> None:
    """A met "or" names the part that is met, a failed "and" the part that failed, an open one what is missing."""
    text = "(fever and cough) or weeks > 12"
    assert because(text, fever="yes", cough="yes", weeks=3.0) == ("fever", "cough")
    assert because(text, fever="yes", cough="no", weeks=30.0) == ("weeks",)
    assert because(text, fever="yes", cough="no", weeks=3.0) == ("cough", "weeks")
    assert because(text, fever="yes", weeks=3.0) == ("cough",)
    assert because("at_least(2, fever, cough, below_knee)", fever="yes", cough="no", below_knee="yes") == (
        "fever",
        "below_knee",
    )
    assert because("not weak", strength={"l5.right": 5.0}) == ("strength",)


BAD = [
    "", "fever and", "fever; cough", "fever if cough else weeks", "[fever]", "lambda: fever", "fever + cough",
    "weeks ** 0.5 > 1", "weeks ** 9 > 1", "weeks % 2 == 0", "at_least(4, fever, cough)", "at_least(fever, cough)",
    "share(surface, 'sand') > 1", "share(weeks, 'road') > 1", "lowest(weeks) > 1", "below(strength, weeks) > 1",
    "known(fever, cough)", "fever is cough", "'sitting' == worse_with", "slr > 'positive'", "True", "None", "1",
    "weeks in ('a', 'b')", "unknown('fever')", "fever.yes", "fever()", "f'{fever}'", "weeks := 3", "*fever",
    "not " * 2000 + "fever", "(" * 500 + "fever" + ")" * 500,
]  # fmt: skip


@pytest.mark.parametrize("text", BAD)
def test_what_is_not_of_the_language_is_refused(text: str) -> None:
    """Nothing is evaluated that is not on the whitelist."""
    with pytest.raises(CriterionError):
        KNOWLEDGE.criterion(text)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    """Random text never does anything but compile or raise the one error."""
    with contextlib.suppress(CriterionError):
        assert set(KNOWLEDGE.criterion(text).items) <= set(KNOWLEDGE.items)


def test_the_same_sentence_is_held_once(small: Knowledge) -> None:
    """However often the knowledge says it, and however it is spaced."""
    one, other = small.criterion("fever and  cough"), small.criterion("fever and cough")
    assert one.place == other.place
