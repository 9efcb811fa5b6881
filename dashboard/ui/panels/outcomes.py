"""How the runner does: recording an outcome, and the course of every measure with decisions and referrals marked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import streamlit as st

from dashboard import casework, labels
from dashboard.access import Actor, Permission
from dashboard.casework.views import EpisodeFile
from dashboard.charts import evidence as figures
from dashboard.charts.rows import Line
from dashboard.clinical.vocabulary import Instrument
from dashboard.in_force import knowledge
from dashboard.ui import door, words
from dashboard.ui.look import plain
from dashboard.ui.panels import baseline, markup, opened
from dashboard.ui.settings import clinic


def panel(actor: Actor, file: EpisodeFile) -> None:
    """The course so far, and a way to add to it."""
    course, form = st.columns([7, 4], gap="large")
    with course:
        baseline.panel(file)
        _course(file)
    with form:
        if actor.may(Permission.OUTCOME_WRITE):
            _record(file)


def _course(file: EpisodeFile) -> None:
    st.header("Course", anchor=False)
    every = lines(file)
    drawn = [line for line in every if len(line.points) > 1]
    if not drawn:
        st.caption("Only one value of each measure so far; the course is drawn from the second on.")
    else:
        st.markdown(f"**{plain(says(drawn[0]))}**")
        st.plotly_chart(
            figures.trajectory(drawn, [(when, str(place)) for place, (when, _) in enumerate(marks(file), start=1)]),
            key="trajectory",
            config={"displayModeBar": False},
            alt=f"Outcome measures over time. {'; '.join(map(says, drawn))}.",
        )
        if happened := marks(file):
            told = [f"{place}: {what}, {clinic().day(when)}" for place, (when, what) in enumerate(happened, start=1)]
            st.caption(plain(" · ".join([*told, "dotted: the change worth noticing"])))
        _values(every)


def _values(drawn: Sequence[Line]) -> None:
    """Every value, one row a day and one column a measure."""
    days = sorted({when for line in drawn for when, _ in line.points})
    values = [dict(line.points) for line in drawn]
    rows = [[clinic().day(day), *(f"{each[day]:g}" if day in each else "" for each in values)] for day in days]
    markup.show(markup.table("Every value", ("Date", *(line.title for line in drawn)), rows, range(1, len(drawn) + 1)))


def lines(file: EpisodeFile) -> list[Line]:
    """Every measure with at least one value, the intake's own included, oldest first."""
    drawn = []
    first = {measure.id: value for measure, value, _ in baseline.starts(file)}
    for measure in knowledge().instruments.values():
        points = [(each.taken_on, each.value) for each in file.outcomes if each.instrument == measure.id]
        start = first.get(measure.id)
        if start is not None and all(when > file.episode.opened_on for when, _ in points):
            points = [(file.episode.opened_on, start), *points]
        if points:
            points.sort()
            drawn.append(_line(measure, points))
    return drawn


def _line(measure: Instrument, points: list[tuple[date, float]]) -> Line:
    first, enough = points[0][1], measure.minimal_important_change
    goal = None if enough is None else first + (enough if measure.better == "higher" else -enough)
    inside = goal if goal is not None and measure.minimum <= goal <= measure.maximum else None
    return Line(measure.title, points, measure.minimum, measure.maximum, first, inside)


def says(line: Line) -> str:
    """What one measure did, in words, such as "Back pain: 7 at first, 3 last"."""
    first, last = line.points[0][1], line.points[-1][1]
    if len(line.points) == 1:
        return f"{line.title}: {first:g}, measured once"
    return f"{line.title}: {first:g} at first, {last:g} last"


def marks(file: EpisodeFile) -> list[tuple[date, str]]:
    """The days on which something was decided or referred, with what it was."""
    decided = [(words.here(each.signed_at).date(), labels.VERDICTS[each.verdict]) for each in file.decisions]
    made = [(words.here(each.created_at).date(), labels.said(labels.REFERRALS, each.kind)) for each in file.referrals]
    days: dict[date, list[str]] = {}
    for when, what in sorted(decided + made):
        days.setdefault(when, []).append(what)
    return [(when, ", ".join(dict.fromkeys(what))) for when, what in days.items()]


def _record(file: EpisodeFile) -> None:
    st.header("Record an outcome", anchor=False)
    measures = knowledge().instruments
    if not measures:
        st.caption("The knowledge in force has no outcome measure.")
        return
    with st.container(key="record-outcome", border=True, gap="small"):
        chosen = st.selectbox(
            "Measure",
            list(measures),
            format_func=lambda each: measures[each].title,
            key="outcome-measure",
            persist_state="page",
        )
        measure = measures[chosen]
        st.number_input(
            f"Total, {measure.minimum:g} to {measure.maximum:g}",
            value=None,
            step=1.0,
            format="%g",
            key=f"outcome-value-{chosen}",
        )
        st.date_input(
            "Taken on",
            value="today",
            min_value=file.episode.opened_on,
            max_value=_today(),
            key="outcome-day",
            format=words.date_field(),
        )
        st.caption(f"{'Higher' if measure.better == 'higher' else 'Lower'} is better. {plain(measure.licence)}")
        st.button(
            "Record", type="primary", icon=":material/add_chart:", key="record", on_click=_keep, args=(file, chosen)
        )


def _today() -> date:
    return words.here(datetime.now(UTC)).date()


def _keep(file: EpisodeFile, measure: str) -> None:
    actor, value = door.who(), st.session_state.get(f"outcome-value-{measure}")
    if actor is None:
        return
    if value is None:
        opened.say("warning", "Type the total first.")
        return
    day = st.session_state["outcome-day"]
    if opened.attempt(
        file, "Outcome recorded.", lambda: casework.record_outcome(actor, file.episode.id, measure, value, day)
    ):
        st.session_state[f"outcome-value-{measure}"] = None
