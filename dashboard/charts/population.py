"""Figures of the population: months, mixes, routes, funnels and change over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go  # type: ignore[import-untyped]

from dashboard.charts.figure import (
    AMBER,
    BASE_HEIGHT,
    GREY,
    PLUM,
    ROUTE,
    ROW_HEIGHT,
    SERIES,
    TEAL,
    figure_of,
    told,
    words,
    wrapped,
)
from dashboard.charts.rows import Band, Bar, Change, Funnel, Months, Routes, Share, Shares


def bars(rows: Sequence[Bar], unit: str, colours: Sequence[str] | str = TEAL) -> go.Figure:
    """One horizontal bar a row, in the order given, each with its words at its end."""
    trace = go.Bar(
        orientation="h",
        y=[wrapped(row.label, 34) for row in rows],
        x=[row.value for row in rows],
        text=[words(row.words) for row in rows],
        textposition="outside",
        cliponaxis=False,
        marker={"color": colours if isinstance(colours, str) else list(colours)},
        hovertemplate="%{y}: %{text}<extra></extra>",
    )
    figure = figure_of([trace], BASE_HEIGHT + max(ROW_HEIGHT * len(rows), FULL_ROWS), showlegend=False)
    figure.update_xaxes(
        title=words(unit), rangemode="tozero", range=[0, 1.22 * max([1.0, *(row.value for row in rows)])]
    )
    figure.update_yaxes(autorange="reversed", automargin=True, showgrid=False)
    return figure


def months(rows: Months, unit: str, height: int = 380) -> go.Figure:
    """Stacked bars by month, one colour a series, the rest in grey."""
    colours = iter(SERIES)
    traces = [
        go.Bar(
            name=wrapped(name, 40),
            x=list(rows.months),
            y=list(values),
            marker=_hatched() if name == rows.rest else {"color": next(colours, GREY)},
            hovertemplate="%{x|%b %Y}<br>" + told(name) + ": %{y}<extra></extra>",
        )
        for name, values in rows.series.items()
    ]
    figure = figure_of(traces, height, barmode="stack", bargap=0.25)
    figure.update_yaxes(title=words(unit), rangemode="tozero")
    figure.update_xaxes(tickformat="%b<br>%Y", dtick=f"M{max(1, round(len(rows.months) / 12))}", showgrid=False)
    return figure


def _hatched() -> dict[str, Any]:
    """The look of "everything else": told apart by its lines, since grey alone is close to teal for some eyes."""
    return {"color": GREY, "pattern": {"shape": "/", "size": 6, "solidity": 0.25}}


def funnel(rows: Funnel) -> go.Figure:
    """How many referrals reached each stage: one group of bars a stage, one colour a kind of referral."""
    traces = [
        go.Bar(
            orientation="h",
            name=words(kind),
            y=[wrapped(stage, 30) for stage in rows.stages],
            x=[bar.value for bar in reached],
            text=[words(bar.words) for bar in reached],
            textposition="outside",
            cliponaxis=False,
            marker={"color": colour},
            hovertemplate=told(kind) + "<br>%{y}: %{text}<extra></extra>",
        )
        for (kind, reached), colour in zip(rows.kinds.items(), SERIES, strict=False)
    ]
    height = BASE_HEIGHT + 40 + len(rows.stages) * (16 + 14 * max(1, len(rows.kinds)))
    figure = figure_of(traces, height, barmode="group", bargap=0.22)
    figure.update_xaxes(title="Referrals", rangemode="tozero")
    figure.update_yaxes(autorange="reversed", automargin=True, showgrid=False)
    return figure


def change(rows: Change) -> go.Figure:
    """Mean change with its interval by time since intake; nought is "as at intake"."""
    known = [band for band in rows.bands if band.mean is not None]
    trace = go.Scatter(
        x=[_measured(band) for band in known],
        y=[band.mean for band in known],
        mode="lines+markers",
        line={"color": TEAL, "width": 2},
        marker={"size": 9},
        error_y=_interval(known),
        hovertemplate="%{x}<br>%{y:.1f}<extra></extra>",
    )
    figure = figure_of([trace], 360, showlegend=False)
    figure.update_xaxes(categoryorder="array", categoryarray=[_measured(band) for band in rows.bands], showgrid=False)
    figure.update_yaxes(title=words(rows.unit), zeroline=True, zerolinecolor=GREY)
    if rows.worthwhile is not None:
        figure.add_hline(
            rows.worthwhile,
            line={"color": PLUM, "dash": "dot", "width": 1.5},
            annotation_text="change worth noticing",
            annotation_position="bottom left",
        )
    return figure


def _measured(band: Band) -> str:
    """A time with how many were measured then, as it stands under the axis."""
    return "<br>".join(words(line) for line in (band.label, band.words) if line)


def _interval(known: Sequence[Band]) -> dict[str, Any]:
    """Error bars of the means; nought where there is no interval."""
    ups = [(band.high or band.mean or 0.0) - (band.mean or 0.0) for band in known]
    downs = [(band.mean or 0.0) - (band.low if band.low is not None else band.mean or 0.0) for band in known]
    return {"type": "data", "array": ups, "arrayminus": downs, "color": TEAL, "thickness": 1.4, "width": 6}


def _counted(row: Share) -> str:
    """A share's label with how many it is a share of."""
    return wrapped(", ".join(filter(None, (row.label, row.counted))), 36)


