"""Whether a runner may take up running again, and by which way; the weeks themselves are worked out in run_weeks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

from dashboard.clinical.columns import Columns
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.run_plan import NoPlan, Plan, Race, Reason, Week, Wishes
from dashboard.clinical.run_weeks import Load, run_walk_weeks, run_weeks
from dashboard.clinical.vocabulary import Answer, Case, Clearance, Irritability, Presence, Urgency

ASKED = {
    "usual_longest_km": "longest_run_prev30_km",
    "usual_weekly_km": "weekly_distance_km",
    "usual_sessions": "sessions_per_week",
    "usual_hard": "hard_sessions_per_week",
    "pace_min_per_km": "pace_min_per_km",
}
"""Wishes the answers can fill in, and the item that does."""
WEEK = 7
"""Days before the pain among which the history asks for the longest run."""
RACES = {"half": 21.0975, "marathon": 42.195}
"""Kilometres of the races whose name gives their length."""


def from_answers(knowledge: Knowledge, case: Case, wishes: Wishes) -> Wishes:
    """The wishes with what the answers tell laid under them; nothing is filled in that nobody said."""
    answers = case.answers
    told = {wish: answers.get(item) for wish, item in ASKED.items() if getattr(wishes, wish) is None}
    runs = [answers.get(item) for item in ("longest_run_last7_km", "longest_run_prev30_km")]
    lengths = [run for run in runs if isinstance(run, int | float) and run > 0]
    if "usual_longest_km" in told:
        told["usual_longest_km"] = max(lengths) if lengths else None
    status = answers.get("run_status")
    if wishes.runs_now is None and status in ("full", "reduced", "stopped"):
        told["runs_now"] = status != "stopped"
    if wishes.recent_longest_km is None:
        told["recent_longest_km"] = _still_recent(knowledge, answers, wishes)
    return wishes.with_(**{wish: value for wish, value in told.items() if value is not None})


def _still_recent(knowledge: Knowledge, answers: Mapping[str, Answer], wishes: Wishes) -> float | None:
    """The longest run of the week before the pain, if all that week still lies in the window before the start."""
    days, longest = answers.get("pain_duration_days"), answers.get("longest_run_last7_km")
    if not knowledge.load or not isinstance(days, int | float) or not isinstance(longest, int | float) or longest <= 0:
        return None
    since = (wishes.start - (wishes.asked_on or wishes.start)).days
    within = days + WEEK + since <= knowledge.load.number("longest_run_window_days")
    return float(longest) if within else None


def plan(knowledge: Knowledge, case: Case, wishes: Wishes) -> Plan | NoPlan:
    """A return-to-run plan, or why there is none: a red flag, a condition, an unconfirmed point, a missing answer.

    ``wishes`` are taken as they are (``from_answers`` fills them in first): what a clinician took back stays unknown.
    """
    if not knowledge.load:
        return NoPlan((Reason("This version of the knowledge holds no rules for taking up running."),))
    view = knowledge.view(case.answers)
    forbids = tuple(_forbids(knowledge, view, wishes))
    if forbids:
        return NoPlan(forbids)
    clearance = knowledge.load.clearances[wishes.condition or ""]
    open_points = tuple(p for p in clearance.point if not _confirmed(knowledge, view, p.id, p.when, wishes))
    band = irritability(knowledge, view, wishes)
    missing = tuple(_missing(knowledge, view, clearance, band, wishes))
    if open_points or missing:
        return NoPlan(unconfirmed=open_points, missing=missing, waits=clearance.wait)
    return _planned(knowledge, case, clearance, band, wishes)


def irritability(knowledge: Knowledge, view: Columns, wishes: Wishes) -> Irritability | None:
    """The clinician's choice, else the first band the answers meet; None while they do not tell."""
    bands = knowledge.load.irritabilities
    if wishes.irritability:
        return next((band for band in bands if band.id == wishes.irritability), None)
    return next((band for band in bands if knowledge.criterion(band.when).presence(view) is Presence.PRESENT), None)


def _forbids(knowledge: Knowledge, view: Columns, wishes: Wishes) -> Iterator[Reason]:
    """Everything that forbids a plan whatever else is known; the most urgent first."""
    if wishes.urgency > Urgency.ROUTINE:
        yield Reason("A red flag is open: it is acted on, and a clinician lowers its urgency, before anybody runs.")
    for stop in knowledge.load.stops:
        if wishes.condition not in stop.unless and knowledge.criterion(stop.when).presence(view) is Presence.PRESENT:
            yield Reason(stop.says, stop.cite, stop.status)
    clearance = knowledge.load.clearances.get(wishes.condition or "")
    if wishes.condition is None:
        yield Reason("No condition has been decided: the plan follows the diagnosis a clinician signs.")
    elif clearance is None:
        yield Reason("The knowledge holds no rule for running with this condition.")
    elif clearance.running in ("specialist-only", "other-exercise"):
        yield Reason(clearance.says, clearance.cite, clearance.status)
    elif (early := _too_early(clearance, wishes)) is not None:
        yield Reason(early, clearance.cite, clearance.status)


