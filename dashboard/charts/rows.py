"""What the figures draw: plain frozen rows, made without Plotly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Step:
    """One bar of a waterfall, in millibans; ``kind`` "start" and "end" stand on nought."""

    label: str
    millibans: int
    kind: str = "weight"


@dataclass(frozen=True)
class Line:
    """One outcome measure over time: what is measured, its range, its points, and the change worth noticing."""

    title: str
    points: Sequence[tuple[date, float]]
    low: float
    high: float
    baseline: float | None = None
    worthwhile: float | None = None
    """The value at which the change since the first point begins to matter, if the source gives one."""


@dataclass(frozen=True)
class Bar:
    """One value to draw, and the words that say it (a protected count is drawn mid-band and says its band)."""

    label: str
    value: float
    words: str = ""


@dataclass(frozen=True)
class Band:
    """One mean change with its interval; None where too few were measured to give one."""

    label: str
    mean: float | None
    low: float | None
    high: float | None
    words: str = ""


@dataclass(frozen=True)
class Share:
    """One share in per cent with its interval; None where it may not be told."""

    label: str
    share: float | None
    low: float | None
    high: float | None
    words: str = ""
    expected: float | None = None
    """What had been expected, to be drawn beside it."""
    counted: str = ""
    """How many it is a share of, in words."""


@dataclass(frozen=True)
class Shares:
    """Shares to draw as points with intervals, what they are shares of, and what is drawn beside them if anything."""

    rows: Sequence[Share]
    unit: str
    beside: str = ""


@dataclass(frozen=True)
class Routes:
    """What a flow diagram draws: the labels of its nodes with their column, and links by node number."""

    labels: Sequence[str]
    columns: Sequence[int]
    links: Sequence[tuple[int, int, float, str]] = field(default_factory=tuple)
    headings: Sequence[str] = ()
    """What each column stands for."""


@dataclass(frozen=True)
class Months:
    """Values by month for each series; the series called ``rest`` is drawn grey."""

    months: Sequence[str]
    series: Mapping[str, Sequence[float]]
    rest: str = ""


@dataclass(frozen=True)
class Funnel:
    """How far each kind came: for every kind one bar a stage, in the stages' order."""

    stages: Sequence[str]
    kinds: Mapping[str, Sequence[Bar]]


@dataclass(frozen=True)
class Change:
    """Mean changes by time since intake, the unit they are in, and the change that begins to matter."""

    bands: Sequence[Band]
    unit: str
    worthwhile: float | None = None