def shares(rows: Shares) -> go.Figure:
    """One point a row with its interval on a scale of 0 to 100 per cent, and beside it what had been expected."""
    labels = [_counted(row) for row in rows.rows]
    points = [row.share or 0.0 for row in rows.rows]
    ends = {
        "type": "data",
        "array": [(row.high if row.high is not None else at) - at for row, at in zip(rows.rows, points, strict=True)],
        "arrayminus": [
            at - (row.low if row.low is not None else at) for row, at in zip(rows.rows, points, strict=True)
        ],
        "color": TEAL,
        "thickness": 1.6,
        "width": 5,
    }
    traces = [
        go.Scatter(
            name=words(rows.unit.partition(",")[0]),
            y=labels,
            x=points,
            error_x=ends,
            mode="markers",
            marker={"color": TEAL, "size": 10},
            customdata=[words(row.words) for row in rows.rows],
            hovertemplate="%{y}: %{customdata}<extra></extra>",
        )
    ]
    if rows.beside:
        expected = [row for row in rows.rows if row.expected is not None]
        traces.append(
            go.Scatter(
                name=words(rows.beside),
                y=[_counted(row) for row in expected],
                x=[row.expected for row in expected],
                mode="markers",
                marker={"color": AMBER, "size": 11, "symbol": "diamond-open", "line": {"width": 2}},
                hovertemplate="%{y}: " + told(rows.beside.lower()) + " %{x:.0f} %<extra></extra>",
            )
        )
    height = BASE_HEIGHT + max(SHARE_HEIGHT * len(labels), FULL_ROWS)
    figure = figure_of(traces, height, showlegend=bool(rows.beside))
    figure.update_xaxes(title=words(rows.unit), range=[-2, 102])
    figure.update_yaxes(autorange="reversed", automargin=True)
    return figure


FLOW_HEIGHT, GAP, MARGINS = 500, 26, 42
"""Pixels: the height of a flow, the gap between its nodes, and what is above and below it."""
SHARE_HEIGHT = 40
"""Pixels of a share: its label stands on two lines."""
FULL_ROWS = 270
"""Pixels that few bars share, so that a figure is not lost beside its neighbour."""
_ACROSS = (0.001, 0.5, 0.999)
"""Where the columns of a flow stand; Plotly takes 0 and 1 for "not said"."""


def flow(rows: Routes) -> go.Figure:
    """Routes from column to column, as wide as they are travelled."""
    sources, targets, values, said = zip(*rows.links, strict=True) if rows.links else ((), (), (), ())
    trace = go.Sankey(
        arrangement="snap",
        node={
            "label": [wrapped(label, 26) for label in rows.labels],
            "color": TEAL,
            "pad": GAP,
            "thickness": 14,
            "x": [_ACROSS[column] for column in rows.columns],
            "y": _down(rows),
            "line": {"width": 0},
            "hovertemplate": "%{label}<extra></extra>",
        },
        link={
            "source": list(sources),
            "target": list(targets),
            "value": list(values),
            "customdata": [words(each) for each in said],
            "color": ROUTE,
            "hovertemplate": "%{source.label} → %{target.label}<br>%{customdata}<extra></extra>",
        },
        textfont={"shadow": "none"},
    )
    figure = figure_of([trace], FLOW_HEIGHT, showlegend=False)
    for place, (across, heading) in enumerate(zip(_ACROSS, rows.headings, strict=False)):
        side = ("left", "center", "right")[place]
        figure.add_annotation(
            x=across,
            y=1.01,
            xref="paper",
            yref="paper",
            text=words(heading),
            showarrow=False,
            xanchor=side,
            yanchor="bottom",
        )
    return figure


def _down(rows: Routes) -> list[float]:
    """How far down the middle of each node stands: in the order given, as tall as it is travelled, with gaps."""
    sizes = [
        max(sum(w for a, _, w, _ in rows.links if a == node), sum(w for _, b, w, _ in rows.links if b == node))
        for node in range(len(rows.labels))
    ]
    columns = [[node for node, column in enumerate(rows.columns) if column == wanted] for wanted in set(rows.columns)]
    room = FLOW_HEIGHT - MARGINS
    scale = min(((room - GAP * (len(c) - 1)) / (sum(sizes[n] for n in c) or 1) for c in columns), default=1.0)
    places: dict[int, float] = {}
    for column in columns:
        top = 0.0
        for node in column:
            places[node] = min(0.999, max(0.001, (top + sizes[node] * scale / 2) / room))
            top += sizes[node] * scale + GAP
    return [places[node] for node in range(len(rows.labels))]
