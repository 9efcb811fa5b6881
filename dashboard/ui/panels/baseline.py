"""Where the runner starts from: every measure of the first intake with its band and the change that would matter."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from dashboard import instruments
from dashboard.casework.views import EpisodeFile, OutcomeView
from dashboard.clinical.vocabulary import Instrument
from dashboard.in_force import knowledge
from dashboard.ui.panels import markup, sources

HOW = {"items": "Scored item by item", "total": "Typed as a total, from paper", "asked": "Asked at the intake"}
"""How a value came to be, by its code."""
Start = tuple[Instrument, float, str]
"""A measure, its value at the start, and the code of how it was taken (empty: not known)."""


def starts(file: EpisodeFile) -> Iterator[Start]:
    """Each measure taken at the episode's first intake; of an episode older than baselines, what its answers say."""
    known = knowledge()
    taken: dict[str, OutcomeView] = {}
    for each in file.outcomes:
        if each.at_intake and each.weeks_since_intake == 0:
            taken.setdefault(each.instrument, each)
    for measure in known.instruments.values():
        if measure.id in taken:
            yield measure, taken[measure.id].value, taken[measure.id].how
        elif not taken and (value := instruments.total_of(known, measure, file.answers)) is not None:
            yield measure, value, ""


def panel(file: EpisodeFile) -> None:
    """The baseline as a table; nothing where no measure was taken."""
    rows = [_row(*each) for each in starts(file)]
    if not rows:
        return
    columns = ("Measure", "At intake", "Band", "Change that matters", "Taken", "Source")
    markup.show(markup.table("Baseline", columns, rows, (1, 3)))
    st.caption(
        "The change that matters is a group-level estimate: it tells of a group, never whether one person did "
        "better. An empty field: no published figure."
    )


def _row(measure: Instrument, value: float, how: str) -> tuple[object, ...]:
    unit = "" if measure.unit == "points" else f" {measure.unit}"
    enough = measure.minimal_important_change
    way = "lower" if measure.better == "lower" else "higher"
    return (
        measure.title,
        f"{value:g}{unit}",
        instruments.band_of(measure, value),
        "" if enough is None else f"{enough:g} {way}",
        HOW.get(how, ""),
        sources.line(measure.cite, measure.status),
    )
