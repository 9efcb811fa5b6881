"""The cast as actors, invented runners, and the way from a history to an episode."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

import pytest

from dashboard import casework
from dashboard.access import Actor, Role
from dashboard.casework.views import DraftView, EpisodeFile, NewPatient, PatientCard, Submitted
from db import queries, records
from db.tables import AuditEvent, Draft, Person
from tests.casework.histories import a_history, typed
from tests.cast import NOBODY_YET, Clinic
from tests.judging import read_and_sign
from tests.sessions import reading, transaction

_NUMBER = count(1)


@dataclass(frozen=True)
class Cast:
    """Everyone of the invented clinic as an actor, and what tests do with them in one line."""

    clinic: Clinic
    people: dict[str, Actor] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Actor:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    def site(self, code: str) -> int:
        """A site's id."""
        return int(self.clinic.sites[code].id or 0)

    def runner(self, site: str = "north", **changes: Any) -> PatientCard:
        """A newly registered invented runner."""
        told: dict[str, Any] = {"given_name": "Ines", "family_name": "Testova", "date_of_birth": date(1990, 5, 17)}
        told |= {"sex_at_birth": "female", "site_id": self.site(site), "record_number": f"TEST-{next(_NUMBER):05}"}
        return casework.register_patient(self.amina, NewPatient(**(told | changes)))

    def draft(self, patient: PatientCard | None = None, **changes: Any) -> DraftView:
        """A draft with a complete history in it, put there at once instead of answer by answer."""
        opened = casework.open_draft(self.amina, (patient or self.runner()).id)
        with transaction() as session:
            row = session.get(Draft, opened.id)
            assert row is not None
            records.change(session, self.amina, row, row.version, "test:fill", answers=typed(a_history(**changes)))
        return casework.read_draft(self.amina, opened.id)

    def submitted(self, patient: PatientCard | None = None, **changes: Any) -> Submitted:
        """A submitted history."""
        draft = self.draft(patient, **changes)
        return casework.submit_intake(self.amina, draft.id, draft.version)

    def episode(self, patient: PatientCard | None = None, **changes: Any) -> EpisodeFile:
        """The episode a submitted history opened."""
        return casework.read_episode(self.amina, self.submitted(patient, **changes).episode_id)

    def in_care(self, patient: PatientCard | None = None, **changes: Any) -> EpisodeFile:
        """An episode whose first assessment Amina accepted."""
        waiting = self.episode(patient, **changes)
        read_and_sign(self.amina, waiting)
        return casework.read_episode(self.amina, waiting.episode.id)


@pytest.fixture
def cast(clinic: Clinic) -> Cast:
    """The clinic's cast, with Sofia at the desk of the other site and Mallory, who left, with her old rights."""
    with transaction() as session:
        place = clinic.sites["south"].id
        sofia = Person(code="sofia", name="Sofia", role="staff", active=True, site_id=place)
        clinic.people["sofia"] = records.insert(session, NOBODY_YET, sofia, "person:add")
    active = ("noor", "amina", "bruno", "chidi", "dana", "sofia")
    actors = {code: casework.actor_for(code) for code in active}
    left = clinic.people["mallory"]
    actors["mallory"] = Actor(int(left.id or 0), left.name, Role.STAFF, actors["noor"].site_ids)
    return Cast(clinic, actors)


@pytest.fixture
def trail() -> Callable[..., list[AuditEvent]]:
    """What was done since the test began: the audit events of one deed (or all), oldest first."""

    def read(deed: str | None = None) -> list[AuditEvent]:
        with reading() as session:
            events = queries.audit_events(session, limit=10_000)
        return [event for event in reversed(events) if deed is None or event.deed == deed]

    return read


Trail = Callable[..., list[AuditEvent]]


def coded(event: AuditEvent) -> tuple[dict[str, Any], dict[str, Any]]:
    """What an event says was before and is after; empty where it says nothing."""
    return event.before or {}, event.after or {}


def refused(cast: Cast, deed: Callable[[Actor], object], *codes: str) -> None:
    """Each of these people is refused the deed."""
    for code in codes:
        with pytest.raises(casework.Forbidden):
            deed(cast.people[code])
