"""How much longer the intake takes, and the keys that make it short.

The estimate is the time that the questions asked now and not answered yet take (``seconds`` of the knowledge), times
the pace of this intake: the time that passed between answers here, over what those answers should have taken. A pause
counts only as long as a slow answer would, and the book's own pace weighs as much as the first minute does.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Set
from dataclasses import dataclass

import streamlit as st

from dashboard import intake
from dashboard.clinical.vocabulary import Item
from dashboard.ui.taking import Taking

MEMORY = "pace_of_intake"
BOOK = 60.0
"""Seconds at the book's pace that every intake starts with."""
SLOWEST = 4.0
"""A gap between answers counts at most so many times what they should have taken: the rest was a pause."""
QUICKEST = 0.25
"""No estimate promises a pace beyond this."""


@dataclass
class Pace:
    """How fast one intake goes: what is answered, since when nothing was, and seconds passed and expected so far."""

    answered: Set[str]
    at: float
    passed: float = 0.0
    expected: float = 0.0

    def note(self, answered: Set[str], seconds: float, now: float) -> None:
        """Take in what was answered since last time, ``seconds`` of it by the book."""
        if seconds:
            self.passed += min(now - self.at, SLOWEST * seconds)
            self.expected += seconds
        if answered != self.answered:
            self.answered, self.at = answered, now

    @property
    def factor(self) -> float:
        """Seconds this desk needs for a second of the book."""
        return max(QUICKEST, (BOOK + self.passed) / (BOOK + self.expected))


def left(taking: Taking) -> None:
    """In the header: estimated minutes to the end."""
    required, optional = seconds_left(taking)
    factor = _pace(taking).factor
    if not required and not optional:
        st.caption(":material/timer: Nothing left to ask")
        return
    beside = f" · optional {_minutes(optional * factor)}" if optional else ""
    st.caption(f":material/timer: About **{_minutes(required * factor)} left**{beside}")


def seconds_left(taking: Taking) -> tuple[int, int]:
    """Seconds by the book of what is asked and has no answer: of the required questions, and of the others."""
    open_ones = [item for item in _asked(taking) if intake.is_blank(taking.draft.answers.get(item.id))]
    required = sum(item.seconds for item in open_ones if item.required)
    return required, sum(item.seconds for item in open_ones) - required


def _pace(taking: Taking) -> Pace:
    """The pace of this intake in this session, with what was answered since the last run taken in."""
    now, answered = time.monotonic(), frozenset(taking.draft.answers) & taking.visible
    kept = st.session_state.get(MEMORY)
    if kept is None or kept[0] != taking.draft.id:
        kept = st.session_state[MEMORY] = (taking.draft.id, Pace(answered, now))
    pace: Pace = kept[1]
    pace.note(answered, sum(_seconds(answered - pace.answered)), now)
    return pace


def _seconds(item_ids: Iterable[str]) -> Iterable[int]:
    items = intake.knowledge().items
    return (items[item_id].seconds for item_id in item_ids)


def _asked(taking: Taking) -> Iterable[Item]:
    """The questions of the desk's sections that are asked now."""
    known = intake.knowledge()
    return (known.items[item_id] for item_id in taking.visible if known.audiences[item_id] == "staff")


def _minutes(seconds: float) -> str:
    whole = round(seconds / 60)
    return f"{whole} min" if whole else "under 1 min"


KEYS = (
    ("Y N U", "yes, no, unknown"),
    ("1–9 A–H", "an answer by its sign; of several: on and off"),
    ("Enter ↓", "on"),
    ("Shift+Enter ↑", "back"),
    ("letter", "a number's unit, after it: 3w, 5mi"),
    ("=", "unchanged since last time"),
    ("+", "all of the section unchanged"),
    ("[ ]", "section before, after (Alt+← →)"),
    (";", "next one missing (Alt+M)"),
    ("Alt+R", "review: what is missing"),
    ("Ctrl+Enter", "submit, on the review"),
    ("Alt+Enter", "hand over at once, in an emergency"),
    ("Alt+P", "another patient"),
    ("?", "this list; Esc closes"),
)
"""Every key of the intake and what it does; assets/keys.js hears them, and a test presses each of them."""


def keys(taking: Taking) -> None:
    """In the rail: the way to the list of keyboard shortcuts, which the component draws over the page."""
    st.caption(":material/keyboard: Press **?** for every key")
