"""The worklist: the most urgent first, page by page, each for who works there."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dashboard import casework
from db import records
from db.tables import Episode
from tests.casework.conftest import Cast, refused
from tests.casework.histories import EMERGENCY, SAME_DAY, URGENT
from tests.sessions import transaction


def test_the_most_urgent_is_first_and_then_who_waits_longest(cast: Cast) -> None:
    """Whatever the order of arrival."""
    order = [cast.submitted(**changes) for changes in ({}, URGENT, EMERGENCY, {}, SAME_DAY, EMERGENCY)]
    expected = [order[place].episode_id for place in (2, 5, 4, 1, 0, 3)]
    page = casework.worklist(cast.amina)
    assert [row.episode_id for row in page.rows] == expected
    assert [row.urgency for row in page.rows][:3] == ["emergency", "emergency", "same-day"]
    assert page.counts == {"emergency": 2, "same-day": 1, "urgent": 1, "routine": 2}


def test_pages_follow_one_another_without_gap_or_repeat(cast: Cast) -> None:
    """Two at a time gives the same list as all at once."""
    for changes in ({}, URGENT, EMERGENCY, {}, SAME_DAY):
        cast.submitted(None, **changes)
    whole = [row.episode_id for row in casework.worklist(cast.amina).rows]
    pages, place = [], None
    while True:
        page = casework.worklist(cast.amina, after=place, limit=2)
        pages += [row.episode_id for row in page.rows]
        place = page.next
        if place is None:
            break
    assert pages == whole


def test_the_list_can_be_of_one_site_or_one_clinician(cast: Cast) -> None:
    """A site one does not work at is refused, not empty."""
    north, south = cast.submitted(cast.runner("north")), cast.submitted(cast.runner("south"))
    assert [row.episode_id for row in casework.worklist(cast.amina, site=cast.site("south")).rows] == [south.episode_id]
    assert [row.episode_id for row in casework.worklist(cast.noor).rows] == [north.episode_id]
    assert casework.worklist(cast.amina, clinician=cast.bruno.person_id).rows == ()
    refused(cast, lambda actor: casework.worklist(actor, site=cast.site("south")), "noor")


def test_a_row_says_who_waits_and_since_when(cast: Cast) -> None:
    """Name, age, site, condition and step, and the version a deed needs."""
    patient = cast.runner()
    file = cast.episode(patient)
    (row,) = casework.worklist(cast.noor).rows
    assert (row.patient_name, row.age, row.sex, row.site) == (patient.name, patient.age, "female", "North Harbor")
    assert (row.leading_condition, row.step) == (file.episode.leading_condition, file.episode.step)
    assert (row.waiting_since, row.version) == (file.episode.submitted_at, file.version)


def test_a_review_whose_day_has_come_is_due(cast: Cast) -> None:
    """Today and overdue, the longest overdue first; tomorrow's not yet."""
    files = [cast.in_care() for _ in range(3)]
    for file, days in zip(files, (0, -9, 1), strict=True):
        with transaction() as session:
            row = session.get(Episode, file.episode.id)
            assert row is not None
            day = date.today() + timedelta(days=days)
            records.change(session, cast.amina, row, row.version, "test:due", review_due_on=day)
    due = [row.episode_id for row in casework.reviews_due(cast.amina)]
    assert due == [files[1].episode.id, files[0].episode.id]


def test_managers_administrators_and_mallory_see_no_worklist(cast: Cast) -> None:
    """It is full of names."""
    refused(cast, casework.worklist, "chidi", "dana", "mallory")
    refused(cast, casework.reviews_due, "chidi", "dana", "mallory")
    with pytest.raises(casework.NotFound):
        casework.read_episode(cast.amina, 987654)
