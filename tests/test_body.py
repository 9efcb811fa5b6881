"""The body chart: its areas are exactly the places asked, and a tap means what the list means."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import body, intake
from dashboard.clinical.vocabulary import DIRECTIONS

KNOWN = intake.knowledge()
CHART = KNOWN.body
FACTS = CHART.facts
assert FACTS is not None
PLACES = KNOWN.items[FACTS.item]
ASKED = {option.code: option for option in PLACES.options if option.asked}
ROOTS = ("L1", "L2", "L3", "L4", "L5", "S1", "S2", "S3-5")


def _sided(code: str) -> st.SearchStrategy[str]:
    return st.sampled_from(["", ":left", ":right", ":both"] if ASKED[code].sided else [""]).map(code.__add__)


answers = st.sets(st.sampled_from(sorted(ASKED))).flatmap(lambda codes: st.tuples(*map(_sided, sorted(codes))))
"""Any answer the desk can give to the question of places."""


class _Areas(HTMLParser):
    """The areas of a drawing, as a browser meets them."""

    def __init__(self, drawn: str) -> None:
        super().__init__()
        self.areas: list[dict[str, str | None]] = []
        self.feed(drawn)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if told.get("class") == "area":
            self.areas.append(told)


LIVE = _Areas(body.drawing(KNOWN, live=True)).areas


def taps_from(before: dict[str, str], after: dict[str, str]) -> list[dict[str, Any]]:
    """The taps that lead from some marks to others."""
    gone = [{"place": place, "side": None} for place in before if place not in after]
    return [*gone, *({"place": place, "side": side} for place, side in after.items())]


def test_the_figures_have_exactly_the_places_that_are_asked_on_each_side_they_have() -> None:
    """Nothing asked is missing from the drawing, and nothing is drawn that the list does not ask."""
    drawn = {(area["data-place"], area["data-side"]) for area in LIVE}
    asked = {(code, side) for code, each in ASKED.items() for side in (("left", "right") if each.sided else ("",))}
    assert drawn == asked


def test_every_area_is_a_toggle_with_a_name_of_its_own_in_its_figure() -> None:
    """A screen reader hears the place and the side, and that it is pressed or not."""
    assert all(area["role"] == "button" and area["aria-pressed"] == "false" for area in LIVE)
    names = [(area["data-id"], area["aria-label"]) for area in LIVE]
    assert len(set(names)) == len(names)
    assert "Back of the thigh, left" in {area["aria-label"] for area in LIVE}
    assert all(str(area["aria-label"]).endswith(str(area["data-side"])) for area in LIVE)


@pytest.mark.parametrize("region", CHART.regions.values(), ids=lambda each: each.id)
def test_every_region_has_a_path_a_label_and_somewhere_to_go(region: Any) -> None:
    """An area that cannot be seen, named or left by the keyboard is none."""
    assert re.fullmatch(r"M[\d\sA-Za-z.,-]+Z", region.path)
    assert region.label
    assert any(region.neighbour(way) for way in DIRECTIONS)


@pytest.mark.parametrize("region", CHART.regions.values(), ids=lambda each: each.id)
def test_the_roots_named_for_a_region_have_a_band_on_its_figure(region: Any) -> None:
    """What the line under the figures says of a place can be seen on the figure."""
    for root in region.dermatomes:
        assert region.figure in {band.figure for band in CHART.dermatomes[root].bands}


def test_the_bands_of_every_root_from_l1_to_the_last_are_there_with_source_and_status() -> None:
    """L1 to S2 and the rest of the sacral roots, each with its course in words and where it comes from."""
    assert tuple(CHART.dermatomes) == ROOTS
    for dermatome in CHART.dermatomes.values():
        assert dermatome.course
        assert dermatome.bands
        assert all(cite in KNOWN.references for cite in dermatome.cite)
        assert dermatome.status == KNOWN.references[dermatome.cite[0]].status


def test_the_legend_says_that_bands_differ_between_people_and_whether_the_source_was_checked() -> None:
    """Nobody is to take a band for a border, or a reference for one that somebody has read."""
    drawn = body.drawing(KNOWN, live=True)
    assert "differ from one person to the next" in drawn
    assert "Source (to check): Lee 2008" in drawn
    assert "<button" not in body.drawing(KNOWN, live=False)


@given(answers)
def test_list_and_chart_say_the_same_there_and_back(given_answer: tuple[str, ...]) -> None:
    """From the list to the marks and back nothing changes, and the answer reads as itself."""
    again = body.sites(PLACES, body.marks(given_answer))
    assert set(again) == set(given_answer)
    assert body.sites(PLACES, body.marks(again)) == again
    assert list(intake.accept(PLACES, again).answer or ()) == again


@given(answers, answers)
def test_any_marks_can_be_tapped_into_any_others(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """What the figures show after some taps is what the list then has, whatever was there."""
    wanted = body.marks(after)
    assert body.tapped(PLACES, body.marks(before), taps_from(body.marks(before), wanted)) == wanted


@given(answers, answers)
def test_a_tap_that_is_sent_twice_changes_nothing_more(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """A tap made while the connection was lost is sent again; it must not undo itself."""
    taps = taps_from(body.marks(before), body.marks(after))
    once = body.tapped(PLACES, body.marks(before), taps)
    assert body.tapped(PLACES, once, taps) == once


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.sampled_from(sorted(ASKED)),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["place", "side", "n", "worst"]), inner)
    ),
    max_leaves=8,
)


@given(answers, JSON)
def test_whatever_a_browser_sends_the_marks_stay_an_answer_of_the_list(before: tuple[str, ...], sent: Any) -> None:
    """Taps come from outside: what is no place, no side or no tap at all is passed over."""
    after = body.sites(PLACES, body.tapped(PLACES, body.marks(before), sent))
    accepted = intake.accept(PLACES, after).answer
    assert list(accepted or ()) == after


def test_places_in_words_name_side_and_worst() -> None:
    """Who does not see the figures hears the same."""
    said = body.told(PLACES, {"back_thigh": "left", "sacrum": "", "foot": "both"}, "back_thigh")
    assert said == (
        "Painful places: Sacrum or tailbone; Back of the thigh on the left (the worst); Foot on both sides."
    )
    assert body.told(PLACES, {}) == "No painful place is marked."
