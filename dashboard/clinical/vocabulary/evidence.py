"""What speaks for what: findings, conditions, weights of evidence with their groups, and the sources of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from dashboard.clinical.vocabulary.case import Status


@dataclass(frozen=True)
class Citation:
    """A source: enough to find it, and what was seen of it."""

    id: str
    text: str
    year: int | None = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    url: str | None = None
    status: Status = "to-check"
    note: str = ""


@dataclass(frozen=True)
class Finding:
    """A three-valued clinical fact: present when ``present`` is met, absent when ``absent`` is met.

    Without ``absent`` it is absent exactly when ``present`` is not met; otherwise it is unknown.
    """

    id: str
    title: str
    present: str
    absent: str | None = None
    asked_by: Literal["history", "exam", "imaging", "laboratory"] = "history"
    note: str = ""


@dataclass(frozen=True)
class Evidence:
    """One finding's likelihood ratios for one condition."""

    finding: str
    group: str
    cite: tuple[str, ...]
    status: Status
    use: Literal["score", "display-only", "do-not-code", "calibration-check", "alternative", "definitive", "rule"]
    """Only "score" moves the probability; the others are carried and shown with the reason in ``note``."""
    present: float | None = None
    """Likelihood ratio applied when the finding is present (the shrunk value)."""
    absent: float | None = None
    """Likelihood ratio applied when the finding is absent (the shrunk value)."""
    published_present: str = ""
    published_absent: str = ""
    """The literature's own values, as printed, shown beside the shrunk ones."""
    population: str = ""
    note: str = ""


@dataclass(frozen=True)
class Group:
    """Correlated findings that speak once.

    rule "strongest": the strongest single weight for and the strongest against, or the one strongest;
    "for-and-against": strongest positive plus strongest negative; "count": ``table[k]`` is the likelihood
    ratio when k members are present; "capped-sum": members add up between ``floor`` and ``cap``;
    "single": members may not meet (one member only).
    """

    id: str
    title: str
    rule: Literal["strongest", "for-and-against", "count", "capped-sum", "single"]
    says: str
    table: tuple[float | None, ...] = ()
    """Likelihood ratio by count; the last entry also serves every higher count; None: the member's own."""
    members: tuple[str, ...] = ()
    """For "count": the findings counted, in order."""
    exponent: float = 1.0
    cap: float | None = None
    floor: float | None = None
    family: str | None = None
    cite: tuple[str, ...] = ()
    status: Status = "expert"


@dataclass(frozen=True)
class Family:
    """Groups whose weights together stay between a floor and a cap."""

    id: str
    title: str
    cap: float
    floor: float
    says: str
    cite: tuple[str, ...] = ()
    status: Status = "expert"


@dataclass(frozen=True)
class PriorModifier:
    """A runner-specific multiplier of the pre-test probability, applied when its criterion is met."""

    id: str
    title: str
    when: str
    multiply: Mapping[str, float]
    """Multiplier by condition id."""
    cite: tuple[str, ...]
    status: Status
    excludes: tuple[str, ...] = ()
    """Modifiers this one replaces (two REDs factors replace one)."""


@dataclass(frozen=True)
class Condition:
    """A candidate explanation of the pain, or (``kind = "syndrome"``) the parent of several."""

    id: str
    title: str
    kind: Literal["condition", "syndrome"]
    plain: str
    """One or two sentences a patient would understand."""
    parent: str | None = None
    residual: bool = False
    """True for the one condition that gains only as others lose: it has no evidence of its own."""
    serious: bool = False
    aliases: tuple[str, ...] = ()
    icd10: tuple[str, ...] = ()
    prior: Mapping[str, float] = field(default_factory=dict)
    """Pre-test probability by age band id, before sex and runner multipliers."""
    sex: Mapping[str, float] = field(default_factory=dict)
    """Multiplier by sex at birth: {"male": 1.1, "female": 0.9}; other answers multiply by 1."""
    prior_cite: tuple[str, ...] = ()
    prior_status: Status = "expert"
    present: str | None = None
    """A syndrome's own criterion."""
    evidence: tuple[Evidence, ...] = ()
    notes: tuple[str, ...] = ()
