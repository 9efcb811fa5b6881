"""Small-number protection: what is shown of a count, and what nobody can work out from it."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dashboard import disclosure
from dashboard.disclosure import BAND, NEAREST, SMALL, exact, protected, share, share_words, shown

counts = st.integers(min_value=0, max_value=100_000)


@given(st.integers(min_value=0, max_value=SMALL))
def test_every_small_count_looks_the_same_nought_included(count: int):
    """Whether there is nobody, one person or ten cannot be told."""
    assert protected(count) == protected(0)
    assert protected(count).words == BAND == "0–10"
    assert protected(count).number is None


@given(st.integers(min_value=SMALL + 1, max_value=100_000))
def test_every_other_count_is_rounded_to_the_nearest_ten(count: int):
    """The shown number is a multiple of ten and at most five away."""
    number = protected(count).number
    assert number is not None
    assert number % NEAREST == 0
    assert abs(number - count) <= NEAREST / 2


@given(counts, counts)
def test_more_people_never_look_like_fewer(one: int, other: int):
    """What is drawn keeps the order, so that a trend keeps its direction."""
    low, high = sorted((one, other))
    assert protected(low).drawn <= protected(high).drawn


@given(counts)
def test_one_person_more_or_less_seldom_shows(count: int):
    """Of any ten selections in a row that differ by one person each, at most two neighbours look different."""
    row = [protected(count + more).words for more in range(NEAREST)]
    assert sum(a != b for a, b in pairwise(row)) <= 2


@given(counts, counts)
def test_a_share_is_made_from_what_is_shown(part: int, whole: int):
    """Never from the real counts, and never above the whole."""
    seen_part, seen_whole = protected(min(part, whole)), protected(whole)
    value = share(seen_part, seen_whole)
    if seen_part.number is None or not seen_whole.number:
        assert value is None
        assert share_words(seen_part, seen_whole) == "too few to say"
    else:
        assert value == min(100.0, 100 * seen_part.number / seen_whole.number)


@given(counts)
def test_people_who_see_patients_see_exact_counts(count: int):
    """Protection is for those who may not read patients."""
    assert shown(count, protect=False) == exact(count)
    assert exact(count).number == count
    assert shown(count, protect=True) == protected(count)


def test_a_small_count_is_drawn_in_the_middle_of_its_band():
    """A bar has to have some height, and this one says nothing about where in the band it is."""
    assert protected(0).drawn == protected(SMALL).drawn == SMALL / 2


def test_the_two_constants_are_the_whole_policy():
    """Changing the policy is changing these two numbers and nothing else."""
    numbers = {name: value for name, value in vars(disclosure).items() if isinstance(value, int)}
    assert numbers == {"SMALL": 10, "NEAREST": 10}
