"""Who may sign in, whom they act as, and what happens to those who left."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from functools import partial

import pytest

from dashboard import casework
from dashboard.access import Role
from db import records
from db.tables import Person
from tests.casework.conftest import Cast, Trail, refused
from tests.sessions import transaction


def test_a_person_acts_at_their_own_site_or_at_every_one(cast: Cast) -> None:
    """Noor works at one desk; clinicians without a site, managers and administrators at all."""
    north, south = cast.site("north"), cast.site("south")
    assert cast.noor.site_ids == {north}
    assert cast.amina.site_ids == cast.chidi.site_ids == cast.dana.site_ids == {north, south}
    assert [site.name for site in casework.sites(cast.noor)] == ["North Harbor"]


def test_nobody_signs_in_with_an_unknown_code(cast: Cast) -> None:
    """A code of nobody is not found."""
    with pytest.raises(casework.NotFound):
        casework.actor_for("nobody")


def test_mallory_cannot_sign_in_any_more(cast: Cast) -> None:
    """Someone inactive is refused, not unknown."""
    with pytest.raises(casework.Forbidden, match="no longer works here"):
        casework.actor_for("mallory")


def test_whoever_is_dismissed_while_signed_in_is_refused_at_the_next_deed(cast: Cast) -> None:
    """The actor on a screen is from this morning; each deed asks the database again."""
    patient = cast.runner()
    with transaction() as session:
        noor = session.get(Person, cast.noor.person_id)
        assert noor is not None
        records.change(session, cast.dana, noor, noor.version, "person:dismiss", active=False)
    with pytest.raises(casework.Forbidden, match="no longer works here"):
        casework.open_draft(cast.noor, patient.id)


def test_a_role_claimed_but_not_held_is_refused(cast: Cast) -> None:
    """An actor made up with another role than the database knows may do nothing."""
    pretender = dataclasses.replace(cast.noor, role=Role.ADMINISTRATOR)
    with pytest.raises(casework.Forbidden, match="role has changed"):
        casework.people(pretender)


def test_the_administrator_sees_everyone_also_those_who_left(cast: Cast) -> None:
    """Former colleagues stay on the list, marked inactive."""
    known = {card.code: card.active for card in casework.people(cast.dana)}
    assert known["mallory"] is False
    assert known["amina"] is True
    refused(cast, casework.people, "noor", "amina", "chidi", "mallory")


def test_the_audit_trail_is_the_administrators_alone(cast: Cast) -> None:
    """Newest first, a page at a time."""
    cast.runner()
    newest, *_ = rows = casework.audit_trail(cast.dana, limit=3)
    assert newest.deed == "patient:register"
    assert len(rows) == 3
    assert all(row.id < rows[-1].id for row in casework.audit_trail(cast.dana, before_id=rows[-1].id))
    refused(cast, casework.audit_trail, "noor", "amina", "chidi", "mallory")


def test_the_trail_is_asked_by_person_deed_and_day(cast: Cast) -> None:
    """Each filter alone and together; days are whole and both included."""
    patient = cast.runner()
    casework.open_draft(cast.noor, patient.id)
    today = date.today()
    ask = partial(casework.audit_trail, cast.dana)
    assert {row.person for row in ask(person_id=cast.noor.person_id)} == {"Noor"}
    assert {row.deed for row in ask(deed="patient:register")} == {"patient:register"}
    assert ask(person_id=cast.noor.person_id, deed="patient:register") == ()
    assert ask(first_day=today, last_day=today) == ask()
    assert ask(last_day=today - timedelta(days=1)) == ask(first_day=today + timedelta(days=1)) == ()
    assert {"draft:open", "patient:register"} <= set(casework.audit_deeds(cast.dana))
    refused(cast, casework.audit_deeds, "noor", "amina", "chidi", "mallory")


def test_a_refusal_leaves_an_audit_event(cast: Cast, trail: Trail) -> None:
    """Who tried, and which permission was missing."""
    refused(cast, casework.audit_trail, "chidi")
    assert [(event.person_name, event.record_id) for event in trail("refused")] == [("Chidi", "audit:read")]


def test_a_refusal_of_someone_the_database_does_not_know_is_noted_too(cast: Cast, trail: Trail) -> None:
    """A forged person id ends in a refusal and an event without a person."""
    forged = dataclasses.replace(cast.dana, person_id=987654)
    with pytest.raises(casework.Forbidden):
        casework.audit_trail(forged)
    assert [(event.person_id, event.person_name) for event in trail("refused")] == [(None, "unknown")]
