"""Recording how a patient does: one value of one outcome measure at one time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session

from dashboard import instruments
from dashboard import intake as history
from dashboard.access import Actor, Permission
from dashboard.casework.authority import today, writing
from dashboard.casework.deeds import deed
from dashboard.casework.errors import BadAnswer
from dashboard.casework.files import found_episode
from dashboard.casework.rows import number
from dashboard.casework.shapes import outcome_view
from dashboard.casework.views import OutcomeView
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.vocabulary import Instrument
from dashboard.in_force import knowledge
from db import queries, records
from db.tables import Episode, Intake, Outcome


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


def record_at_intake(session: Session, actor: Actor, episode: Episode, intake: Intake, known: Knowledge) -> None:
    """Record every outcome measure of an intake that is being handed in, in its transaction: once a measure.

    At an episode's first intake they are the baseline (week 0); at a later one they are measured anew. Hidden
    questions do not count, and a total outside its measure's range, as an older version may have had it, is left out.
    """
    shown = history.visible(intake.answers, known)
    used = {item: answer for item, answer in intake.answers.items() if item in shown}
    for measure in known.instruments.values():
        value = instruments.total_of(known, measure, used)
        if value is None or not measure.minimum <= value <= measure.maximum:
            continue
        outcome = Outcome(
            episode_id=number(episode),
            patient_id=episode.patient_id,
            instrument=measure.id,
            value=value,
            taken_on=today(),
            weeks_since_intake=round((today() - episode.opened_on).days / 7),
            entered_by=intake.submitted_by,
            intake_id=number(intake),
            how=_how(measure, intake.entered.get(instruments.source_of(measure))),
        )
        records.insert(session, actor, outcome, "outcome:take-at-intake")


def _how(measure: Instrument, entered: Mapping[str, Any] | None) -> str:
    """Scored item by item, typed as a total from paper, or asked as a question of the intake."""
    if measure.scoring is None:
        return "asked"
    return "items" if (entered or {}).get("how") == "items" else "total"


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
