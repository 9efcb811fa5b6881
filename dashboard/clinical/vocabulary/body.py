"""The body chart: two figures, the areas on them that stand for places of pain, and the dermatome bands beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from dashboard.clinical.vocabulary.case import Status

Direction = Literal["above", "below", "inward", "outward"]
DIRECTIONS: tuple[Direction, ...] = ("above", "below", "inward", "outward")
"""Where the arrow keys lead from an area: towards the head, the feet, the midline, the outside."""


@dataclass(frozen=True)
class ChartFacts:
    """What the whole chart is about: the questions it answers, the size of a figure, what is said of the bands."""

    item: str
    """The question of places it answers."""
    worst_item: str
    """The question which of those places is the worst."""
    width: float
    height: float
    """The size of a figure, in the units its paths are drawn in; the midline is half the width."""
    says: str
    """What is said under the dermatome bands, so that nobody takes them for borders."""
    cite: tuple[str, ...]
    status: Status


@dataclass(frozen=True)
class Figure:
    """One view of the body; everything is drawn on the half at the viewer's left, and mirrored about the midline."""

    id: str
    title: str
    drawn_side: Literal["left", "right"]
    """The patient's side at the viewer's left: left from behind, right from the front."""
    outline: str
    lines: tuple[str, ...] = ()
    """Quiet lines that make the figure readable: the spine, the fold under the buttock, the kneecap."""


@dataclass(frozen=True)
class Region:
    """An area of a figure that stands for one place of pain; with its mirror image where the place has sides."""

    id: str
    option: str
    """The code of the place among the options of the chart's question."""
    figure: str
    label: str
    path: str
    at: tuple[float, float]
    """About its middle, where a mark is set."""
    dermatomes: tuple[str, ...] = ()
    """The bands that usually cross it; none over the spine between the shoulder blades."""
    above: str = ""
    below: str = ""
    inward: str = ""
    outward: str = ""
    """The areas the arrow keys lead to; without one inward, the same area of the other side."""

    def neighbour(self, way: Direction) -> str:
        """The id of the area that way; an empty string where there is none."""
        found: str = getattr(self, way)
        return found


@dataclass(frozen=True)
class Band:
    """Where one dermatome runs on one figure."""

    figure: str
    path: str
    at: tuple[float, float]
    """Where its name stands."""


@dataclass(frozen=True)
class Dermatome:
    """The skin one root usually supplies; it varies between people and overlaps with its neighbours."""

    id: str
    course: str
    """Where it runs, in a few words."""
    bands: tuple[Band, ...]
    cite: tuple[str, ...]
    status: Status


@dataclass(frozen=True)
class BodyChart:
    """Everything drawn of the body; all empty in a knowledge that draws nothing."""

    facts: ChartFacts | None
    figures: Mapping[str, Figure]
    regions: Mapping[str, Region]
    dermatomes: Mapping[str, Dermatome]

    def __bool__(self) -> bool:
        """Whether there is anything to draw."""
        return self.facts is not None and bool(self.regions)
