"""Emergency access: a clinician opens one patient of another site for an hour, and somebody looks at it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from dashboard.access import Actor, Forbidden, Permission
from dashboard.accounts import clock
from dashboard.casework.authority import changed, looking, looking_beyond, must_be_fresh, writing, writing_beyond
from dashboard.casework.deeds import deed
from dashboard.casework.errors import NotFound, NotReady
from dashboard.casework.opened import PURPOSE
from dashboard.casework.reading import note_anew
from dashboard.casework.rows import findable, number
from dashboard.letters import one_line, visible
from db import queries, records
from db.queries import EmergencyEntry
from db.tables import EmergencyAccess, Patient

LASTS = timedelta(minutes=60)
REASON_AT_LEAST = 10
"""Characters: enough for "collapsed at the start", too many for "asdf"."""
REASON_AT_MOST = 500
COUNTED = timedelta(days=30)
NOT_CONFIRMED = "Your password and code do not fit together, or you did not confirm it is you. Nothing was opened."
NO_SUCH = "There is no such record."
"""Said of a wrong number and of a wrong date of birth alike: nobody learns from it which record exists."""


@dataclass(frozen=True)
class OpenedRecord:
    """A patient open to somebody in an emergency; ``episode_id`` is the latest episode, None when there is none."""

    id: int
    patient_id: int
    record_number: str
    until: datetime
    episode_id: int | None


@dataclass(frozen=True)
class EmergencyView:
    """One emergency access as a reviewer sees it: by record number, without a name."""

    id: int
    person: str
    record_number: str
    site: str
    reason: str
    confirmed: str
    """How the person showed again who they are: password, open-id or demo."""
    opened_at: datetime
    ends_at: datetime
    is_open: bool
    done: Mapping[str, int]
    """What was done under it: deed → how often."""
    reviewed_by: str
    reviewed_at: datetime | None
    review_words: str
    version: int


@dataclass(frozen=True)
class EmergencyCount:
    """How many records were opened in an emergency in the last thirty days, and how many of all nobody reviewed."""

    lately: int
    unreviewed: int


@deed(Permission.EMERGENCY_OPEN, writes=True)
def open_in_emergency(
    actor: Actor, record_number: str, born: date, reason: str, confirm: Callable[[], str]
) -> OpenedRecord:
    """Open one patient of another site to the actor for an hour, named by exact record number and date of birth.

    ``confirm`` asks the person again who they are and gives back how (password, open-id or demo), "" when it failed:
    Forbidden. NotReady without a reason, or for a patient of the actor's own sites; NotFound says only that there is
    no such record. A patient already open stays open as long as before.
    """
    with looking(actor, Permission.EMERGENCY_OPEN):
        why = _worth_keeping(reason)
    how = confirm()
    with writing_beyond(actor, Permission.EMERGENCY_OPEN, "opening a record in an emergency") as session:
        if not how:
            raise Forbidden(NOT_CONFIRMED)
        patient = queries.patient_of_record_number(session, one_line(record_number))
        if patient is None or patient.date_of_birth != born:
            raise NotFound(NO_SUCH)
        # The number of a record that was merged leads to the one that stands.
        patient = queries.patient(session, number(patient), None) or patient
        if patient.site_id in actor.site_ids:
            raise NotReady("This patient belongs to your own site: find them as usual.", ("record_number",))
        access = _open(session, actor, patient, why, how)
        return next(each for each in _opened(session, actor) if each.id == access.id)


@deed(Permission.EMERGENCY_OPEN, writes=True)
def end_emergency(actor: Actor, access_id: int) -> None:
    """Give an opened record back before its time; nothing happens when it is over already."""
    with writing_beyond(actor, Permission.EMERGENCY_OPEN, "ending an emergency access") as session:
        access = queries.emergency(session, findable(access_id))
        if access is None or access.person_id != actor.person_id:
            raise NotFound("You opened no such record.")
        now = clock.now()
        if access.ended_at is None and access.until > now:
            session.info["purpose"] = PURPOSE
            changed(session, actor, access, access.version, "emergency:end", ended_at=now)


@deed(Permission.EMERGENCY_OPEN)
def opened_in_emergency(actor: Actor) -> tuple[OpenedRecord, ...]:
    """What is open to the actor at this moment, the last opened first."""
    with looking_beyond(actor, Permission.EMERGENCY_OPEN, "asking what is open in an emergency") as session:
        return _opened(session, actor)


@deed(Permission.EMERGENCY_COUNT)
def emergency_count(actor: Actor) -> EmergencyCount:
    """How often records were opened in an emergency lately, and how many wait to be reviewed: no names, no records."""
    with looking(actor, Permission.EMERGENCY_COUNT) as session:
        return EmergencyCount(*queries.emergency_sizes(session, clock.now() - COUNTED))


@deed(Permission.EMERGENCY_REVIEW)
def emergencies(actor: Actor, unreviewed: bool = False, limit: int = 100) -> tuple[EmergencyView, ...]:
    """Every emergency access, or those nobody reviewed, the newest first."""
    with looking(actor, Permission.EMERGENCY_REVIEW) as session:
        return tuple(_view(session, entry) for entry in queries.emergencies(session, unreviewed, limit))


@deed(Permission.EMERGENCY_REVIEW, writes=True)
def review_emergency(actor: Actor, access_id: int, seen_version: int, words: str) -> EmergencyView:
    """Say what is thought of an emergency access that is over; Forbidden for whoever opened it."""
    with writing(actor, Permission.EMERGENCY_REVIEW) as session:
        access = queries.emergency(session, findable(access_id))
        if access is None:
            raise NotFound("There is no such emergency access.")
        must_be_fresh(session, access, seen_version)
        said = visible(words).strip()[:REASON_AT_MOST]
        _must_be_reviewable(access, actor, said)
        told: dict[str, Any] = {"reviewed_by": actor.person_id, "reviewed_at": clock.now(), "review_words": said}
        changed(session, actor, access, seen_version, "emergency:review", **told)
        (entry,) = queries.emergencies(session, only=access_id)
        return _view(session, entry)


def _open(session: Session, actor: Actor, patient: Patient, why: str, how: str) -> EmergencyAccess:
    session.info["purpose"] = PURPOSE
    now = clock.now()
    still = (each for each in queries.emergencies_open(session, actor.person_id, now) if each.patient_id == patient.id)
    if there := next(still, None):
        return there
    note_anew(actor, number(patient))  # what was read in an earlier emergency says nothing of this one
    access = EmergencyAccess(
        person_id=actor.person_id,
        patient_id=number(patient),
        reason=why,
        confirmed=how,
        opened_at=now,
        until=now + LASTS,
    )
    return records.insert(session, actor, access, "emergency:open")


def _opened(session: Session, actor: Actor) -> tuple[OpenedRecord, ...]:
    found = queries.opened_records(session, actor.person_id, clock.now())
    return tuple(
        OpenedRecord(number(row), row.patient_id, record_number, row.until, episode_id)
        for row, record_number, episode_id in ((each.access, each.record_number, each.episode_id) for each in found)
    )


def _view(session: Session, entry: EmergencyEntry) -> EmergencyView:
    access, now = entry.access, clock.now()
    ends = access.ended_at or access.until
    return EmergencyView(
        id=number(access),
        person=entry.person.name,
        record_number=entry.patient.record_number,
        site=entry.site.name,
        reason=access.reason,
        confirmed=access.confirmed,
        opened_at=access.opened_at,
        ends_at=ends,
        is_open=ends > now,
        done=dict(queries.deeds_under(session, access)),
        reviewed_by=entry.reviewer.name if entry.reviewer else "",
        reviewed_at=access.reviewed_at,
        review_words=access.review_words,
        version=access.version,
    )


def _worth_keeping(reason: str) -> str:
    why = visible(reason).strip()
    if len(why) < REASON_AT_LEAST:
        says = f"Say in at least {REASON_AT_LEAST} characters why: an administrator reads it afterwards."
        raise NotReady(says, ("reason",))
    return why[:REASON_AT_MOST]


def _must_be_reviewable(access: EmergencyAccess, actor: Actor, said: str) -> None:
    if access.person_id == actor.person_id:
        raise Forbidden("You opened this record: another administrator reviews it.")
    if access.reviewed_at is not None:
        raise NotReady("This was reviewed before.", ("access",))
    if access.ended_at is None and access.until > clock.now():
        raise NotReady("The record is still open: review it when the hour is over.", ("access",))
    if not said:
        raise NotReady("Say in a few words what you found.", ("words",))
