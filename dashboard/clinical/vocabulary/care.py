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
