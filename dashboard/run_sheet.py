"""The runner's return-to-run sheet: the plan as the words of one printed page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from dashboard import run_words
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.run_plan import Plan

MOST_PRINTED = 26
"""Weeks on one page; what follows is printed at a later review."""
DayWords = Callable[[date], str]


def content(knowledge: Knowledge, plan: Plan, unit: str, day: DayWords, name: str, clinician: str) -> dict[str, Any]:
    """What the template "return_to_run" prints; without a name the sheet is nobody's."""
    return {
        "title": "Your plan back to running",
        "below": " · ".join(filter(None, [name, f"Starts {day(plan.start)}", run_words.route(plan)])),
        **_rule(knowledge),
        **_first(plan, day),
        "weeks_title": "Week by week",
        "weeks_head": ["Week", "From", "What to do", "Longest run", "In all"],
        "weeks": _weeks(plan, unit, day),
        "after": _after(plan, knowledge, unit),
        "broken_title": "If the pain rule is broken",
        "broken": list(knowledge.load.said("broken-rule")),
        "notes_title": "Good to know",
        "notes": [_cap(knowledge), *knowledge.load.said("good-to-know"), *_race(plan, unit, day)],
        "stop": knowledge.safety_net,
        "made": f"Made from your clinician's plan{f' ({clinician})' if clinician else ''}, not a diagnosis. "
        "Distances are rounded down. How well this plan works for back pain has not been studied; its sources are in "
        f"the clinic's knowledge, version {knowledge.version}.",
        "foot": f"Backstride · knowledge {knowledge.version} · {knowledge.sha256[:12]}",
    }


def _rule(knowledge: Knowledge) -> dict[str, Any]:
    hours = knowledge.load.number("settle_hours")
    return {
        "rule_title": "Your pain rule: how much the back or leg hurts during the run",
        "rule_head": ["Pain", "What to do"],
        "rule": [[band.title, band.says] for band in knowledge.load.pain_bands],
        "settles": f"After every run: pain is back to what it was before within {hours:g} hours.",
    }


def _first(plan: Plan, day: DayWords) -> dict[str, Any]:
    if plan.pause_until is None:
        return {"first_title": "", "first": []}
    days = (plan.pause_until - plan.start).days
    told = (
        f"{days} days without running, from {day(plan.start)}: bike, pool or walking, as long as it stays comfortable."
    )
    return {"first_title": "First", "first": [told, f"Then week 1 begins on {day(plan.pause_until)}."]}


def _weeks(plan: Plan, unit: str, day: DayWords) -> list[list[str]]:
    return [
        [
            str(week.number),
            day(week.first_day),
            run_words.sessions(week, unit),
            run_words.longest(week, unit),
            run_words.total(week, unit),
        ]
        for week in plan.weeks[:MOST_PRINTED]
    ]


def _after(plan: Plan, knowledge: Knowledge, unit: str) -> str:
    if len(plan.weeks) > MOST_PRINTED:
        return f"The plan goes on to week {len(plan.weeks)}; ask for the rest at your next review."
    if "pace_min_per_km" in plan.missing:
        return "Tell the clinic your easy pace: the plan then goes on to your usual longest run."
    if not plan.complete:
        return "Your usual running is further than this plan reaches; it is looked at again at your review."
    usual = run_words.distance(plan.weeks[-1].longest_km, unit)
    return f"At the end of week {plan.weeks[-1].number} you are back at your usual running (longest run {usual})."


def _cap(knowledge: Knowledge) -> str:
    growth = 100 * knowledge.load.number("longest_run_growth")
    window = knowledge.load.number("longest_run_window_days")
    return (
        f"No single run should be more than {growth:g} % longer than your longest run of the {window:g} days before "
        "it. That matters more than the weekly total."
    )


def _race(plan: Plan, unit: str, day: DayWords) -> Sequence[str]:
    race = plan.race
    if race is None:
        return []
    if race.in_time:
        return [f"Your race on {day(race.day)} is after the end of the plan."]
    reached = run_words.distance(race.longest_km, unit)
    beside = f", the race is {run_words.distance(race.distance_km, unit)}" if race.distance_km else ""
    return [f"Your race on {day(race.day)} comes before the end of the plan: longest run by then {reached}{beside}."]
