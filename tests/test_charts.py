"""The figures: colours that everyone can tell apart in both themes, and drawings that say what the rows say."""

from __future__ import annotations

import itertools
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from dashboard.charts import evidence, figure, population
from dashboard.charts.rows import Band, Bar, Change, Funnel, Line, Months, Routes, Step

ROOT = Path(__file__).parents[1]
SIGHT = {
    "full": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
"""How colours are seen with each kind of colour blindness, on linear RGB (Machado, Oliveira and Fernandes 2009)."""
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def linear(colour: str) -> np.ndarray:
    """A hex colour as linear RGB."""
    parts = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two colours."""
    dark, light = sorted(float(XYZ[1] @ linear(colour)) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def seen(colour: str, sight: np.ndarray) -> np.ndarray:
    """A colour as CIELAB, as someone with that sight sees it."""
    relative = XYZ @ np.clip(sight @ linear(colour), 0, 1) / np.array([0.95047, 1.0, 1.08883])
    x, y, z = np.where(relative > 0.008856, np.cbrt(relative), 7.787 * relative + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def theme(kind: str) -> dict:
    """The light or the dark theme."""
    return tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"][kind]


def series(kind: str) -> list[str]:
    """The colours a theme puts in the place of the figures' series."""
    return theme(kind)["chartCategoricalColors"][: len(figure.SERIES)]


@pytest.mark.parametrize("kind", ["light", "dark"])
def test_every_colour_stands_out_from_its_themes_grounds(kind: str):
    """At least 3:1, as WCAG asks of graphical objects; the grey of "everything else" too."""
    grey = theme(kind)["chartCategoricalColors"][len(figure.SERIES)]
    for ground in (theme(kind)["backgroundColor"], theme(kind)["secondaryBackgroundColor"]):
        for colour in (*series(kind), grey):
            assert contrast(colour, ground) >= 3, (colour, ground)


@pytest.mark.parametrize("kind", ["light", "dark"])
@pytest.mark.parametrize("sight", SIGHT)
def test_any_two_series_can_be_told_apart_by_every_eye(kind: str, sight: str):
    """Twenty units of CIELAB between any two, far above the two or so that are just noticeable."""
    for one, other in itertools.combinations(series(kind), 2):
        distance = float(np.linalg.norm(seen(one, SIGHT[sight]) - seen(other, SIGHT[sight])))
        assert distance >= 20, (one, other, distance)


def test_the_first_colour_is_the_houses_own():
    """Figures and buttons belong to one house."""
    for kind in ("light", "dark"):
        assert series(kind)[0] == theme(kind)["primaryColor"]


def test_the_figures_colours_are_those_streamlit_replaces_by_the_themes():
    """One figure serves both themes because Streamlit puts the theme's colours in the place of these."""
    from streamlit.elements.lib import streamlit_plotly_theme as placed

    named = [getattr(placed, f"CATEGORY_{number}") for number in range(len(figure.SERIES) + 1)]
    assert [*figure.SERIES, figure.GREY] == named


STEPS = [Step("Start", -500, "start"), Step("Leg raise", 340), Step("Leg raise", -120), Step("Score", -280, "end")]


def test_a_waterfall_shows_every_weight_and_ends_at_the_score():
    """The bars are the integers themselves; the last stands where the others lead."""
    (trace,) = evidence.contributions(STEPS).data
    assert list(trace.x) == [-500, 340, -120, -280]
    assert list(trace.measure) == ["absolute", "relative", "relative", "total"]
    assert sum(trace.x[:-1]) == trace.x[-1]
    assert list(trace.text) == ["−500", "+340", "−120", "−280"]


def test_two_findings_of_one_name_keep_two_bars():
    """Plotly would otherwise lay them over each other."""
    (trace,) = evidence.contributions(STEPS).data
    assert len(set(trace.y)) == len(STEPS)


def test_the_axis_of_a_waterfall_holds_every_running_total():
    """No bar leaves the figure."""
    low, high = evidence.contributions(
        [Step("Start", -900, "start"), Step("A", 1500), Step("B", -2000)]
    ).layout.xaxis.range
    assert low < -1400
    assert high > 600


def test_the_course_draws_each_measure_on_its_own_scale_with_what_happened():
    """One strip a measure, its full range, the change worth noticing, and a mark for every decision."""
    lines = [Line("Back pain", [(date(2026, 1, 1), 7), (date(2026, 2, 1), 3)], 0, 10, 7, 5), Line("ODI", [], 0, 100)]
    made = evidence.trajectory(lines, [(date(2026, 1, 20), "Accepted")])
    assert tuple(made.layout.yaxis.range) == (0, 10)
    assert tuple(made.layout.yaxis2.range) == (0, 100)
    assert "Accepted" in [each.text for each in made.layout.annotations]
    assert list(made.data[0].y) == [7, 3]


def test_a_course_of_one_day_is_drawn_in_days_not_in_hours():
    """A week of room on either side."""
    made = evidence.trajectory([Line("Back pain", [(date(2026, 1, 8), 7)], 0, 10)])
    assert tuple(made.layout.xaxis.range) == ("2026-01-01", "2026-01-15")


def test_the_rest_is_grey_and_hatched_whatever_its_place():
    """A colour of its own would make it look like a category, and grey alone is close to teal for some eyes."""
    made = population.months(Months(["2026-01"], {"A": [3.0], "The rest": [2.0], "B": [1.0]}, "The rest"), "Intakes")
    assert [trace.marker.color for trace in made.data] == [figure.SERIES[0], figure.GREY, figure.SERIES[1]]
    assert [trace.marker.pattern.shape for trace in made.data] == [None, "/", None]


def test_bars_say_their_words_and_not_their_height():
    """A protected count is drawn mid-band and must not be read off as a number."""
    (trace,) = population.bars([Bar("Emergency", 5, "0–10"), Bar("Routine", 40, "40")], "Intakes").data
    assert list(trace.text) == ["0–10", "40"]
    assert "%{text}" in trace.hovertemplate
    assert "%{x}" not in trace.hovertemplate


def test_an_interval_is_drawn_where_there_is_one():
    """And a time at which nobody was measured keeps its place without a point."""
    bands = [
        Band("2 weeks", -1.0, -1.5, -0.5, "n = 20"),
        Band("6 weeks", None, None, None),
        Band("1 year", -2.0, None, None),
    ]
    (trace,) = population.change(Change(bands, "points", -2)).data
    assert list(trace.x) == ["2 weeks<br>n = 20", "1 year"]
    assert list(trace.error_y.array) == [0.5, 0.0]
    assert list(trace.error_y.arrayminus) == [0.5, 0.0]


def test_every_route_keeps_its_ends_and_width():
    """Links name nodes by number."""
    (trace,) = population.flow(Routes(["A", "B"], [0, 1], [(0, 1, 12.0, "12 intakes")])).data
    assert (list(trace.link.source), list(trace.link.target), list(trace.link.value)) == ([0], [1], [12.0])


def test_a_funnel_has_one_colour_a_kind():
    """And one bar a stage."""
    made = population.funnel(Funnel(["Made", "Sent"], {"PRP": [Bar("", 3, "3"), Bar("", 2, "2")], "Imaging": []}))
    assert [trace.name for trace in made.data] == ["PRP", "Imaging"]
    assert len({trace.marker.color for trace in made.data}) == 2


@pytest.mark.parametrize(
    "made",
    [
        evidence.contributions([]),
        evidence.trajectory([]),
        population.bars([], ""),
        population.months(Months([], {}), ""),
        population.change(Change([], "")),
        population.flow(Routes([], [])),
        population.funnel(Funnel([], {})),
    ],
)
def test_nothing_to_draw_is_drawn_as_nothing(made: object):
    """An empty clinic breaks no figure."""
    assert made.to_json()  # type: ignore[attr-defined]


def test_the_figures_never_load_plotly_express():
    """It costs the first page of the day the better part of a second."""
    code = "import sys; from dashboard.charts import evidence, population; print('plotly.express' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
