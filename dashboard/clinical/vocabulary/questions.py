"""What is asked: sections, items with their options and units, and values derived from answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from dashboard.clinical.vocabulary.case import Status

ItemType = Literal["flag", "choice", "choices", "sites", "integer", "decimal", "text", "mix", "grid", "activities"]


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
    coming: bool = False
    """True of a text that is a day still to come: kept as YYYY-MM-DD, and refused when it is past."""
    carried: bool = False
    """True for a lasting fact: a returning patient's last answer is offered to be confirmed, and never assumed."""

    @cached_property
    def unknown_codes(self) -> frozenset[str]:
        """The options that say no more than no answer."""
        return frozenset(option.code for option in self.options if option.unknown)


@dataclass(frozen=True)
class Cost:
    """The time it takes to find some answers out, for choosing what to ask or examine next."""

    id: str
    says: str
    minutes: float
    cite: tuple[str, ...]
    status: Status
    items: tuple[str, ...] = ()
    """The items it is about, each by itself."""
    sections: tuple[str, ...] = ()
    """Sections every other item of which costs as much."""


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
