"""What goes into a return-to-run plan and what comes out of it; distances in kilometres, lengths in minutes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from dashboard.clinical.vocabulary import ClearancePoint, Irritability, Status, Urgency, Wait

Kind = Literal["walk", "run-walk", "easy", "long", "hard"]
Phase = Literal["stages", "time", "frequency", "hills-and-speed", "usual"]
PHASES: tuple[Phase, ...] = ("stages", "time", "frequency", "hills-and-speed", "usual")
"""The order in which load comes back; a plan never goes back in it."""


@dataclass(frozen=True)
class Wishes:
    """What the clinician has decided or confirmed beyond the answers; None and empty: not said."""

    start: date
    condition: str | None = None
    """The condition decided, or None before a decision."""
    urgency: Urgency = Urgency.ROUTINE
    """As the episode stands, after any signed lowering."""
    recent_longest_km: float | None = None
    """The longest run of the window (30 days) before the start."""
    usual_longest_km: float | None = None
    usual_weekly_km: float | None = None
    usual_sessions: int | None = None
    usual_hard: int | None = None
    pace_min_per_km: float | None = None
    runs_now: bool | None = None
    irritability: str | None = None
    """Overrules the one read from the answers."""
    cut: float | None = None
    """Share taken off at first; without it the larger end of the irritability's range."""
    pause_days: int | None = None
    """Days of cross-training first; without it the longer end of the range."""
    cleared: frozenset[str] = frozenset()
    """Ids of clearance points a clinician confirms."""
    wait: str | None = None
    """Which grade of injury, where the time off depends on it."""
    off_since: date | None = None
    """The last day of impact."""
    race_day: date | None = None
    asked_on: date | None = None
    """When the history was taken; None: on the day of the start."""

    def with_(self, **changes: object) -> Wishes:
        """The same with changes."""
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Reason:
    """Why there is no plan, or what to know of one, with its source; the runner's own answers need none."""

    says: str
    cite: tuple[str, ...] = ()
    status: Status | None = None


@dataclass(frozen=True)
class Session:
    """One run (or walk) of the plan."""

    day: date
    kind: Kind
    minutes: float | None
    """Whole length with walking; None where only the distance is planned and no pace is known."""
    running: float | None
    """Minutes run."""
    km: float | None
    """Distance run; None for walking, and where no pace is known."""
    says: str = ""


@dataclass(frozen=True)
class Week:
    """Seven days of the plan."""

    number: int
    first_day: date
    phase: Phase
    sessions: tuple[Session, ...]
    longest_km: float | None = None
    """No run of the week is longer; None while the stages are in minutes."""

    @property
    def km(self) -> float | None:
        """Distance run in the week; None where it is not known."""
        parts = [session.km for session in self.sessions if session.kind != "walk"]
        return None if any(part is None for part in parts) else sum(part for part in parts if part)


@dataclass(frozen=True)
class NoPlan:
    """Why no plan is made: what forbids it, what is still to be confirmed, what is missing to know."""

    forbids: tuple[Reason, ...] = ()
    unconfirmed: tuple[ClearancePoint, ...] = ()
    missing: tuple[str, ...] = ()
    """Names of answers and wishes: item ids, else names of Wishes."""
    waits: tuple[Wait, ...] = ()
    """The grades to choose from when the time off is missing."""


@dataclass(frozen=True)
class Race:
    """The goal race seen from the plan: how far the longest run will have come by then."""

    day: date
    in_time: bool
    """Whether the plan has ended by then."""
    longest_km: float | None
    distance_km: float | None


@dataclass(frozen=True)
class Plan:
    """A plan, week by week."""

    route: Literal["run", "run-walk"]
    start: date
    pause_until: date | None
    """First day of running when cross-training comes first."""
    irritability: Irritability | None
    cut: float
    weeks: tuple[Week, ...]
    complete: bool
    """Whether it ends at the usual running."""
    notes: tuple[Reason, ...] = ()
    missing: tuple[str, ...] = ()
    """What would be needed to plan on."""
    race: Race | None = None

    @property
    def ends(self) -> date:
        """The last session's day."""
        return self.weeks[-1].sessions[-1].day
