"""The weeks of a return to running: stages first, then longer runs, then more of them, then hills and speed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from dashboard.clinical.run_plan import Kind, Phase, Session, Week, Wishes
from dashboard.clinical.vocabulary import LoadRules, RunStage

MOST_WEEKS = 78
"""A plan longer than this is not printed; it says that it is not complete."""
NEAR = 1e-9
Weeks = tuple[tuple[Week, ...], bool, tuple[str, ...]]
"""The weeks, whether they reach the usual running, and what is missing to go on."""


@dataclass(frozen=True)
class Load:
    """The usual running to return to, in kilometres, and how fast load may come back."""

    longest: float
    easy: float
    """An ordinary run beside the longest one."""
    sessions: int
    hard: int
    pace: float | None
    stages: tuple[RunStage, ...]
    growth: float
    successes: int
    first_sessions: int
    sessions_added: int
    hard_added: int
    hard_at_once: bool
    doubt: str = ""

    @classmethod
    def of(cls, rules: LoadRules, wanted: Wishes, hard_at_once: bool) -> Load:
        """The load of somebody's usual week; answers that do not fit together are said in ``doubt``."""
        longest, weekly = float(wanted.usual_longest_km or 0), float(wanted.usual_weekly_km or 0)
        sessions = int(wanted.usual_sessions or 0)
        beside = max((weekly - longest) / (sessions - 1), 0.0) if sessions > 1 else 0.0
        easy, doubt = beside, ""
        if beside > longest:
            easy = longest
            doubt = "The weekly distance is more than that many runs of the longest length: check the answers."
        elif weekly < longest:
            doubt = "The weekly distance is less than the longest run: check the answers."
        return cls(
            longest=longest,
            easy=easy,
            sessions=sessions if easy else 1,
            hard=min(int(wanted.usual_hard or 0), sessions - 1 if easy else 0),
            pace=wanted.pace_min_per_km or None,
            stages=rules.stages,
            growth=rules.number("longest_run_growth"),
            successes=round(rules.number("stage_successes")),
            first_sessions=round(rules.number("first_sessions_a_week")),
            sessions_added=round(rules.number("sessions_added_a_week")),
            hard_added=round(rules.number("hard_sessions_added_a_week")),
            hard_at_once=hard_at_once,
            doubt=doubt,
        )


@dataclass(frozen=True)
class Step:
    """One week's amounts, in kilometres and sessions."""

    longest: float
    easy: float
    sessions: int
    hard: int

    def after(self, load: Load) -> tuple[Step, Phase]:
        """The next week: longer runs before more runs before harder ones."""
        more = 1 + load.growth
        if self.longest < load.longest - NEAR or self.easy < load.easy - NEAR:
            longer = min(self.longest * more, load.longest)
            return Step(longer, min(self.easy * more, load.easy, longer), self.sessions, self.hard), "time"
        if self.sessions < load.sessions:
            sessions = min(self.sessions + load.sessions_added, load.sessions)
            return Step(self.longest, self.easy, sessions, self.hard), "frequency"
        if self.hard < load.hard:
            hard = min(self.hard + load.hard_added, load.hard)
            return Step(self.longest, self.easy, self.sessions, hard), "hills-and-speed"
        return self, "usual"


def run_weeks(load: Load, first: date, cut: float, recent: float | None = None) -> Weeks:
    """Running goes on with a share taken off, and grows back."""
    longest = load.longest * (1 - cut)
    if recent:
        longest = min(longest, recent * (1 + load.growth))
    hard = load.hard if load.hard_at_once else 0
    begin = Step(longest, min(load.easy * (1 - cut), longest), load.sessions, hard)
    return _grown(load, first, begin, 1, (), "usual" if begin.after(load)[1] == "usual" else "time")


def run_walk_weeks(load: Load, first: date) -> Weeks:
    """The run-walk stages on alternate days, then growth to the usual running if a pace tells how far that is."""
    weekly = min(load.first_sessions, load.sessions)
    staged = _staged(load)
    weeks = []
    for number in count(1):
        part = staged[(number - 1) * weekly : number * weekly]
        if not part:
            break
        begin = first + timedelta(weeks=number - 1)
        sessions = tuple(
            _stage_session(load, stage, day) for stage, day in zip(part, _days(begin, weekly), strict=False)
        )
        weeks.append(Week(number, begin, "stages", sessions))
    if load.pace is None:
        return tuple(weeks), False, ("pace_min_per_km",)
    reached = staged[-1].running / load.pace
    easy = min(load.easy, reached)
    begin_step = Step(min(reached, load.longest), easy, weekly if easy else 1, 0)
    after, phase = begin_step.after(load)
    start = first + timedelta(weeks=len(weeks))
    return _grown(load, start, after, len(weeks) + 1, tuple(weeks), phase)


def _staged(load: Load) -> list[RunStage]:
    """Each stage as often as it must succeed; none that runs longer than the usual longest run takes."""
    most = load.longest * load.pace if load.pace else None
    first = next(stage for stage in load.stages if stage.running)
    fitting = [s for s in load.stages if most is None or s.running <= max(most, first.running) + NEAR]
    return [stage for stage in fitting for _ in range(load.successes)]


def _stage_session(load: Load, stage: RunStage, day: date) -> Session:
    kind: Kind = "walk" if not stage.running else "easy" if not stage.walk_minutes else "run-walk"
    km = stage.running / load.pace if load.pace and stage.running else None
    return Session(day, kind, stage.length, stage.running, km, f"{stage.id}: {stage.says}")


def _grown(load: Load, first: date, step: Step, number: int, before: tuple[Week, ...], phase: Phase = "time") -> Weeks:
    """Weeks from a step up to the usual week, each a week after the last."""
    weeks = list(before)
    begin = first
    while len(weeks) < MOST_WEEKS:
        weeks.append(_week(load, step, number, begin, phase))
        step, phase = step.after(load)
        number, begin = number + 1, begin + timedelta(days=7)
        if phase == "usual":
            return tuple(weeks), True, ()
    return tuple(weeks), False, ()


def _week(load: Load, step: Step, number: int, begin: date, phase: Phase) -> Week:
    days = _days(begin, step.sessions)
    kinds: list[Kind] = ["easy"] * step.sessions
    for place in [*range(1, step.sessions - 1, 2), *range(0, step.sessions - 1, 2)][: step.hard]:
        kinds[place] = "hard"
    kinds[-1] = "long"
    lengths = [step.longest if place == step.sessions - 1 else step.easy for place in range(step.sessions)]
    sessions = tuple(_run(load, day, kind, km) for day, kind, km in zip(days, kinds, lengths, strict=True))
    return Week(number, begin, phase, sessions, step.longest)


def _run(load: Load, day: date, kind: Kind, km: float) -> Session:
    minutes = km * load.pace if load.pace else None
    return Session(day, kind, minutes, minutes, km)


def _days(begin: date, sessions: int) -> list[date]:
    """Days of a week with the sessions spread over it."""
    return [begin + timedelta(days=7 * place // sessions) for place in range(sessions)]
