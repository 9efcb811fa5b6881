"""Answers that look odd, and what the desk noted of why they are right; a note holds for the answers it was about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.cautions import Caution

MOST_LETTERS = 300
"""How long a note may be: a line, not a letter."""

Notes = Mapping[str, Sequence[Mapping[str, Any]]]
"""Caution id → its notes, the newest last: {"text", "by", "name", "at", "about": {item: answer}}.

One without text takes back what was said before."""


@dataclass(frozen=True)
class Doubt:
    """One caution that stands, and the last thing noted of it."""

    caution: Caution
    note: Mapping[str, Any] | None = None
    """The note that holds for the answers as they are."""
    earlier: Mapping[str, Any] | None = None
    """A note made of other answers, which holds no longer."""

    @property
    def text(self) -> str:
        """Why it is right, as far as anybody said."""
        return str(self.note["text"]) if self.note else ""


def doubts(standing: Sequence[Caution], answers: Mapping[str, Any], notes: Notes | None) -> tuple[Doubt, ...]:
    """Every caution that stands with its last note."""
    return tuple(_doubt(caution, answers, (notes or {}).get(caution.id, ())) for caution in standing)


def about(caution: Caution, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers a note on this caution is about."""
    return {item: answers.get(item) for item in caution.items}


def without_note(standing: Sequence[Doubt]) -> int:
    """How many of these nobody said anything of."""
    return sum(not doubt.text for doubt in standing)


def counted(standing: Sequence[Doubt]) -> str:
    """How many answers are doubtful, and how many of them without a note; empty when none is."""
    if not standing:
        return ""
    many, bare = len(standing), without_note(standing)
    are = "answers are doubtful" if many > 1 else "answer is doubtful"
    left = "each with a note" if many > 1 else "with a note"
    return f"{many} {are}: {left if not bare else f'{bare} without a note'}."


def _doubt(caution: Caution, answers: Mapping[str, Any], noted: Sequence[Mapping[str, Any]]) -> Doubt:
    last = noted[-1] if noted else None
    if last is None or not last["text"]:
        return Doubt(caution)
    holds = last["about"] == about(caution, answers)
    return Doubt(caution, last) if holds else Doubt(caution, earlier=last)
