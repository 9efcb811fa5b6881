"""What is done: red flags, the ladder of care, gates, contraindications, orthobiologics, advice and instruments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from dashboard.clinical.vocabulary.case import Status, Urgency


@dataclass(frozen=True)
class Clause:
    """One way a red-flag rule fires, and the urgency it then sets."""

    when: str
    urgency: Urgency
    says: str


@dataclass(frozen=True)
class RedFlag:
    """A rule that sets the urgency whatever the differential says."""

    id: str
    title: str
    clauses: tuple[Clause, ...]
    action: str
    cite: tuple[str, ...]
    status: Status
    blocks_biologics: bool = True
    note: str = ""
    suspects: tuple[str, ...] = ()
    """Condition ids the rule is there to find: named first, ahead of any ranking, while it is open above routine."""


@dataclass(frozen=True)
class Content:
    """One thing a step of care consists of, with its honest grade (A strong ... D expert, X do not use)."""

    text: str
    grade: str
    cite: tuple[str, ...] = ()
    status: Status = "to-check"
    dose: str = ""


@dataclass(frozen=True)
class Step:
    """One rung of the ladder of care."""

    id: str
    rank: int
    title: str
    entry: str
    """Criterion: the rung is reached when it is met (and every lower rung's ``leave`` allows it)."""
    entry_says: str
    exit_up: str = ""
    exit_up_says: str = ""
    exit_down_says: str = ""
    minimum_weeks: float | None = None
    review_weeks: tuple[float, ...] = ()
    content: tuple[Content, ...] = ()
    cite: tuple[str, ...] = ()
    status: Status = "to-check"


@dataclass(frozen=True)
class ConditionPathway:
    """What each rung holds for one condition, and where its entry differs from the general ladder."""

    condition: str
    summary: str
    entry: Mapping[str, str] = field(default_factory=dict)
    """Step id -> criterion replacing the general entry."""
    entry_says: Mapping[str, str] = field(default_factory=dict)
    content: Mapping[str, tuple[Content, ...]] = field(default_factory=dict)
    imaging: str = ""
    return_to_run: str = ""
    referral: str = ""
    cite: tuple[str, ...] = ()
    status: Status = "to-check"


@dataclass(frozen=True)
class ImagingRule:
    """When a picture is, or is usually not, appropriate."""

    id: str
    scenario: str
    when: str
    first_test: str
    appropriate: bool
    says: str
    cite: tuple[str, ...]
    status: Status


@dataclass(frozen=True)
class Gate:
    """What must be true before the orthobiologic discussion opens."""

    id: str
    title: str
    met: str
    """Criterion. Met opens the gate, not met and unknown keep it shut."""
    says: str
    cite: tuple[str, ...]
    status: Status
    applies_to: tuple[str, ...] = ()
    """Condition ids; empty: every condition."""


@dataclass(frozen=True)
class Contraindication:
    """What forbids (absolute) or speaks against (relative) an orthobiologic procedure."""

    id: str
    title: str
    when: str
    kind: Literal["absolute", "relative"]
    says: str
    cite: tuple[str, ...]
    status: Status


@dataclass(frozen=True)
class Trial:
    """One study, with which way it pointed."""

    text: str
    direction: Literal["positive", "negative", "neutral", "uncontrolled"]
    cite: tuple[str, ...]
    status: Status


@dataclass(frozen=True)
class OrthobiologicOption:
    """What may be said of one procedure for one condition."""

    condition: str
    procedure: str
    kind: Literal["prp", "stem-cell"]
    offered: bool
    """False: the evidence table refuses it, and it is never offered."""
    grade: str
    stance: str
    trials: tuple[Trial, ...] = ()
    minimum_days: float | None = None
    cite: tuple[str, ...] = ()
    status: Status = "to-check"


@dataclass(frozen=True)
class Advice:
    """One piece of prevention or lifestyle advice with its honest grade."""

    id: str
    topic: str
    claim: str
    evidence: str
    grade: str
    wording: str
    cite: tuple[str, ...] = ()
    status: Status = "to-check"


ScoringMethod = Literal["sum", "mean", "percent", "scaled", "table"]
MissingRule = Literal["all-needed", "unticked-is-nought", "answered-only", "average-of-answered"]


@dataclass(frozen=True)
class Scoring:
    """How the items of an outcome measure make its total, and what an item without an answer does to it.

    sum · mean of the items answered · percent: of the most the items answered could give · scaled: the sum's own range
    stretched to the measure's · table: the sum looked up in a table its holder brings.
    all-needed: no total while one is missing · unticked-is-nought: once the sheet was gone through ·
    answered-only: the missing are left out · average-of-answered: each missing one counts as the mean of the others.
    """

    method: ScoringMethod
    missing: MissingRule
    items: int = 0
    """How many items it has; 0 where its forms differ."""
    lowest: float = 0
    highest: float = 0
    """The least and the most one item gives; both 0 where the items differ."""
    least_answered: int = 1
    """Fewer answered items than this give no total, whatever the rule."""
    round_up: bool = False
    """True where a sum that had missing items is raised to the next whole number."""
    cite: tuple[str, ...] = ()
    status: Status = "to-check"


@dataclass(frozen=True)
class RiskGroup:
    """A group that a total, and where it says so the measure's part too, puts a patient into; both ends included."""

    code: str
    total: tuple[float, float]
    part: tuple[float, float] | None = None


@dataclass(frozen=True)
class Instrument:
    """An outcome measure, of which only totals are kept."""

    id: str
    title: str
    minimum: float
    maximum: float
    unit: str
    better: Literal["lower", "higher"]
    minimal_important_change: float | None = None
    """Left out where no published change exists."""
    bands: tuple[tuple[float, str], ...] = ()
    licence: str = ""
    cite: tuple[str, ...] = ()
    status: Status = "to-check"
    taken_from: str = ""
    """The item of the intake that is this measure's value, else the derived value of its id; empty: not at intake."""
    scoring: Scoring | None = None
    """Left out where only a total is ever accepted."""
    part: str = ""
    """The measure that is a part of this one, scored from some of its items."""
    groups: tuple[RiskGroup, ...] = ()
    group_item: str = ""
    """The item that is answered by one of the groups."""
