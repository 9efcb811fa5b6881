"""Who came: intakes a month by leading condition, and how urgent they were."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import Session

from dashboard import disclosure, labels
from dashboard.charts.rows import Bar, Months
from dashboard.cohort.reply import OTHER, Asked, Cell, Reply, Rows, missing_words, nothing, sum_by
from dashboard.disclosure import Shown
from db import cohort as counts
from db.cohort import MonthCount

DRAWN = 4
"""How many conditions get a colour of their own; the others are drawn together."""
NONE_LEADS = "No condition leads"


def by_month(session: Session, asked: Asked) -> Reply:
    """Intakes a month by leading condition."""
    question = "How many runners come, and with what?"
    definition = (
        "Submitted intakes, counted in the month they were submitted, by the condition that led the assessment made at "
        "submission. A runner who comes twice counts twice. A later examination may have changed the leading "
        f"condition; that is not counted here.{asked.note()}"
    )
    found = counts.intakes_by_month(session, asked.selection)
    if asked.everyone.number in (None, 0):
        return nothing("intakes", question, asked, definition)
    by_condition = sum_by([(row.code or "", row.number) for row in found])
    told = {code: asked.shown(count) for code, count in by_condition.items() if code and asked.shown(count).number}
    # Ranked by the shown count: the order must not tell more than the numbers.
    ranked = sorted(told, key=lambda code: (-(told[code].number or 0), asked.condition(code)))
    finding = _finding(asked, ranked[0], told[ranked[0]]) if ranked else "No condition stands out"
    return Reply(
        "intakes",
        question,
        finding,
        f"{asked.everyone.words} intakes in {asked.span()}; "
        f"{missing_words(asked, by_condition.get('', 0), 'a leading condition')}.",
        f"Stacked bars of intakes a month from {asked.months[0]} to {asked.months[-1]}. {finding}.",
        definition,
        ("Leading condition", "Intakes", "Share"),
        _condition_rows(asked, ranked, by_condition),
        _months(asked, found, ranked[:DRAWN]),
    )


def _finding(asked: Asked, code: str, count: Shown) -> str:
    return f"{asked.condition(code)} leads most often: {disclosure.share_words(count, asked.everyone)} of intakes"


def _condition_rows(asked: Asked, ranked: list[str], totals: Mapping[str, int]) -> Rows:
    """The table: every condition whose count may be told, then one row for all the rest."""
    rows = [(asked.condition(code), asked.shown(totals[code])) for code in ranked]
    told: list[tuple[Cell, ...]] = [
        (title, count, disclosure.share_words(count, asked.everyone)) for title, count in rows
    ]
    if asked.protect:
        told.append(("Every other condition, each", asked.shown(0), "too few to say"))
    elif totals.get(""):
        none = asked.shown(totals[""])
        told.append((NONE_LEADS, none, disclosure.share_words(none, asked.everyone)))
    return tuple(told)


def _months(asked: Asked, found: list[MonthCount], drawn: list[str]) -> Months:
    """The bars: a series for each drawn condition, and the rest of each month's own shown total in grey."""
    cells = {(row.month, row.code): row.number for row in found}
    totals = sum_by([(row.month, row.number) for row in found])
    series: dict[str, list[float]] = {asked.condition(code): [] for code in drawn}
    series[OTHER] = []
    for month in asked.months:
        whole = asked.shown(totals.get(month, 0)).drawn
        parts = [asked.shown(cells.get((month, code), 0)) for code in drawn]
        heights = [float(part.number or 0) for part in parts]  # a hidden part is drawn within the rest
        for code, height in zip(drawn, heights, strict=True):
            series[asked.condition(code)].append(height)
        series[OTHER].append(max(0.0, whole - sum(heights)))
    told_of = {name: values for name, values in series.items() if name == OTHER or any(values)}
    return Months(asked.months, told_of, OTHER)


def urgency_mix(session: Session, asked: Asked) -> Reply:
    """How urgent the intakes were when they came."""
    question = "How urgent is what comes through the door?"
    definition = (
        "Submitted intakes by the urgency the red-flag rules gave them at submission, before any clinician changed it."
        f"{asked.note()}"
    )
    if asked.everyone.number in (None, 0):
        return nothing("urgency", question, asked, definition)
    counted = counts.intakes_by(session, asked.selection, "urgency")
    found = {labels.URGENCY_CODES[row.code]: row.number for row in counted}
    by_day = asked.shown(found.get("emergency", 0) + found.get("same-day", 0))
    finding = f"{by_day.words} of {asked.everyone.words} intakes needed someone the same day or at once"
    shown = [(label, asked.shown(found.get(code, 0))) for code, label in labels.URGENCIES.items()]
    rows = tuple((label, count, disclosure.share_words(count, asked.everyone)) for label, count in shown)
    return Reply(
        "urgency",
        question,
        finding,
        f"{asked.everyone.words} intakes; every intake has an urgency.",
        f"Bars of intakes by urgency. {finding}.",
        definition,
        ("Urgency", "Intakes", "Share"),
        rows,
        tuple(Bar(label, count.drawn, count.words) for label, count in shown),
    )
