"""The way back to running: what stands in its way, or the plan week by week, adjusted by the clinician and printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard import decided, intake, run_sheet, run_words
from dashboard.access import Actor, Permission
from dashboard.casework.views import EpisodeFile
from dashboard.clinical.return_to_run import plan
from dashboard.clinical.run_plan import NoPlan, Plan, Reason
from dashboard.in_force import knowledge
from dashboard.ui import words
from dashboard.ui.look import plain
from dashboard.ui.panels import markup, naming, run_wishes, sheets, sources
from dashboard.ui.settings import clinic

PHASES = {
    "stages": "Run-walk",
    "time": "Longer runs",
    "frequency": "More runs",
    "hills-and-speed": "Hills and speed",
    "usual": "As usual",
}


def panel(actor: Actor, file: EpisodeFile) -> None:
    """What the clinician may adjust on the left, what comes of it on the right; nothing here is stored."""
    st.header("Return to run", anchor=False)
    if not knowledge().load:
        st.caption("This version of the knowledge holds no rules for taking up running.")
        return
    case = intake.case_of(file.answers)
    with st.container(key="run-panel"):
        asked, shown = st.columns([4, 8], gap="large")
    with asked:
        asked_on = clinic().day(words.here(file.episode.submitted_at).date())
        st.caption(f"From the answers of {asked_on} on. Ask again what may have changed; nothing typed here is stored.")
        wishes = run_wishes.wishes(file, case)
    with shown:
        made = plan(knowledge(), case, wishes)
        if isinstance(made, NoPlan):
            _no_plan(made)
        else:
            _plan(actor, file, made)


def _no_plan(made: NoPlan) -> None:
    if made.forbids:
        with st.container(key="run-forbidden", border=True):
            st.markdown(":material/do_not_disturb_on: **No plan is made now.**")
            for why in made.forbids:
                st.markdown(_said(why))
        return
    st.markdown(":material/checklist: **Before a plan can be made**")
    open_ = [f"To confirm: {point.says}" for point in made.unconfirmed]
    open_ += [f"Not known: {run_wishes.NAMES.get(name) or naming.question(name).rstrip('?')}" for name in made.missing]
    st.markdown("\n".join(f"- {plain(each)}" for each in open_))
    st.caption("Nothing is assumed in place of what is not known.")


def _said(why: Reason) -> str:
    source = f"  \n{sources.markdown(why.cite, why.status)}" if why.cite else ""
    return f"{plain(why.says)}{source}"


def _plan(actor: Actor, file: EpisodeFile, made: Plan) -> None:
    unit, day = run_wishes.unit_of(file), clinic().day
    st.markdown(f"**{run_words.route(made).capitalize()}**, {len(made.weeks)} weeks, to {day(made.ends)}.")
    for note in made.notes:
        st.markdown(f":material/info: {_said(note)}")
    if made.pause_until:
        st.markdown(f":material/directions_bike: Cross-training only until {day(made.pause_until)}.")
    rows = [
        (
            week.number,
            day(week.first_day),
            PHASES[week.phase],
            markup.lines([run_words.sessions(week, unit), markup.quiet(run_words.days(week))]),
            run_words.longest(week, unit),
            run_words.total(week, unit),
        )
        for week in made.weeks
    ]
    columns = ("Week", "From", "What grows", "Sessions", "Longest run", "In all")
    markup.show(markup.table("Week by week", columns, rows, (4, 5), widths=(7, 12, 15, 42, 12, 12)))
    st.caption(_cap())
    for name in made.missing:
        st.markdown(f":orange[:material/help:] To plan on: {plain(naming.question(name).rstrip('?'))}.")
    if made.race and not made.race.in_time:
        reached = run_words.distance(made.race.longest_km, unit)
        st.markdown(
            f":orange[:material/flag:] The race on {day(made.race.day)} comes first; longest run by then {reached}."
        )
    _rule()
    if actor.may(Permission.PATIENT_READ):
        sheets.episode_sheet(actor, file, "return-to-run", _content(file, made, unit))


def _content(file: EpisodeFile, made: Plan, unit: str) -> Callable[[], dict[str, Any]]:
    known = knowledge()
    return lambda: run_sheet.content(known, made, unit, clinic().day, file.patient.name, decided.clinician(file))


def _cap() -> str:
    rule = knowledge().load.numbers["longest_run_growth"]
    window = knowledge().load.number("longest_run_window_days")
    cite = sources.markdown(rule.cite, rule.status)
    return (
        f"No run is more than {100 * rule.value:g} % longer than the longest of the {window:g} days before it. {cite}"
    )


def _rule() -> None:
    rows = [
        (markup.strong(band.title), band.says, sources.line(band.cite, band.status))
        for band in knowledge().load.pain_bands
    ]
    markup.show(markup.table("Pain rule during a run", ("Pain", "What to do", "Source"), rows, widths=(24, 48, 28)))
    broken = [each for each in knowledge().load.advice if each.about == "broken-rule"]
    said = [markup.joined([each.says, sources.line(each.cite, each.status)]) for each in broken]
    st.markdown("**When the rule is broken**")
    markup.show(markup.bullets(said))