def _too_early(clearance: Clearance, wishes: Wishes) -> str | None:
    wait = next((wait for wait in clearance.wait if wait.id == wishes.wait), None)
    if wait is None or wishes.off_since is None:
        return None
    first = wishes.off_since + timedelta(weeks=wait.weeks_from)
    if wishes.start >= first:
        return None
    off = (wishes.start - wishes.off_since).days // 7
    return f"Too early: {wait.title.lower()} needs at least {wait.weeks_from:g} weeks off running, and there are {off}."


def _confirmed(knowledge: Knowledge, view: Columns, id: str, when: str | None, wishes: Wishes) -> bool:
    """By a clinician, or by the answers; an answer that says the opposite is not overruled by a tick."""
    told = knowledge.criterion(when).presence(view) if when else Presence.UNKNOWN
    return told is Presence.PRESENT or (told is Presence.UNKNOWN and id in wishes.cleared)


def _missing(
    knowledge: Knowledge, view: Columns, clearance: Clearance, band: Irritability | None, wanted: Wishes
) -> Iterator[str]:
    if clearance.wait and wanted.wait not in {wait.id for wait in clearance.wait}:
        yield "wait"  # also a grade of another injury, left over from another condition
    if clearance.wait and wanted.off_since is None:
        yield "off_since"
    if clearance.running == "within-pain-rule":
        if band is None:
            calm = knowledge.load.irritabilities[-1]
            yield from knowledge.criterion(calm.when).because(view) or ("irritability",)
        if wanted.runs_now is None:
            yield "run_status"
    for name in ("usual_longest_km", "usual_weekly_km", "usual_sessions"):
        if not getattr(wanted, name):
            yield ASKED[name]
    if band and not starts_with_walking(clearance, band, wanted) and not wanted.recent_longest_km:
        yield "recent_longest_km"


def starts_with_walking(clearance: Clearance, band: Irritability | None, wanted: Wishes) -> bool:
    """Whether the way back goes through the run-walk stages."""
    return clearance.running == "run-walk" or wanted.runs_now is False or bool(band and band.pause_days_to)


def _planned(
    knowledge: Knowledge,
    case: Case,
    clearance: Clearance,
    band: Irritability | None,
    wanted: Wishes,
) -> Plan:
    within = clearance.running == "within-pain-rule"
    band = band if within else None
    cut = _within(wanted.cut, band.cut_from, band.cut_to) if band else 0.0
    walking = starts_with_walking(clearance, band, wanted)
    pause = round(_within(wanted.pause_days, band.pause_days_from, band.pause_days_to)) if band else 0
    first = wanted.start + timedelta(days=pause)
    hard_at_once = bool(band and band.hard_sessions and clearance.hard_sessions and not walking)
    load = Load.of(knowledge.load, wanted, hard_at_once)
    weeks, complete, missing = (
        run_walk_weeks(load, first) if walking else run_weeks(load, first, cut, wanted.recent_longest_km)
    )
    notes = (Reason(clearance.says, clearance.cite, clearance.status), *_notes(clearance, band, wanted, load))
    route: Literal["run", "run-walk"] = "run-walk" if walking else "run"
    until, race = first if pause else None, _race(case, wanted.race_day, weeks)
    return Plan(route, wanted.start, until, band, cut, weeks, complete, notes, missing, race)


def _within(wanted: float | None, least: float, most: float) -> float:
    """The wish inside its range; without one the careful end."""
    return most if wanted is None else min(max(wanted, least), most)


def _notes(clearance: Clearance, band: Irritability | None, wanted: Wishes, load: Load) -> Iterator[Reason]:
    if band:
        yield Reason(f"{band.title} irritability: {band.says}", band.cite, band.status)
    if load.doubt:
        yield Reason(load.doubt)
    if not clearance.hard_sessions:
        yield Reason("Hills and speed wait for the clinician's word with this condition.")
    if wanted.usual_hard is None and clearance.hard_sessions:
        yield Reason("How many hard sessions were usual is not known: add hills and speed last, one session at a time.")
    wait = next((wait for wait in clearance.wait if wait.id == wanted.wait), None)
    if wait and wanted.off_since and wanted.start < wanted.off_since + timedelta(weeks=wait.weeks_to):
        yield Reason(
            f"The sources give {wait.weeks_from:g} to {wait.weeks_to:g} weeks off; this start is before the longer.",
            clearance.cite,
            clearance.status,
        )


def _race(case: Case, race_day: date | None, weeks: Sequence[Week]) -> Race | None:
    """The goal race, when its day is known and is not before the plan begins."""
    race = case.answers.get("goal_race")
    if race_day is None or race in (None, "none") or race_day < weeks[0].first_day:
        return None
    runs = [session.km for week in weeks for session in week.sessions if session.day < race_day and session.km]
    ends = weeks[-1].sessions[-1].day
    return Race(race_day, ends < race_day, max(runs, default=None), RACES.get(str(race)))
