"""Recording how a patient does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dashboard import casework
from db import records
from db.tables import Episode
from tests.casework.conftest import Cast, Trail, coded, refused
from tests.sessions import transaction


def opened(cast: Cast, days_ago: int) -> int:
    """An episode opened so many days ago."""
    file = cast.in_care()
    with transaction() as session:
        row = session.get(Episode, file.episode.id)
        assert row is not None
        start = date.today() - timedelta(days=days_ago)
        records.change(session, cast.amina, row, row.version, "test:open", opened_on=start)
    return file.episode.id


def test_an_outcome_is_kept_with_the_weeks_since_the_intake(cast: Cast) -> None:
    """To the nearest whole week, in the order taken."""
    episode = opened(cast, 90)
    casework.record_outcome(cast.noor, episode, "nprs_back", 2, date.today())
    casework.record_outcome(cast.noor, episode, "nprs_back", 5, date.today() - timedelta(days=48))
    kept = casework.read_episode(cast.amina, episode).outcomes
    assert [(row.instrument, row.value, row.weeks_since_intake) for row in kept] == [
        ("nprs_back", 5, 6),
        ("nprs_back", 2, 13),
    ]


def test_a_double_click_records_once_and_a_correction_is_kept_beside(cast: Cast) -> None:
    """The same value again is the same outcome; another value of that day stands beside it."""
    episode = opened(cast, 10)
    first = casework.record_outcome(cast.noor, episode, "nprs_back", 3, date.today())
    assert casework.record_outcome(cast.noor, episode, "nprs_back", 3, date.today()) == first
    casework.record_outcome(cast.noor, episode, "nprs_back", 4, date.today())
    assert [row.value for row in casework.read_episode(cast.amina, episode).outcomes] == [3, 4]


@pytest.mark.parametrize(
    ("instrument", "value", "days", "wrong"),
    [
        ("happiness", 3, 0, "instrument"),
        ("nprs_back", 11, 0, "value"),
        ("nprs_back", -1, 0, "value"),
        ("nprs_back", float("nan"), 0, "value"),
        ("nprs_back", 3, -1, "taken_on"),
        ("nprs_back", 3, 31, "taken_on"),
    ],
)
def test_what_cannot_be_is_refused(cast: Cast, instrument: str, value: float, days: int, wrong: str) -> None:
    """An unknown measure, a value off its scale, tomorrow, or a day before the episode."""
    episode = opened(cast, 30)
    with pytest.raises(casework.BadAnswer) as refusal:
        casework.record_outcome(cast.noor, episode, instrument, value, date.today() - timedelta(days=days))
    assert refusal.value.item == wrong
    assert casework.read_episode(cast.amina, episode).outcomes == ()


def test_managers_administrators_mallory_and_other_sites_record_nothing(cast: Cast) -> None:
    """Refused by role, not found by site."""
    episode = opened(cast, 0)
    refused(
        cast, lambda a: casework.record_outcome(a, episode, "nprs_back", 3, date.today()), "chidi", "dana", "mallory"
    )
    with pytest.raises(casework.NotFound):
        casework.record_outcome(cast.sofia, episode, "nprs_back", 3, date.today())


def test_recording_leaves_an_audit_event(cast: Cast, trail: Trail) -> None:
    """Which measure of which episode, by whom."""
    episode = opened(cast, 0)
    kept = casework.record_outcome(cast.noor, episode, "nprs_back", 3, date.today())
    (event,) = trail("outcome:record")
    assert (event.person_name, event.record_id, coded(event)[1]["instrument"]) == ("Noor", str(kept.id), "nprs_back")
