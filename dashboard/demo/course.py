"""How an invented episode goes on: who gets better and how fast, who is seen again, and what they answer then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from dashboard.clinical.answers import shown
from dashboard.clinical.knowledge import Knowledge
from dashboard.demo import presentations
from dashboard.demo.dice import Dice
from dashboard.demo.histories import Answers, disability, draw, examination, history
from dashboard.demo.made_up import made_up
from dashboard.demo.runners import Runner
from dashboard.entry import thawed

STILL_IN_PAIN = 3.0
"""Pain from which someone comes again."""
ENOUGH = {"conservative_weeks": 6, "pain_duration_days": 91, "odi_percent": 20, "age_years": 18}
"""The least of each before anyone prepares an orthobiologic discussion."""


@dataclass(frozen=True)
class Contact:
    """One time answers are taken: the intake, the examination at its review, or being seen again."""

    weeks: float
    answers: Answers = field(hash=False)


@dataclass(frozen=True)
class Course:
    """An invented episode before anyone in the clinic has said anything about it."""

    number: int
    runner: Runner
    cause: str
    submitted_at: datetime
    entered: Answers = field(hash=False)
    contacts: tuple[Contact, ...]
    """The intake first; the second is the examination at its review if ``examined``."""
    examined: bool
    waiting: bool
    """Nobody has looked at it yet."""
    ends_before: datetime | None
    """When the same runner's next episode begins."""
    lasting: float
    """Share of the pain that never goes."""
    half_life_weeks: float

    def pain_share(self, weeks: float) -> float:
        """The share of the first pain that is left after some weeks."""
        return self.lasting + (1 - self.lasting) * float(0.5 ** (weeks / self.half_life_weeks))


def take_course(
    dice: Dice,
    number: int,
    runner: Runner,
    cause: str,
    submitted_at: datetime,
    until: datetime,
    knowledge: Knowledge,
    waiting: bool = False,
    ends_before: datetime | None = None,
) -> Course:
    """An episode's answers from intake to the last time the runner is seen before ``until``."""
    told = presentations.told(cause)
    answers, entered = history(dice, runner, cause, submitted_at.date(), knowledge)
    lasting = dice.between(0, 0.08, 0.2) if dice.chance(told["recovers"]) else dice.between(0.5, 0.8, 1.0)
    half_life = dice.between(*told["recovery_half_life_weeks"])
    examined = not waiting and dice.chance(made_up("clinic")["intakes"]["examined"])
    course = Course(
        number=number,
        runner=runner,
        cause=cause,
        submitted_at=submitted_at,
        entered=entered,
        contacts=(Contact(0, answers),),
        examined=examined,
        waiting=waiting,
        ends_before=ends_before,
        lasting=lasting,
        half_life_weeks=half_life,
    )
    return course if waiting else _seen_again(dice, course, until, knowledge)


def _seen_again(dice: Dice, course: Course, until: datetime, knowledge: Knowledge) -> Course:
    contacts = [*course.contacts]
    if course.examined:
        found = examination(dice, course.cause, contacts[0].answers, knowledge)
        prepared = _prepared(dice, knowledge) if _wants_to_discuss(contacts[0].answers) else {}
        contacts.append(Contact(0, {**contacts[0].answers, **found, **prepared}))
    first = contacts[0].answers
    last_day = min(until, course.ends_before or until) - timedelta(days=10)
    for weeks in made_up("clinic")["again"]["weeks"]:
        at = course.submitted_at + timedelta(weeks=weeks)
        pain = max(first["nprs_back_now"], first["nprs_leg"]) * course.pain_share(weeks)
        if at > last_day or pain < STILL_IN_PAIN or not dice.chance(made_up("clinic")["again"]["comes"]):
            break
        contacts.append(Contact(weeks, _answers_again(dice, course, contacts[-1].answers, weeks, knowledge)))
    return replace(course, contacts=tuple(contacts))


def _answers_again(
    dice: Dice, course: Course, before: Mapping[str, Any], weeks: float, knowledge: Knowledge
) -> Answers:
    """What has changed since the intake, laid over what was answered before."""
    first, share = course.contacts[0].answers, course.pain_share(weeks)
    now = {item: round(first[item] * share) for item in ("nprs_back_now", "nprs_leg")}
    better = share < 0.6
    tried = [code for code in before["prior_treatment"] if code != "none"]
    treatments = [option.code for option in knowledge.items["prior_treatment"].options]
    answers: Answers = {
        **before,
        **now,
        **disability(dice, max(now.values())),
        "nprs_worst": min(10, max(now.values()) + 2),
        "pain_duration_days": float(round(first["pain_duration_days"] + 7 * weeks)),
        "pain_course": "better" if better else dice.pick({"same": 85, "worse": 15}),
        "prior_treatment": sorted({*tried, "exercise", "physical_therapy"}, key=treatments.index),
        "conservative_weeks": float(min(104, first.get("conservative_weeks", 0) + weeks - 1)),
        "no_improvement_weeks": 0.0 if better else float(min(104, round(first["no_improvement_weeks"] + weeks - 2))),
    }
    if weeks >= 14 and dice.chance(0.75):
        answers |= _picture(dice, course, before, knowledge)
    if _wants_to_discuss(answers):
        answers |= _prepared(dice, knowledge)
    return _asked(answers, knowledge)


def _picture(dice: Dice, course: Course, before: Mapping[str, Any], knowledge: Knowledge) -> Answers:
    taken = {code for code in before["imaging_done"] if code != "none"} | {"mri"}
    order = [option.code for option in knowledge.items["imaging_done"].options]
    seen = presentations.told(course.cause)["imaging_findings"]
    return {
        "imaging_done": sorted(taken, key=order.index),
        "imaging_findings": draw(dice, knowledge.items["imaging_findings"], seen),
    }


def _prepared(dice: Dice, knowledge: Knowledge) -> Answers:
    """What a clinician has entered before the discussion: every question is answered."""
    gate = made_up("clinic")["gate"]
    return {item: draw(dice, knowledge.items[item], spec, not_known=0) for item, spec in gate.items()}


def _wants_to_discuss(answers: Mapping[str, Any]) -> bool:
    """Whether a clinician now prepares an orthobiologic discussion: asked for, after a picture and enough care."""
    return (
        answers.get("biologic_interest") in ("curious", "wants")
        and "mri" in answers["imaging_done"]
        and all((answers.get(item) or 0) >= least for item, least in ENOUGH.items())
        and max(answers["nprs_back_now"], answers["nprs_leg"]) > STILL_IN_PAIN
    )


def _asked(answers: Answers, knowledge: Knowledge) -> Answers:
    """Without the answers of questions that are no longer asked."""
    asked = shown(knowledge, {item: thawed(answer) for item, answer in answers.items()})
    return {item: answer for item, answer in answers.items() if item in asked}
