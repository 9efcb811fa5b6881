"""Figures of one episode: the evidence for a condition, and how the runner did over time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import plotly.graph_objects as go  # type: ignore[import-untyped]
from plotly.subplots import make_subplots  # type: ignore[import-untyped]

from dashboard.charts.figure import (
    AGAINST,
    BASE_HEIGHT,
    FOR,
    GREY,
    PLUM,
    ROW_HEIGHT,
    RULE,
    SERIES,
    distinct,
    dress,
    figure_of,
    signed,
    told,
    unsigned,
    words,
    wrapped,
)
from dashboard.charts.rows import Line, Step

A_WEEK = timedelta(days=7)
LINE_HEIGHT = 18
"""Pixels a line of a label needs; a row is as high as the tallest label."""


def contributions(steps: Sequence[Step]) -> go.Figure:
    """The evidence as a waterfall from the starting point to the score, read from top to bottom."""
    measures = {"start": "absolute", "end": "total"}
    labels = distinct([wrapped(step.label, 44) for step in steps])
    trace = go.Waterfall(
        orientation="h",
        y=labels,
        x=[step.millibans for step in steps],
        measure=[measures.get(step.kind, "relative") for step in steps],
        text=[signed(step.millibans) if step.kind == "weight" else unsigned(step.millibans) for step in steps],
        textposition="outside",
        cliponaxis=False,
        increasing={"marker": {"color": FOR}},
        decreasing={"marker": {"color": AGAINST}},
        totals={"marker": {"color": GREY}},
        connector={"line": {"color": RULE, "width": 1}},
        hovertemplate="%{y}<br>%{text} millibans<extra></extra>",
    )
    row = max(ROW_HEIGHT, LINE_HEIGHT * max((1 + label.count("<br>") for label in labels), default=1))
    figure = figure_of([trace], BASE_HEIGHT + row * len(steps), showlegend=False)
    reach = _reach(steps)
    figure.update_xaxes(title="Weight of evidence, in thousandths of a factor of ten", zeroline=True, range=reach)
    figure.update_yaxes(autorange="reversed", automargin=True, showgrid=False)
    return figure


def _reach(steps: Sequence[Step]) -> list[float]:
    """The ends of the axis: every running total, nought, and room for the numbers beside the bars."""
    totals, running = [0], 0
    for step in steps:
        running = step.millibans if step.kind != "weight" else running + step.millibans
        totals.append(running)
    low, high = min(totals), max(totals)
    room = max(150.0, 0.18 * (high - low))
    return [low - room, high + room]


def trajectory(lines: Sequence[Line], marks: Sequence[tuple[date, str]] = ()) -> go.Figure:
    """Outcome measures over time, one strip each on its own scale, with decisions and referrals marked."""
    figure = make_subplots(
        rows=max(1, len(lines)), cols=1, shared_xaxes=True, vertical_spacing=min(0.09, 0.6 / max(1, len(lines)))
    )
    for row, line in enumerate(lines, start=1):
        figure.add_trace(_strip(line, SERIES[(row - 1) % len(SERIES)]), row=row, col=1)
        figure.update_yaxes(title=wrapped(line.title, 18), range=[line.low, line.high], row=row, col=1)
        if line.worthwhile is not None:
            figure.add_hline(line.worthwhile, row=row, col=1, line={"color": PLUM, "dash": "dot", "width": 1.5})
    for when, _ in marks:
        figure.add_vline(when.isoformat(), line={"color": GREY, "dash": "dash", "width": 1})
    dress(figure, 70 + 150 * max(1, len(lines)), showlegend=False)
    days = [when for line in lines for when, _ in line.points] + [when for when, _ in marks]
    if days:
        figure.update_xaxes(range=[(min(days) - A_WEEK).isoformat(), (max(days) + A_WEEK).isoformat()])
    for when, what in marks:
        figure.add_annotation(
            x=when.isoformat(), y=1, yref="paper", yanchor="bottom", text=words(what), showarrow=False
        )
    return figure


def _strip(line: Line, colour: str) -> go.Scatter:
    """One measure's points, joined."""
    return go.Scatter(
        x=[when.isoformat() for when, _ in line.points],
        y=[value for _, value in line.points],
        mode="lines+markers+text",
        text=[f"{value:g}" for _, value in line.points],
        textposition="top center",
        line={"color": colour, "width": 2},
        marker={"size": 9},
        hovertemplate="%{x|%d %b %Y}: %{y:g}<extra>" + told(line.title) + "</extra>",
    )
