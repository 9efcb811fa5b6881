"""What a clinician may adjust of a return-to-run plan; each field starts from the answers, and none is stored."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import streamlit as st

from dashboard import coming, decided, units
from dashboard.casework.views import EpisodeFile
from dashboard.clinical.return_to_run import from_answers, irritability
from dashboard.clinical.run_plan import Wishes
from dashboard.clinical.vocabulary import Case, Clearance, Irritability, Urgency
from dashboard.in_force import knowledge
from dashboard.ui import words
from dashboard.ui.look import label
from dashboard.ui.settings import clinic

NAMES = {
    "recent_longest_km": "Longest run of the last 30 days",
    "wait": "Grade of the injury",
    "off_since": "Last day of impact",
    "irritability": "How irritable the pain is",
}
"""What is asked here and nowhere else."""


def unit_of(file: EpisodeFile) -> str:
    """The unit the runner's distances were told in, else the clinic's."""
    entered = (file.entered.get(item) or {} for item in ("weekly_distance_km", "longest_run_prev30_km"))
    return next((each["unit"] for each in entered if each.get("unit") in ("mi", "km")), clinic().distance_unit)


def wishes(file: EpisodeFile, case: Case) -> Wishes:
    """What stands in the fields, laid over what the answers tell."""
    base = Wishes(
        start=_next_monday(),
        asked_on=words.here(file.episode.submitted_at).date(),
        condition=decided.condition(file),
        urgency=Urgency.of(file.episode.urgency),
        race_day=coming.day(file.answers.get("goal_race_date")),
    )
    clearance = knowledge().load.clearances.get(base.condition or "")
    start = st.date_input("Start", base.start, key=_key(file, "start"), format=words.date_field(), persist_state="page")
    if isinstance(start, date) and start < words.here(datetime.now(UTC)).date():
        st.caption(f":orange[This day is past: the plan starts on {clinic().day(base.start)}.]")
    elif isinstance(start, date):
        base = base.with_(start=start)
    told = from_answers(knowledge(), case, base)
    changes: dict[str, Any] = {}
    if clearance and clearance.running in ("run-walk", "within-pain-rule"):
        changes |= _clearing(file, case, clearance)
        changes |= _running(file, told, clearance.running == "run-walk")
        if clearance.running == "within-pain-rule":
            changes |= _easing(file, case, base)
    return told.with_(**changes)


def _clearing(file: EpisodeFile, case: Case, clearance: Clearance) -> dict[str, Any]:
    """Points to confirm before the first run, and the time off where the injury needs it."""
    found: dict[str, Any] = {}
    if clearance.wait:
        grades = {
            wait.id: f"{wait.title}: {wait.weeks_from:g} to {wait.weeks_to:g} weeks off" for wait in clearance.wait
        }
        found["wait"] = st.selectbox(
            NAMES["wait"], list(grades), index=None, format_func=grades.__getitem__, key=_key(file, "wait"),
            placeholder="Choose", persist_state="page",
        )  # fmt: skip
        found["off_since"] = st.date_input(
            NAMES["off_since"], None, key=_key(file, "off"), format=words.date_field(), persist_state="page"
        )
    ticked = [p.id for p in clearance.point if _tick(file, case, p.id, p.says, p.when)]
    return found | {"cleared": frozenset(ticked)}


def _tick(file: EpisodeFile, case: Case, id_: str, says: str, when: str | None) -> bool:
    told = int(knowledge().criterion(when).presence(knowledge().view(case.answers))) if when else 0
    if told:
        said = "Examined or answered: yes" if told > 0 else "Examined or answered: no. Examine again to change it"
        st.checkbox(label(says), told > 0, disabled=True, help=said, key=_key(file, f"told-{id_}"))
        return told > 0
    return st.checkbox(label(says), key=_key(file, f"clear-{id_}"), persist_state="page")


def _running(file: EpisodeFile, told: Wishes, walks_first: bool) -> dict[str, Any]:
    """The usual running and, unless everybody with the condition begins by walking, what is run now."""
    unit = unit_of(file)
    found: dict[str, Any] = {}
    stopped = walks_first
    if not walks_first:
        was = told.runs_now is False
        stopped = st.toggle("Has stopped running", was, key=_key(file, "stopped"), persist_state="page")
        found["runs_now"] = not stopped if told.runs_now is not None or stopped else None
    found["usual_longest_km"] = _distance(file, "Usual longest run", "usual", told.usual_longest_km, unit)
    if not stopped:
        found["recent_longest_km"] = _distance(file, NAMES["recent_longest_km"], "recent", told.recent_longest_km, unit)
        if found["recent_longest_km"] is None:
            st.caption("The history tells of the runs before the pain began, and those are longer ago. Ask for it.")
    found["usual_weekly_km"] = _distance(file, "Usual distance a week", "weekly", told.usual_weekly_km, unit)
    runs, hard = st.columns(2)
    found["usual_sessions"] = runs.number_input(
        "Runs a week", 0, 14, told.usual_sessions, key=_key(file, "runs"), persist_state="page"
    )
    found["usual_hard"] = hard.number_input(
        "Of these, hard", 0, 7, told.usual_hard, key=_key(file, "hard"), persist_state="page"
    )
    found["pace_min_per_km"] = _pace(file, told.pace_min_per_km, f"min/{unit}")
    return found


def _distance(file: EpisodeFile, what: str, name: str, told_km: float | None, unit: str) -> float | None:
    """A distance in the runner's unit; what was told stays exact while nobody changes it."""
    shown = None if told_km is None else round(units.converted(told_km, "km", unit), 1)
    key = _key(file, name)
    typed = st.number_input(f"{what} ({unit})", 0.0, 200.0, shown, 0.5, "%.1f", key=key, persist_state="page")
    return told_km if typed == shown else typed and units.converted(typed, unit, "km")


