"""Figures show words as they are: Plotly would read tags, links and templates in every label and every hint."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.charts import evidence, figure, population
from dashboard.charts.rows import Band, Bar, Change, Funnel, Line, Months, Routes, Share, Shares, Step
from tests.hostile import MARK, PROBES

OURS = re.compile(r"<br>|</?extra>|%\{(x|y|text|label|customdata|source\.label|target\.label)([:|][^}]*)?\}")
"""The tags and the values the figures themselves ask for."""


def drawn(words: str) -> Iterator[Any]:
    """Every kind of figure with these words wherever words may stand."""
    bar, day = Bar(words, 3.0, words), date(2026, 3, 1)
    yield population.bars([bar], words)
    yield population.months(Months(["2026-01"], {words: [1.0], "rest": [2.0]}, "rest"), words)
    yield population.funnel(Funnel([words], {words: [bar]}))
    yield population.change(Change([Band(words, 1.0, 0.5, 1.5, words)], words, 1.0))
    yield population.shares(Shares([Share(words, 50.0, 40.0, 60.0, words, 45.0, words)], words, words))
    yield population.flow(Routes([words, words, words], [0, 1, 2], [(0, 1, 2.0, words)], [words]))
    yield evidence.contributions([Step(words, 3, "start"), Step(words, 4), Step(words, 7, "end")])
    yield evidence.trajectory([Line(words, [(day, 1.0)], 0.0, 10.0)], [(day, words)])


def texts(part: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a figure that somebody may read, with what it is."""
    if isinstance(part, str):
        yield key, part
    elif isinstance(part, dict):
        for name, value in part.items():
            yield from texts(value, name)
    elif isinstance(part, list | tuple) or hasattr(part, "tolist"):
        for each in part if isinstance(part, list | tuple) else part.tolist():
            yield from texts(each, key)


def alive(words: str) -> list[str]:
    """What Plotly would read in the figures of these words, beside what the figures ask for themselves."""
    found = ((key, OURS.sub("", text)) for each in drawn(words) for key, text in texts(each.to_dict()))
    return [text for key, text in found if "<" in text or ("%{" in text and key.endswith("template"))]


@pytest.mark.parametrize("words", [*PROBES, MARK, "</extra><b>x</b>", "%{fullData.name}", "&lt;b&gt;"])
def test_no_label_is_read_as_markup(words: str):
    """Neither a tag nor a link nor a value named in braces."""
    assert alive(words) == []


@given(st.text(st.sampled_from("<>%{}&;ab/ \"'=:|#"), min_size=1, max_size=20))
@settings(max_examples=8)
def test_no_words_at_all_are(words: str):
    """Also none that nobody thought of."""
    assert alive(words) == []


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Z")), min_size=1, max_size=30))
def test_words_are_shown_as_they_are(words: str):
    """What Plotly draws, which reads the escapes, is what was written."""
    assert unescape(figure.words(words)) == unescape(figure.told(words)) == words
