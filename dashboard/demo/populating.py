"""Which invented runner comes when and with what: everybody once, many again, a few waiting today."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from dashboard.clinical.knowledge import Knowledge
from dashboard.demo.calendar import intake_moments
from dashboard.demo.course import Course, take_course
from dashboard.demo.dice import Dice
from dashboard.demo.histories import hidden_cause
from dashboard.demo.made_up import made_up
from dashboard.demo.runners import Runner

APART = timedelta(days=120)
"""How far apart two episodes of one runner begin, at the least."""
Visit = tuple[datetime, Runner, str | None]
"""When, who, and the hidden cause if it is already settled."""


def take_courses(
    seed: int,
    runners: Sequence[Runner],
    size: int,
    until: datetime,
    knowledge: Knowledge,
    tell: Callable[[float, str], None],
) -> list[Course]:
    """About ``size`` episodes, oldest first, numbered from 1."""
    visits = _visits(seed, runners, size, until)
    causes: dict[int, str] = {}
    courses = []
    for number, (at, runner, settled) in enumerate(visits, 1):
        if number % 50 == 1:
            tell(0.02 + 0.23 * number / len(visits), f"Taking histories: {number} of {len(visits)}")
        dice = Dice(seed, "episode", number)
        cause = settled or _cause(dice, runner, at, causes, knowledge)
        causes[runner.number] = cause
        waiting = settled is not None
        again = _next_visit(visits, number, runner)
        courses.append(take_course(dice, number, runner, cause, at, until, knowledge, waiting, again))
    return courses


def _cause(dice: Dice, runner: Runner, at: datetime, causes: dict[int, str], knowledge: Knowledge) -> str:
    """Often what it was the last time, else drawn anew."""
    before = causes.get(runner.number)
    if before and dice.chance(made_up("clinic")["intakes"]["same_cause_again"]):
        return before
    return hidden_cause(dice, runner, at.date(), knowledge)


def _next_visit(visits: Sequence[Visit], number: int, runner: Runner) -> datetime | None:
    return next((at for at, other, _ in visits[number:] if other is runner), None)


def _visits(seed: int, runners: Sequence[Runner], size: int, until: datetime) -> list[Visit]:
    """Every runner once, then runners again as long as there is room between their episodes, then today's."""
    dice = Dice(seed, "visits")
    waiting = _waiting(dice, runners, until)
    moments = intake_moments(Dice(seed, "moments"), size - len(waiting), until.date())
    order = dice.sample(moments, len(moments))
    taken: dict[int, list[datetime]] = {runner.number: [at] for at, runner, _ in waiting}
    fresh = [runner for runner in runners if runner.number not in taken]
    visits: list[Visit] = [(at, runner, None) for at, runner in zip(order, fresh, strict=False)]
    for at, runner, _ in visits:
        taken.setdefault(runner.number, []).append(at)
    for at in order[len(visits) :]:
        if (again := _with_room(dice, runners, taken, at)) is not None:
            taken[again.number].append(at)
            visits.append((at, again, None))
    return sorted([*visits, *waiting], key=lambda visit: (visit[0], visit[1].number))


def _with_room(dice: Dice, runners: Sequence[Runner], taken: dict[int, list[datetime]], at: datetime) -> Runner | None:
    for runner in dice.sample(runners, min(12, len(runners))):
        if all(abs(at - other) >= APART for other in taken[runner.number]):
            return runner
    return None


def _waiting(dice: Dice, runners: Sequence[Runner], until: datetime) -> list[Visit]:
    """Today's: one for each cause that has to be there, of a runner who could have it."""
    visits: list[Visit] = []
    for cause, hours in made_up("clinic")["waiting"].items():
        able = (r for r in dice.sample(runners, len(runners)) if _could_be(r, cause, until, visits))
        if (who := next(able, None)) is not None:
            visits.append((until - timedelta(hours=hours), who, cause))
    return visits


def _could_be(runner: Runner, cause: str, until: datetime, visits: list[Visit]) -> bool:
    age = runner.age_on(until.date())
    young = cause == "spondylolysis_pars_stress"
    fits = age < 25 if young else 20 <= age < 50
    return runner.runs == "yes" and fits and all(runner is not other for _, other, _ in visits)
