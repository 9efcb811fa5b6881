"""Recording how a patient does: one value of one outcome measure at one time."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from dashboard.access import Actor, Permission
from dashboard.casework.authority import today, writing
from dashboard.casework.deeds import deed
from dashboard.casework.errors import BadAnswer
from dashboard.casework.files import found_episode
from dashboard.casework.rows import number
from dashboard.casework.shapes import outcome_view
from dashboard.casework.views import OutcomeView
from dashboard.in_force import knowledge
from db import queries, records
from db.tables import Episode, Outcome


@deed(Permission.OUTCOME_WRITE, writes=True, of_a_site=True)
def record_outcome(actor: Actor, episode_id: int, instrument: str, value: float, taken_on: date) -> OutcomeView:
    """Record a total of an outcome measure, once however often it is clicked.

    BadAnswer names the measure, its range or the days it may be of.
    """
    with writing(actor, Permission.OUTCOME_WRITE) as session:
        episode = found_episode(session, actor, episode_id).episode
        _must_fit(instrument, value)
        if not episode.opened_on <= taken_on <= today():
            raise BadAnswer("taken_on", "must be from the day the episode was opened until today.")
        # Locked, so that a double click finds what the first click wrote.
        session.refresh(episode, with_for_update=True)
        if there := _same(session, episode, instrument, float(value), taken_on):
            return outcome_view(there)
        outcome = Outcome(
            episode_id=number(episode),
            patient_id=episode.patient_id,
            instrument=instrument,
            value=float(value),
            taken_on=taken_on,
            weeks_since_intake=round((taken_on - episode.opened_on).days / 7),
            entered_by=actor.person_id,
        )
        return outcome_view(records.insert(session, actor, outcome, "outcome:record"))


def _same(session: Session, episode: Episode, instrument: str, value: float, taken_on: date) -> Outcome | None:
    """The very same value of the same measure and day, if it is on record."""
    rows = queries.episode(session, number(episode), None)
    taken = rows.outcomes if rows else ()
    return next((o for o in taken if (o.instrument, o.value, o.taken_on) == (instrument, value, taken_on)), None)


def _must_fit(instrument: str, value: float) -> None:
    measures = knowledge().instruments
    if instrument not in measures:
        raise BadAnswer("instrument", f"must be one of {', '.join(measures)}.")
    measure = measures[instrument]
    if not measure.minimum <= value <= measure.maximum:
        raise BadAnswer("value", f"of {measure.title} must be between {measure.minimum:g} and {measure.maximum:g}.")
