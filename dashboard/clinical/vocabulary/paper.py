"""What is said of the knowledge as a whole, and the codes a diagnosis is recorded under."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from dashboard.clinical.vocabulary.case import Status

Part = Literal["use", "inputs", "logic", "limits", "validation", "fairness", "maintenance"]


@dataclass(frozen=True)
class CardStatement:
    """One statement of the source card that no other file implies, in the part of the card it belongs to."""

    id: str
    part: Part
    title: str
    text: str
    cite: tuple[str, ...]
    status: Status


@dataclass(frozen=True)
class SourceAttribute:
    """One of the source attributes that certified health IT shows for evidence-based decision support."""

    id: str
    number: int
    title: str
    text: str
    cite: tuple[str, ...]
    status: Status


@dataclass(frozen=True)
class DeviceCriterion:
    """One criterion of the law for decision support that is no medical device, and how this software stands to it."""

    id: str
    number: int
    title: str
    requires: str
    answer: str
    stands: Literal["met", "met-in-intended-use", "in-doubt"]
    depends_on: str
    cite: tuple[str, ...]
    status: Status


@dataclass(frozen=True)
class CardFacts:
    """The source card's own particulars."""

    title: str
    developer: str
    funding: str
    checked_on: str
    """Day (ISO) on which sources and law were last looked at."""
    cite: tuple[str, ...]
    status: Status


@dataclass(frozen=True)
class CodeChoice:
    """One candidate code, and when it fits: on which side, and by which criterion over the answers."""

    code: str
    says: str = ""
    side: Literal["", "right", "left", "both"] = ""
    when: str | None = None


@dataclass(frozen=True)
class Coding:
    """The candidate codes of a condition, and from which answers its side is read."""

    condition: str
    codes: tuple[CodeChoice, ...]
    cite: tuple[str, ...]
    status: Status
    says: str = ""
    side_from: tuple[str, ...] = ()
    """Items whose answer names a side (right, left, both)."""
    sites: tuple[str, ...] = ()
    """Places on the body whose side counts."""


@dataclass(frozen=True)
class Card:
    """What the source card holds beyond what is counted from the other files; empty in a knowledge without one."""

    facts: CardFacts | None
    statements: tuple[CardStatement, ...]
    attributes: tuple[SourceAttribute, ...]
    device: tuple[DeviceCriterion, ...]


Codings = Mapping[str, Coding]
"""Coding by condition id."""