def _pace(file: EpisodeFile, told: float | None, unit: str) -> float | None:
    shown = "" if told is None else units.spoken(units.converted(told, "min/km", unit), unit)
    typed = st.text_input(
        f"Easy pace ({unit}, such as 9:30)", shown, key=_key(file, "pace"), persist_state="page", max_chars=8
    )
    if typed == shown:
        return told
    read = units.quantity(typed.strip(), unit)
    try:
        minutes = float(read) if isinstance(read, int | float | str) and str(read) else None
    except ValueError:
        minutes = None
    if minutes is None or not 2 <= minutes <= 30:
        if typed.strip():
            st.caption(":orange[This pace does not read as minutes and seconds, such as 9:30.]")
        return None
    return units.converted(minutes, unit, "min/km")


def _easing(file: EpisodeFile, case: Case, base: Wishes) -> dict[str, Any]:
    """How irritable the pain is, how much comes off at first, and how long cross-training comes first."""
    bands = {band.id: band for band in knowledge().load.irritabilities}
    read = irritability(knowledge(), knowledge().view(case.answers), base)
    chosen = st.selectbox(
        "Irritability", list(bands), index=list(bands).index(read.id) if read else None,
        format_func=lambda id_: bands[id_].title + (" (from the answers)" if read and read.id == id_ else ""),
        key=_key(file, "irritability"), placeholder="Choose", persist_state="page",
    )  # fmt: skip
    if chosen is None:
        return {}
    return {"irritability": chosen, **_range_of(file, bands[chosen])}


def _range_of(file: EpisodeFile, band: Irritability) -> dict[str, Any]:
    if band.pause_days_to:
        least, most = band.pause_days_from, band.pause_days_to
        days = st.slider(
            "Days of cross-training first", least, most, most, key=_key(file, f"pause-{band.id}"), persist_state="page"
        )
        return {"pause_days": days}
    least, most = round(100 * band.cut_from), round(100 * band.cut_to)
    cut = st.slider(
        "Taken off at first (%)", least, most, most, 5, key=_key(file, f"cut-{band.id}"), persist_state="page"
    )
    return {"cut": cut / 100}


def _key(file: EpisodeFile, field: str) -> str:
    return f"run-{file.episode.id}-{file.assessment_id}-{field}"


def _next_monday() -> date:
    today = words.here(datetime.now(UTC)).date()
    return today + timedelta(days=7 - today.weekday())
