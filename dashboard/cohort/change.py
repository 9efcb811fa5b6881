"""How runners did: mean change of an outcome measure since intake, with how many and how sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi, sqrt, tan
from statistics import NormalDist

from sqlmodel import Session

from dashboard.charts.rows import Band, Change
from dashboard.cohort.reply import Asked, Cell, Reply, nothing
from db import cohort as counts

WINDOWS = (("2 weeks", 1, 3), ("6 weeks", 4, 8), ("3 months", 9, 17), ("6 months", 18, 38), ("1 year", 39, 65))
"""Label, first and last week of each time outcomes are gathered around."""
BASELINES = {"nprs_back": "nprs_back", "odi": "odi_percent", "rmdq": "rmdq_total"}
"""Outcome measure → the column of an intake that holds the same measure at the start."""
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Mean:
    """A mean change within a window, of so many episodes, with its interval (None for fewer than two)."""

    label: str
    episodes: int
    mean: float
    low: float | None
    high: float | None


def change(session: Session, asked: Asked, instrument: str) -> Reply:
    """Mean change of one outcome measure since intake."""
    measure = asked.knowledge.instruments[instrument]
    question = f"How do runners do? {measure.title}"
    spans = ", ".join(f"{label}: weeks {low} to {high}" for label, low, high in WINDOWS)
    definition = (
        f"Value at follow-up minus the value at the first intake of the same episode, only where both were measured "
        f"with {measure.title}; below nought is lower than at intake. {spans}. Measured twice in one, it counts "
        f"once, with its mean. Interval: {CONFIDENCE:.0%} by Student's t. Those measured may differ from those not "
        f"measured, and nothing here says that care caused the change.{asked.note()}"
    )
    windows = [(low, high) for _, low, high in WINDOWS]
    found = counts.change_since_intake(session, asked.selection, instrument, BASELINES[instrument], windows)
    means = [_mean(WINDOWS[row.window][0], row) for row in found]
    told = [mean for mean in means if asked.shown(mean.episodes).number]
    if not told:
        return nothing(instrument, question, asked, definition)
    started = counts.with_value(session, asked.selection, BASELINES[instrument])
    return Reply(
        instrument,
        question,
        _finding(asked, told[-1], measure.title),
        f"{asked.shown(started).words} of {asked.everyone.words} intakes have a value to start from; each point says "
        "how many were measured again.",
        f"Mean change of {measure.title} by time since intake. {_finding(asked, told[-1], measure.title)}.",
        definition,
        ("Time since intake", "Measured", "Mean change", "From", "To"),
        tuple(_row(asked, label, means) for label, _, _ in WINDOWS),
        Change(
            [_band(asked, label, means) for label, _, _ in WINDOWS],
            f"Change ({measure.unit or 'points'})",
            worthwhile(measure.better, measure.minimal_important_change),
        ),
    )


def _finding(asked: Asked, mean: Mean, title: str) -> str:
    way = "lower" if mean.mean < 0 else "higher"
    return f"{title}: {abs(mean.mean):.1f} {way} on average {mean.label} after intake ({_n(asked, mean)})"


def _n(asked: Asked, mean: Mean) -> str:
    return f"n = {asked.shown(mean.episodes).words}"


def _mean(label: str, row: counts.Change) -> Mean:
    mean = row.total / row.episodes
    if row.episodes < 2:
        return Mean(label, row.episodes, mean, None, None)
    variance = max(0.0, row.total_of_squares - row.episodes * mean * mean) / (row.episodes - 1)
    half = student_t(CONFIDENCE, row.episodes - 1) * sqrt(variance / row.episodes)
    return Mean(label, row.episodes, mean, mean - half, mean + half)


def student_t(confidence: float, freedom: int) -> float:
    """The two-sided quantile of Student's t by its expansion in the normal quantile.

    Within 1 % of the table from 3 degrees of freedom; for 1 and 2 it is closed form.
    """
    if freedom == 1:
        return tan(pi * confidence / 2)
    if freedom == 2:
        return confidence * sqrt(2 / (1 - confidence * confidence))
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3


def _band(asked: Asked, label: str, means: Sequence[Mean]) -> Band:
    mean = _told(asked, label, means)
    if mean is None:
        return Band(label, None, None, None)
    return Band(label, round(mean.mean, 1), _tenth(mean.low), _tenth(mean.high), _n(asked, mean))


def _row(asked: Asked, label: str, means: Sequence[Mean]) -> tuple[Cell, ...]:
    mean = _told(asked, label, means)
    if mean is None:
        return (label, asked.shown(0), "too few to say" if asked.protect else "not measured", "", "")
    return (label, asked.shown(mean.episodes), round(mean.mean, 1), _tenth(mean.low), _tenth(mean.high))


def _told(asked: Asked, label: str, means: Sequence[Mean]) -> Mean | None:
    """The mean of a window, unless nobody was measured or too few to tell."""
    return next((mean for mean in means if mean.label == label and asked.shown(mean.episodes).number), None)


def _tenth(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def worthwhile(better: str, smallest: float | None) -> float | None:
    """The change that begins to matter, with the sign of getting better."""
    if smallest is None:
        return None
    return -smallest if better == "lower" else smallest
