"""Whether what was suggested is what it turned out to be: calibration by band, and suggestion against diagnosis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dashboard import disclosure, labels
from dashboard.charts.rows import Shares
from dashboard.cohort.reply import Asked, Cell, Reply, Rows, nothing
from dashboard.cohort.shares import drawn, interval_words, share_with_interval
from dashboard.disclosure import Shown
from db.judgement import Called, TurnedOut

NONE = "None of these"
FIRST = 3
"""How far down the list a diagnosis still counts as suggested."""
WHO = (
    "Episodes whose diagnosis was confirmed later, compared with the last assessment that was signed before. They are "
    "not all episodes: what is confirmed by imaging or a specialist differs from what gets better by itself, and who "
    "confirmed it may have read the suggestion."
)


def by_band(asked: Asked, found: Sequence[Called], diagnoses: Shown) -> Reply:
    """Of the conditions said to be likely, possible and so on, how many were the diagnosis."""
    question = "When a condition is called likely, how often is it?"
    definition = (
        "Every condition of those differentials once, by the band it stood in: the share that was the confirmed "
        "diagnosis, with Wilson's 95 % interval, beside the mean probability they had been given. A band is well "
        f"calibrated when the mean lies within the interval. {WHO}{asked.note()}"
    )
    if not diagnoses.number:
        return nothing("calibration", question, asked, definition)
    several = sorted({row.knowledge_version for row in found})
    groups = [("", list(found))]
    if len(several) > 1:
        groups += [(f" ({version})", [row for row in found if row.knowledge_version == version]) for version in several]
    bands = [
        (labels.BANDS[band] + tail, [row for row in rows if row.band == band])
        for tail, rows in groups
        for band in labels.BANDS
    ]
    finding = _band_finding(asked, found)
    points = [
        drawn(name, _confirmed(asked, rows), _number(asked, rows), _expected(asked, rows)) for name, rows in bands
    ]
    return Reply(
        "calibration",
        question,
        finding,
        f"{diagnoses.words} confirmed diagnoses, {_number(asked, found).words} suggested conditions.",
        f"Points with intervals: the share confirmed by band, beside the mean suggested probability. {finding}.",
        definition,
        ("Called", "Conditions", "Confirmed", "Share confirmed", "95 % interval", "Suggested on average"),
        tuple(_band_row(asked, name, rows) for name, rows in bands if _number(asked, rows).number),
        Shares([point for point in points if point.share is not None], "Confirmed, %", "Suggested on average"),
    )


def _band_finding(asked: Asked, found: Sequence[Called]) -> str:
    likely = [row for row in found if row.band == "likely"]
    whole, confirmed, expected = _number(asked, likely), _confirmed(asked, likely), _expected(asked, likely)
    if confirmed.number is None or expected is None:
        return "Too few conditions were called likely to compare"
    return (
        f"Called likely, it was confirmed in {share_with_interval(confirmed, whole)}; {expected:.0f} % had been "
        "suggested on average"
    )


def _band_row(asked: Asked, name: str, rows: Sequence[Called]) -> tuple[Cell, ...]:
    whole, confirmed, expected = _number(asked, rows), _confirmed(asked, rows), _expected(asked, rows)
    share = (disclosure.share_words(confirmed, whole), interval_words(confirmed, whole))
    return (name, whole, confirmed, *share, "" if expected is None else f"{expected:.0f} %")


def _number(asked: Asked, rows: Iterable[Called]) -> Shown:
    return asked.shown(sum(row.number for row in rows))


def _confirmed(asked: Asked, rows: Iterable[Called]) -> Shown:
    return asked.shown(sum(row.confirmed for row in rows))


def _expected(asked: Asked, rows: Sequence[Called]) -> float | None:
    """The mean probability given, in whole per cent; None when too few may be told."""
    number = sum(row.number for row in rows)
    if not number or not asked.shown(number).number:
        return None
    return float(round(100 * sum(row.probability for row in rows) / number))


def against_diagnosis(asked: Asked, found: Sequence[TurnedOut]) -> Reply:
    """What led, and what it turned out to be."""
    question = "Is what leads what it turns out to be?"
    definition = (
        "Confirmed diagnoses by the condition that led the assessment: the share in which the leader was the "
        f"diagnosis, with Wilson's 95 % interval. The table lists every pair. {WHO}{asked.note()}"
    )
    whole = asked.shown(sum(row.number for row in found))
    if not whole.number:
        return nothing("turned-out", question, asked, definition)
    led = asked.shown(sum(row.number for row in found if _is_it(row)))
    near = asked.shown(sum(row.number for row in found if row.place is not None and row.place <= FIRST))
    finding = f"The leading condition was confirmed in {share_with_interval(led, whole)} of {whole.words} diagnoses"
    return Reply(
        "turned-out",
        question,
        finding,
        f"{whole.words} confirmed diagnoses; in {share_with_interval(near, whole)} it stood among the first {FIRST}.",
        f"Points with intervals: the share of leaders confirmed, by condition. {finding}.",
        definition,
        ("Suggested first", "Confirmed", "Diagnoses"),
        _pairs(asked, found),
        _leaders(asked, found),
    )


def _is_it(row: TurnedOut) -> bool:
    return row.condition is not None and row.condition == row.leader


def _pairs(asked: Asked, found: Sequence[TurnedOut]) -> Rows:
    totals: dict[tuple[str, str], int] = {}
    for row in found:
        pair = (asked.condition(row.leader), asked.condition(row.condition) if row.condition else NONE)
        totals[pair] = totals.get(pair, 0) + row.number
    told = [(pair, asked.shown(count)) for pair, count in totals.items() if asked.shown(count).number]
    told.sort(key=lambda each: (-(each[1].number or 0), each[0]))
    rows: list[tuple[Cell, ...]] = [(*pair, count) for pair, count in told]
    if asked.protect:
        rows.append(("Every other pair, each", "", asked.shown(0)))
    return tuple(rows)


def _leaders(asked: Asked, found: Sequence[TurnedOut]) -> Shares:
    by: dict[str, list[TurnedOut]] = {}
    for row in found:
        by.setdefault(asked.condition(row.leader), []).append(row)
    points = []
    for name, rows in by.items():
        whole = asked.shown(sum(row.number for row in rows))
        points.append(
            (-(whole.number or 0), name, drawn(name, asked.shown(sum(r.number for r in rows if _is_it(r))), whole))
        )
    return Shares(
        [point for _, _, point in sorted(points, key=lambda each: each[:2]) if point.share is not None], "Confirmed, %"
    )
