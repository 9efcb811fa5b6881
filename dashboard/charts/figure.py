"""The look all figures share: the theme's palette, transparent grounds, words that fit."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from html import escape
from typing import Any

import plotly.graph_objects as go  # type: ignore[import-untyped]

TEAL, AMBER, LAVENDER, PLUM, RED, GREY = "#000001", "#000002", "#000003", "#000004", "#000005", "#000006"
"""The first six chart colours of the theme that is on: Streamlit puts the theme's own in their place, so that one
figure serves both themes. They stand out 3:1 from the theme's grounds, and from each other for every kind of sight."""

SERIES = (TEAL, AMBER, LAVENDER, PLUM, RED)
"""Colours of categories, in the order they are given out; GREY is kept for "the rest" and "not known"."""

URGENCY = {"emergency": RED, "same-day": AMBER, "urgent": TEAL, "routine": GREY}
FOR, AGAINST = TEAL, AMBER
"""What speaks for and against: teal and amber stay apart where red and green would not."""

RULE = "rgba(125, 135, 146, 0.28)"
ROUTE = "rgba(125, 135, 146, 0.22)"
BASE_HEIGHT, ROW_HEIGHT = 96, 34


def figure_of(traces: Sequence[Any], height: int, **layout: Any) -> go.Figure:
    """A figure with these traces, dressed."""
    return dress(go.Figure(data=list(traces)), height, **layout)


def dress(figure: go.Figure, height: int, **layout: Any) -> go.Figure:
    """The figure with the common look; its ground is the page's own, so one figure serves both themes."""
    legend = {"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0, "title": None}
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 24, "t": 34, "b": 8},
        legend=legend,
        font={"size": 13},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        hoverlabel={"namelength": -1},
        **layout,
    )
    figure.update_xaxes(gridcolor=RULE, zerolinecolor=RULE, automargin=True)
    figure.update_yaxes(gridcolor=RULE, zerolinecolor=RULE)
    return figure


def words(text: str) -> str:
    """Text as a figure shows it as it is: Plotly reads tags in every label, links and styles among them."""
    return escape(text, quote=False)


def told(text: str) -> str:
    """Text inside a template of what is told on hovering, where braces would name values too."""
    return words(text).replace("{", "&#123;")


def wrapped(text: str, width: int) -> str:
    """The text broken into lines of at most ``width`` characters, as Plotly writes line breaks; no tag of it lives."""
    return "<br>".join(map(words, textwrap.wrap(text, width))) or words(text)


def distinct(labels: Sequence[str]) -> list[str]:
    """The labels with invisible marks where two are the same, which Plotly would draw as one bar."""
    return [label + "\u200b" * labels[:place].count(label) for place, label in enumerate(labels)]


def signed(number: int) -> str:
    """A whole number with its sign, the minus being a real one."""
    return f"+{number:,}" if number > 0 else unsigned(number)


def unsigned(number: int) -> str:
    """A whole number without a plus; a minus is a real one."""
    return f"{number:,}".replace("-", "−")
