"""Days that are still to come, such as that of a race: what is past is refused, and what is left is counted."""

from __future__ import annotations

from datetime import UTC, date, datetime

from dashboard.clinical.answers import BadAnswer
from dashboard.clinical.vocabulary import Item

FAR_YEARS = 3
"""Years ahead from which a year was probably mistyped."""


def today() -> date:
    """The day it is."""
    return datetime.now(UTC).date()


def day(answer: object) -> date | None:
    """A kept day (YYYY-MM-DD) as a date; None when it is none, as older drafts may hold."""
    try:
        return date.fromisoformat(answer.strip()) if isinstance(answer, str) else None
    except ValueError:
        return None


def must_be_ahead(item: Item, answer: object, now: date | None = None) -> None:
    """Raises BadAnswer for a day to come that is past; the day before counts as today somewhere on earth."""
    found = day(answer) if item.coming else None
    if found is not None and ((now or today()) - found).days > 1:
        raise BadAnswer(item.id, "is past. Check the year, or choose that no race is the goal.")


def left(found: date, now: date | None = None) -> str:
    """How long until a day: in days up to two weeks, in whole weeks then, in years when it is far."""
    days = (found - (now or today())).days
    if days < 0:
        return "past"
    if days < 14:
        return {0: "today", 1: "tomorrow"}.get(days, f"{days} days left")
    return f"{days // 7} weeks left"


def is_far(answer: object, now: date | None = None) -> bool:
    """Whether a day lies so far ahead that its year is worth a second look."""
    found, start = day(answer), now or today()
    return found is not None and (found - start).days > FAR_YEARS * 365.25
