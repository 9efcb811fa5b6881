"""The frozen nouns of the reasoning: what an answer, a finding, a condition, a rule and an assessment are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal

Status = Literal["source-seen", "to-check", "expert"]
"""How good a number is: seen in its source, still to be checked by a clinician, or expert opinion."""

ItemType = Literal[
    "flag", "choice", "choices", "sites", "integer", "decimal", "text", "mix", "grid", "activities"
]
Answer = str | int | float | tuple[str, ...] | Mapping[str, float] | tuple[tuple[str, int | None], ...]
"""A canonical answer, in SI units:
flag -> "yes" | "no" | "unknown"; choice -> option code; choices -> sorted-by-option codes;
sites -> "code" or "code:left" | "code:right" | "code:both"; integer, decimal -> number; text -> str;
mix -> {option code: per cent}, summing to 100; grid -> {"row.side": number};
activities -> ((activity, rating 0-10 or None), ...)."""


class Presence(IntEnum):
    """Three values. Kleene's logic on them is min (and), max (or) and minus (not)."""

    ABSENT = -1
    UNKNOWN = 0
    PRESENT = 1


class Urgency(IntEnum):
    """How soon someone must act; urgencies combine by maximum."""

    ROUTINE = 0
    URGENT = 1
    SAME_DAY = 2
    EMERGENCY = 3

    @property
    def code(self) -> str:
        """The word used in files and on the command line, such as ``same-day``."""
        return self.name.lower().replace("_", "-")

    @classmethod
    def of(cls, code: str) -> Urgency:
        """The urgency a code names; ValueError if there is none."""
        try:
            return cls[code.upper().replace("-", "_")]
        except KeyError:
            raise ValueError(f"no urgency is called {code!r}") from None


@dataclass(frozen=True)
class Case:
    """What is reasoned about: canonical answers by item id, with no name and no record number.

    An item that is not there, and one answered "unknown", are the same to the reasoning: unknown.
    """

    answers: Mapping[str, Answer]


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
class Option:
    """One possible answer of a choice; ``accepts`` are other spellings a case file may use."""

    code: str
    label: str
    accepts: tuple[str, ...] = ()
    exclusive: bool = False
    """True for "none of these": it cannot stand beside another option."""
    unknown: bool = False
    """True for "not done", "unsure": to the reasoning the same as no answer."""
    asked: bool = True
    """False for what only records say ("exact place not said"): read from files, not offered on the screen."""
    sided: bool = True
    """Of a place on the body: False in the middle of the body, where no side is asked."""
    leaves_open: tuple[str, ...] = ()
    """More exact options this one neither affirms nor excludes ("low back" says nothing of midline or side)."""


@dataclass(frozen=True)
class Row:
    """One row of a grid item, such as the L5 myotome."""

    code: str
    label: str
    accepts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """A part of the intake."""

    id: str
    letter: str
    title: str
    audience: Literal["staff", "clinician", "file"]
    """Who answers: staff at the desk, a clinician, or only case files and laboratory entries."""
    help: str = ""


@dataclass(frozen=True)
class Item:
    """A question of the intake."""

    id: str
    section: str
    wording: str
    type: ItemType
    why: str
    required: bool = False
    show_if: str | None = None
    """A criterion; the item is asked only when it is met. None: always asked."""
    options: tuple[Option, ...] = ()
    rows: tuple[Row, ...] = ()
    sides: tuple[str, ...] = ()
    unit: str | None = None
    units: tuple[str, ...] = ()
    """Other units it may be entered in ("mi", "lb", "ft", "weeks", ...); stored in ``unit``."""
    minimum: float | None = None
    maximum: float | None = None
    detail: bool = False
    """True if free words may follow the answer ("yes, breast, 6 years ago"); never reasoned about."""
    seconds: int = 4
    help: str = ""
    sensitive: bool = False
    """True for bladder, bowel and sexual items, which offer self-completion."""
    aliases: tuple[str, ...] = ()
    """Other names a case file may use for this item, such as "exam_cva_tender" for "exam_cva"; never shown."""


@dataclass(frozen=True)
class DerivedBand:
    """A named band of a derived value: from ``at_least`` (inclusive) up to the next band."""

    code: str
    label: str
    at_least: float | None = None
    above: float | None = None
    says: str = ""
    cite: tuple[str, ...] = ()
    status: Status = "expert"


@dataclass(frozen=True)
class Derived:
    """A value computed from answers by a formula of the criteria language."""

    id: str
    title: str
    formula: str
    formula_version: int
    unit: str = ""
    decimals: int = 1
    bands: tuple[DerivedBand, ...] = ()
    cite: tuple[str, ...] = ()
    status: Status = "expert"


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
