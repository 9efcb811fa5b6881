"""Correlated findings speak once: every rule of a group, by hand and in every state."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.clinical.bans import likelihood_ratio, millibans
from dashboard.clinical.vocabulary import Condition, Evidence, Group
from dashboard.clinical.weights import Voice, voices_of

YES, NO, UNKNOWN = 1, -1, 0


def voice(rule: str, ratios: list[tuple[float | None, float | None]], **group: object) -> Voice:
    """A group of findings a, b, c … with these ratios for one condition."""
    names = [chr(ord("a") + number) for number in range(len(ratios))]
    lines = tuple(
        Evidence(name, "group", ("invented",), "expert", "score", present, absent)
        for name, (present, absent) in zip(names, ratios, strict=True)
    )
    members = tuple(names) if rule == "count" else ()
    made = Group("group", "Group", rule, "Says.", members=members, **group)  # type: ignore[arg-type]
    return voices_of(Condition("x", "X", "condition", "An X.", evidence=lines), {"group": made})[0]


def weight(one: Voice, *states: int) -> int:
    """The group's weight in a state, from its table as the engine looks it up."""
    return int(one.table()[sum((state + 1) * 3**place for place, state in enumerate(states))])


RATIOS: list[tuple[float | None, float | None]] = [(2.0, 0.5), (4.0, 0.8), (1.5, 0.25)]


def test_the_strongest_member_speaks_for_all() -> None:
    """The weight furthest from nothing counts, whichever way it points."""
    one = voice("strongest", RATIOS)
    assert weight(one, YES, YES, UNKNOWN) == millibans(4.0)
    assert weight(one, YES, UNKNOWN, NO) == millibans(0.25)
    assert weight(one, UNKNOWN, UNKNOWN, UNKNOWN) == 0


def test_the_best_for_and_the_best_against_speak() -> None:
    """One strongest for plus one strongest against."""
    one = voice("for-and-against", RATIOS)
    assert weight(one, YES, YES, NO) == millibans(4.0) + millibans(0.25)
    assert weight(one, NO, NO, NO) == millibans(0.25)


def test_members_of_a_capped_sum_add_up_between_two_limits() -> None:
    """Together never more than the cap and never less than the floor."""
    one = voice("capped-sum", RATIOS, cap=5.0, floor=0.2)
    assert weight(one, YES, UNKNOWN, YES) == millibans(2.0) + millibans(1.5)
    assert weight(one, YES, YES, YES) == millibans(5.0)
    assert weight(one, NO, NO, NO) == millibans(0.2)


def test_an_exponent_weakens_every_ratio_before_it_is_rounded() -> None:
    """Half the exponent, half the weight, rounded once."""
    one = voice("single", [(2.0, 0.5)], exponent=0.5)
    assert weight(one, YES) == millibans(2.0, 0.5) == 151


TABLE = {"table": (0.3, None, 2.0, 3.0)}


def test_a_count_group_reads_its_table() -> None:
    """By how many are present once all are known; one present speaks with its own ratio."""
    one = voice("count", RATIOS, **TABLE)
    assert weight(one, NO, NO, NO) == millibans(0.3)
    assert weight(one, NO, YES, NO) == millibans(4.0)
    assert weight(one, YES, YES, NO) == millibans(2.0)
    assert weight(one, YES, YES, YES) == millibans(3.0)


def test_what_is_not_known_never_counts_against_a_count_group() -> None:
    """None present and some unknown: no more than the absent ones alone would say, and nothing if none is known."""
    one = voice("count", RATIOS, **TABLE)
    assert weight(one, NO, UNKNOWN, UNKNOWN) == millibans(0.5)
    assert weight(one, NO, NO, UNKNOWN) == millibans(0.5)
    assert weight(one, UNKNOWN, NO, NO) == millibans(0.3)
    assert weight(one, UNKNOWN, UNKNOWN, UNKNOWN) == 0


def test_a_low_count_waits_for_what_is_still_unknown() -> None:
    """Few present speak against only as far as the unknown ones could not change it."""
    one = voice("count", RATIOS, table=(0.2, 0.5, 0.8, 3.0))
    assert weight(one, YES, NO, NO) == millibans(0.5)
    assert weight(one, YES, NO, UNKNOWN) == millibans(0.8)
    assert weight(one, YES, UNKNOWN, UNKNOWN) == 0


@pytest.mark.parametrize("rule", ["strongest", "for-and-against", "capped-sum", "count"])
def test_shares_add_up_to_the_weight_in_every_state(rule: str) -> None:
    """What the members are told to have contributed is what the group says, before its limits."""
    limits = {"cap": 1000.0, "floor": 0.001} if rule == "capped-sum" else {}
    one = voice(rule, RATIOS, **(TABLE if rule == "count" else {}), **limits)
    for states in product((NO, UNKNOWN, YES), repeat=3):
        shares = one.shares(states)
        assert sum(shares) == weight(one, *states)
        assert all(share == 0 for share, state in zip(shares, states, strict=True) if state == UNKNOWN)


def test_a_counts_weight_is_shared_equally_by_those_who_made_it() -> None:
    """Whole millibans, the left-over one to the first; the absent ones share what speaks against."""
    one = voice("count", RATIOS, **TABLE)
    assert one.shares((YES, YES, NO)) == [151, 150, 0]
    assert one.shares((NO, NO, NO)) == [-175, -174, -174]


@given(st.floats(0.001, 1000), st.sampled_from([0.5, 0.7, 1.0]))
def test_a_ratio_and_its_inverse_weigh_the_same_the_other_way(ratio: float, exponent: float) -> None:
    """Rounding leans neither for nor against."""
    there, back = millibans(ratio, exponent), millibans(1 / ratio, exponent)
    assert abs(there + back) <= 1


def test_the_scale_is_a_factor_of_ten_a_thousand() -> None:
    """Turing's ban: ten to one is 1000 millibans, evens is 0."""
    assert (millibans(10.0), millibans(1.0), millibans(0.1)) == (1000, 0, -1000)
    assert likelihood_ratio(1000) == 10.0
    assert likelihood_ratio(millibans(3.0)) == pytest.approx(3.0, rel=0.002)
