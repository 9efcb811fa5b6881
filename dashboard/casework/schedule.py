"""When a patient in care is looked at next: the knowledge's review schedule as a date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from dashboard import intake
from dashboard.clinical.vocabulary import Presence
from dashboard.in_force import knowledge


def next_review(answers: Mapping[str, Any], step: str | None, signed_on: date) -> date | None:
    """The earliest first review among the step's own and the schedules these answers meet; None without any."""
    known = knowledge()
    view = known.view(intake.case_of(answers).answers)
    on_ladder = [rung.review_weeks for rung in known.ladder if rung.id == step]
    met = [
        review.weeks
        for review in known.reviews
        if review.when and known.criterion(review.when).value(view) is Presence.PRESENT
    ]
    weeks = [schedule[0] for schedule in [*on_ladder, *met] if schedule]
    return signed_on + timedelta(days=round(7 * min(weeks))) if weeks else None
