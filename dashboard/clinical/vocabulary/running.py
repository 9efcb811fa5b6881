"""How running is taken up again: pain bands, irritability, run-walk stages, what must be true first, what forbids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from dashboard.clinical.vocabulary.case import Status


@dataclass(frozen=True)
class LoadNumber:
    """One number of the load rules, with its own source."""

    id: str
    value: float
    unit: str
    says: str
    cite: tuple[str, ...]
    status: Status


@dataclass(frozen=True)
class PainBand:
    """What a rating of pain during a run means for that run; from ``at_least`` up to the next band."""

    id: str
    title: str
    at_least: int
    says: str
    cite: tuple[str, ...]
    status: Status


@dataclass(frozen=True)
class Irritability:
    """How easily the pain is stirred up, and how much of the load is taken off at first."""

    id: str
    title: str
    when: str
    """Criterion. Bands are read in the order of the file; the first that is met counts."""
    cut_from: float
    cut_to: float
    """Shares of the usual load, 0 to 1."""
    says: str
    cite: tuple[str, ...]
    status: Status
    hard_sessions: bool = True
    """False: hills and speed are left out at first."""
    pause_days_from: int = 0
    pause_days_to: int = 0
    """Days of cross-training without running; 0: none."""


@dataclass(frozen=True)
class RunStage:
    """One stage of the graded run-walk: minutes run and walked, and how often over."""

    id: str
    run_minutes: float
    walk_minutes: float
    repeats: int
    says: str
    cite: tuple[str, ...]
    status: Status

    @property
    def running(self) -> float:
        """Minutes run in the whole session."""
        return self.run_minutes * self.repeats

    @property
    def length(self) -> float:
        """Minutes of the whole session, run and walked."""
        return (self.run_minutes + self.walk_minutes) * self.repeats


@dataclass(frozen=True)
class ClearancePoint:
    """One thing that must be true before the first run; with ``when`` the answers can say so, else a clinician does."""

    id: str
    says: str
    when: str | None = None


@dataclass(frozen=True)
class Wait:
    """How many weeks without running one grade of injury needs."""

    id: str
    title: str
    weeks_from: float
    weeks_to: float


@dataclass(frozen=True)
class Clearance:
    """Whether and how somebody with a condition may run."""

    condition: str
    running: Literal["within-pain-rule", "run-walk", "other-exercise", "specialist-only"]
    says: str
    cite: tuple[str, ...]
    status: Status
    point: tuple[ClearancePoint, ...] = ()
    wait: tuple[Wait, ...] = ()
    bone_stress: bool = False
    hard_sessions: bool = True


@dataclass(frozen=True)
class RunStop:
    """What forbids running whatever the condition, except for the conditions that have an entry of their own for it."""

    id: str
    when: str
    says: str
    cite: tuple[str, ...]
    status: Status
    unless: tuple[str, ...] = ()


@dataclass(frozen=True)
class RunAdvice:
    """One sentence for the runner: what to do when the pain rule is broken, or what is good to know."""

    id: str
    about: Literal["broken-rule", "good-to-know"]
    says: str
    cite: tuple[str, ...]
    status: Status


@dataclass(frozen=True)
class LoadRules:
    """Everything the knowledge says of taking up running again; all empty in a knowledge that says nothing of it."""

    numbers: Mapping[str, LoadNumber]
    pain_bands: tuple[PainBand, ...]
    irritabilities: tuple[Irritability, ...]
    stages: tuple[RunStage, ...]
    clearances: Mapping[str, Clearance]
    stops: tuple[RunStop, ...]
    advice: tuple[RunAdvice, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to plan by."""
        return bool(self.stages)

    def number(self, id: str) -> float:
        """The value of one number."""
        return self.numbers[id].value

    def said(self, about: str) -> tuple[str, ...]:
        """The sentences for the runner about one thing."""
        return tuple(advice.says for advice in self.advice if advice.about == about)
