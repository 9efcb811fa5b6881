"""Recording how a patient does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlmodel import select

from dashboard import casework
from dashboard.casework.views import OutcomeView
from dashboard.cohort.change import BASELINES, WINDOWS
from db import records
from db.cohort import change_since_intake
from db.selection import Selection
from db.tables import Episode, Outcome
from tests.casework.conftest import Cast, Trail, coded, refused
from tests.sessions import reading, transaction


def opened(cast: Cast, days_ago: int) -> int:
    """An episode opened so many days ago."""
    file = cast.in_care()
    with transaction() as session:
        row = session.get(Episode, file.episode.id)
        assert row is not None
        start = date.today() - timedelta(days=days_ago)
        records.change(session, cast.amina, row, row.version, "test:open", opened_on=start)
    return file.episode.id


def recorded(cast: Cast, episode: int) -> list[OutcomeView]:
    """What was recorded on its own, beside what the intake measured."""
    return [row for row in casework.read_episode(cast.amina, episode).outcomes if not row.at_intake]


def test_an_outcome_is_kept_with_the_weeks_since_the_intake(cast: Cast) -> None:
    """To the nearest whole week, in the order taken."""
    episode = opened(cast, 90)
    casework.record_outcome(cast.noor, episode, "nprs_back", 2, date.today())
    casework.record_outcome(cast.noor, episode, "nprs_back", 5, date.today() - timedelta(days=48))
    kept = recorded(cast, episode)
    assert [(row.instrument, row.value, row.weeks_since_intake) for row in kept] == [
        ("nprs_back", 5, 6),
        ("nprs_back", 2, 13),
    ]


def test_a_double_click_records_once_and_a_correction_is_kept_beside(cast: Cast) -> None:
    """The same value again is the same outcome; another value of that day stands beside it."""
    episode = opened(cast, 10)
    first = casework.record_outcome(cast.noor, episode, "nprs_back", 3, date.today())
    assert casework.record_outcome(cast.noor, episode, "nprs_back", 3, date.today()) == first
    casework.record_outcome(cast.noor, episode, "nprs_back", 5, date.today())
    assert [row.value for row in recorded(cast, episode)] == [3, 5]


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
    assert recorded(cast, episode) == []


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


TOTALS: dict[str, object] = {
    "nprs_back_now": 5, "nprs_worst": 8, "nprs_leg": 0, "rmdq_total": 12, "odi_percent": 34.0, "uwri_total": 20,
    "phq2_total": 2, "startback_total": 5, "startback_psych": 2, "promis_pf_t": 41.5, "promis_pi_t": 60.2,
    "paindetect_total": 14, "psfs": [["run with friends", 3], ["climb stairs", 6], ["carry a child", None]],
}  # fmt: skip
BASELINE = {
    "nprs_back": 5, "nprs_worst": 8, "nprs_leg": 0, "rmdq": 12, "odi": 34, "uwri": 20, "phq2": 2, "startback_total": 5,
    "startback_psych": 2, "promis_pf": 41.5, "promis_pi": 60.2, "paindetect": 14, "psfs": 4.5,
}  # fmt: skip


def measured(cast: Cast, episode: int) -> list[OutcomeView]:
    """What intakes measured."""
    return [row for row in casework.read_episode(cast.amina, episode).outcomes if row.at_intake]


def test_handing_an_intake_in_makes_every_total_a_baseline(cast: Cast) -> None:
    """Each measure answered stands at week 0 with its value; the activities with the mean of those rated."""
    done = cast.submitted(**TOTALS)
    kept = measured(cast, done.episode_id)
    assert {row.instrument: row.value for row in kept} == BASELINE
    assert {(row.weeks_since_intake, row.taken_on) for row in kept} == {(0, date.today())}


def test_a_baseline_is_there_once_however_often_the_button_is_pressed(cast: Cast) -> None:
    """Handed in again and again: one row a measure."""
    draft = cast.draft(**TOTALS)
    done = {casework.submit_intake(cast.noor, draft.id, draft.version) for _ in range(3)}
    assert len(done) == 1
    assert sorted(row.instrument for row in measured(cast, done.pop().episode_id)) == sorted(BASELINE)


def test_an_intake_that_is_refused_leaves_no_baseline(cast: Cast) -> None:
    """All of it or none of it: without consent nothing is measured."""
    draft = cast.draft(**TOTALS, consent_record="no")
    with pytest.raises(casework.NotReady):
        casework.submit_intake(cast.noor, draft.id, draft.version)
    with transaction() as session:
        assert list(session.exec(select(Outcome))) == []


def test_what_was_not_filled_in_has_no_baseline(cast: Cast) -> None:
    """Unknown is not nought: a measure nobody took is not there, and neither is one whose question was hidden."""
    done = cast.submitted(rmdq_total=None, phq2_total=None, phq2_1=1, phq2_2=2)
    kept = {row.instrument: row.value for row in measured(cast, done.episode_id)}
    assert not {"rmdq", "odi", "uwri", "paindetect"} & set(kept)
    assert kept["phq2"] == 3


def test_a_second_intake_of_an_episode_measures_anew(cast: Cast) -> None:
    """Six weeks later it is the sixth week's value, beside the baseline and not in its place."""
    runner = cast.runner()
    first = cast.submitted(runner, odi_percent=40.0)
    with transaction() as session:
        row = session.get(Episode, first.episode_id)
        assert row is not None
        started = date.today() - timedelta(weeks=6)
        records.change(session, cast.amina, row, row.version, "test:open", opened_on=started)
    again = cast.submitted(runner, odi_percent=22.0)
    assert again.episode_id == first.episode_id
    kept = [row for row in measured(cast, first.episode_id) if row.instrument == "odi"]
    assert sorted((row.value, row.weeks_since_intake) for row in kept) == [(22, 6), (40, 0)]


def test_a_baseline_counts_as_no_follow_up(cast: Cast) -> None:
    """The cohort measures change from the intake itself: until somebody is measured again nothing has changed."""
    done = cast.submitted(**TOTALS)
    windows = [(low, high) for _, low, high in WINDOWS]
    with reading() as session:
        for instrument, column in BASELINES.items():
            assert change_since_intake(session, Selection(), instrument, column, windows) == []
    assert {row.instrument for row in measured(cast, done.episode_id)} > set(BASELINES)
