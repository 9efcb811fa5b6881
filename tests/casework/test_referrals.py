"""Referrals: asked for only through an open gate, moved only where they may go, late when the clinic says so."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest

from dashboard import casework
from dashboard.casework.moves import ACTS, NEEDS_A_WORD
from dashboard.casework.referrals import due_on
from dashboard.casework.views import EpisodeFile, ReferralRow
from dashboard.clinic import clinic as settings
from db import records
from db.tables import Assessment, Referral
from tests.casework.conftest import Cast, Trail, coded, refused
from tests.casework.histories import EMERGENCY
from tests.judging import read_and_sign
from tests.sessions import transaction

KINDS = ("physical_therapy", "imaging", "spine_specialist", "prp_discussion", "stem_cell_discussion")


def gates(cast: Cast, file: EpisodeFile, **opened: bool) -> EpisodeFile:
    """The same episode with gates set as the test needs them, whatever the knowledge says of this runner."""
    with transaction() as session:
        row = session.get(Assessment, file.assessment_id)
        assert row is not None
        was, why = row.document["referral_gates"], "The gate is shut."
        states = {kind: {"open": opened.get(kind, gate["open"]), "why": why} for kind, gate in was.items()}
        document = row.document | {"referral_gates": states}
        records.change(session, cast.amina, row, row.version, "test:gates", document=document)
    return casework.read_episode(cast.amina, file.episode.id)


def a_referral(cast: Cast, kind: str = "physical_therapy", **changes: Any) -> ReferralRow:
    """A draft referral of an accepted episode whose gate is open."""
    file = gates(cast, cast.in_care(**changes), **{kind: True})
    return casework.refer(cast.amina, file.episode.id, file.version, kind, "graded return to running")


def moved(cast: Cast, row: ReferralRow, *states: str) -> ReferralRow:
    """The referral after these moves."""
    for state in states:
        row = casework.move_referral(cast.amina, row.id, row.version, state, "as agreed by telephone")
    return row


def test_a_referral_starts_as_a_draft_with_its_day(cast: Cast) -> None:
    """Due as the clinic's own targets say for the kind and the urgency."""
    row = a_referral(cast)
    assert (row.state, row.kind, row.priority, row.created_by) == ("draft", "physical_therapy", "routine", "Amina")
    assert row.due_on == date.today() + timedelta(days=settings().referral_due_days["physical_therapy"]["routine"])
    assert row.reason == "graded return to running"
    assert [listed.id for listed in casework.referrals(cast.noor)] == [row.id]


@pytest.mark.parametrize("kind", KINDS)
def test_a_closed_gate_refuses_and_says_why(cast: Cast, kind: str) -> None:
    """The reasons are the assessment's own; nothing is stored."""
    file = gates(cast, cast.in_care(), **{kind: False})
    with pytest.raises(casework.GateClosed, match="The gate is shut") as refusal:
        casework.refer(cast.amina, file.episode.id, file.version, kind, "please")
    assert refusal.value.reasons == ("The gate is shut.",)
    assert casework.referrals(cast.amina) == ()


def test_an_emergency_opens_no_orthobiologic_gate(cast: Cast) -> None:
    """With the knowledge as it is: while a red flag is open there is no PRP and no stem-cell referral."""
    file = cast.episode(**EMERGENCY)
    for kind in ("prp_discussion", "stem_cell_discussion"):
        with pytest.raises(casework.GateClosed) as refusal:
            casework.refer(cast.amina, file.episode.id, file.version, kind, "please")
        assert refusal.value.reasons


def test_an_unknown_kind_is_refused(cast: Cast) -> None:
    """A forged form cannot refer to a service there is not."""
    file = cast.in_care()
    with pytest.raises(casework.BadAnswer, match="physical_therapy"):
        casework.refer(cast.amina, file.episode.id, file.version, "spa", "please")


def test_a_referral_needs_a_word_why(cast: Cast) -> None:
    """The other service reads it."""
    file = gates(cast, cast.in_care(), physical_therapy=True)
    with pytest.raises(casework.NotReady) as refusal:
        casework.refer(cast.amina, file.episode.id, file.version, "physical_therapy", "  ")
    assert refusal.value.missing == ("reason",)


def test_a_double_click_refers_once(cast: Cast) -> None:
    """Eight clicks at once make one referral; another reason, or another clinician, is told that one is open."""
    file = gates(cast, cast.in_care(), physical_therapy=True)
    ask = (file.episode.id, file.version, "physical_therapy")
    with ThreadPoolExecutor(4) as clicks:
        ids = {row.id for row in clicks.map(lambda _: casework.refer(cast.amina, *ask, "please"), range(8))}
    assert len(ids) == len(casework.referrals(cast.amina)) == 1
    for clinician, reason in ((cast.amina, "something else"), (cast.bruno, "please")):
        with pytest.raises(casework.NotReady, match="already open"):
            casework.refer(clinician, *ask, reason)


def test_after_one_has_ended_another_may_be_asked_for(cast: Cast) -> None:
    """Declined, withdrawn or completed, a referral no longer stands in the way."""
    first = moved(cast, a_referral(cast), "sent", "declined")
    file = casework.read_episode(cast.amina, first.episode_id)
    second = casework.refer(cast.amina, file.episode.id, file.version, "physical_therapy", "elsewhere")
    assert second.id != first.id


def test_referring_from_an_episode_someone_just_changed_is_stale(cast: Cast) -> None:
    """The gate might have been another one."""
    file = gates(cast, cast.episode(), physical_therapy=True)
    read_and_sign(cast.bruno, file)
    with pytest.raises(casework.StaleRecord) as stale:
        casework.refer(cast.amina, file.episode.id, file.version, "physical_therapy", "please")
    assert stale.value.changed_by == "Bruno"


def test_nothing_is_referred_from_a_closed_episode(cast: Cast) -> None:
    """What is over asks nobody to act."""
    file = gates(cast, cast.in_care(), physical_therapy=True)
    casework.close_episode(cast.amina, file.episode.id, file.version, "recovered")
    with pytest.raises(casework.NotReady):
        casework.refer(cast.amina, file.episode.id, file.version + 1, "physical_therapy", "please")


def test_a_referral_goes_its_way_to_the_end(cast: Cast) -> None:
    """Each step is on record with who and when."""
    done = moved(cast, a_referral(cast), "sent", "received", "scheduled", "completed")
    assert [(step.from_state, step.to_state) for step in done.moves] == [
        ("draft", "sent"),
        ("sent", "received"),
        ("received", "scheduled"),
        ("scheduled", "completed"),
    ]
    assert {step.by for step in done.moves} == {"Amina"}
    assert done.may_move_to == ()
    assert casework.referrals(cast.amina) == ()
    assert [row.id for row in casework.referrals(cast.amina, states=("completed",))] == [done.id]
    assert casework.read_referral(cast.noor, done.id).moves == done.moves


@pytest.mark.parametrize("state", casework.MOVES)
def test_only_the_moves_of_the_table_are_made(cast: Cast, state: str) -> None:
    """From each state every allowed move works, and every other is refused by name."""
    file = gates(cast, cast.in_care(), physical_therapy=True)
    row = casework.refer(cast.amina, file.episode.id, file.version, "physical_therapy", "please")
    for to in casework.MOVES:
        with transaction() as session:
            stored = session.get(Referral, row.id)
            assert stored is not None
            put = records.change(session, cast.amina, stored, stored.version, "test:put", state=state)
        if to in casework.MOVES[state]:
            assert casework.move_referral(cast.amina, row.id, put.version, to, "as agreed").state == to
        else:
            with pytest.raises(casework.BadAnswer):
                casework.move_referral(cast.amina, row.id, put.version, to, "as agreed")


def test_every_state_can_be_reached_and_only_completed_ends() -> None:
    """No state of the table is a dead end but one, and none is out of reach."""
    reached, ahead = set(), ["draft"]
    while ahead:
        state = ahead.pop()
        if state not in reached:
            reached.add(state)
            ahead += casework.MOVES[state]
    assert reached == set(casework.MOVES)
    assert [state for state, to in casework.MOVES.items() if not to] == ["completed"]
    assert reached >= NEEDS_A_WORD | ACTS


@pytest.mark.parametrize("to", ["declined", "withdrawn"])
def test_ending_a_referral_early_needs_a_word(cast: Cast, to: str) -> None:
    """Declined and withdrawn say why."""
    row = moved(cast, a_referral(cast), "sent")
    with pytest.raises(casework.NotReady) as refusal:
        casework.move_referral(cast.amina, row.id, row.version, to, " ")
    assert refusal.value.missing == ("note",)


def test_a_withdrawn_referral_can_be_reopened(cast: Cast) -> None:
    """Withdrawing is undone by making it a draft again."""
    row = moved(cast, a_referral(cast), "sent", "withdrawn", "draft")
    assert (row.state, len(row.moves)) == ("draft", 3)


def test_sending_asks_the_gate_again(cast: Cast) -> None:
    """A draft written in the morning is not sent in the evening when the gate has shut since."""
    row = a_referral(cast, "prp_discussion")
    gates(cast, casework.read_episode(cast.amina, row.episode_id), prp_discussion=False)
    with pytest.raises(casework.GateClosed):
        casework.move_referral(cast.amina, row.id, row.version, "sent")
    assert casework.read_referral(cast.amina, row.id).state == "draft"
    moved(cast, row, "withdrawn")


def test_moving_what_a_colleague_moved_meanwhile_is_stale(cast: Cast) -> None:
    """Bruno's click does not send it twice."""
    row = a_referral(cast)
    casework.move_referral(cast.amina, row.id, row.version, "sent")
    with pytest.raises(casework.StaleRecord) as stale:
        casework.move_referral(cast.bruno, row.id, row.version, "sent")
    assert stale.value.changed_by == "Amina"
    assert len(casework.read_referral(cast.amina, row.id).moves) == 1


def test_a_referral_past_its_day_is_overdue_while_someone_must_act(cast: Cast) -> None:
    """The longest overdue is listed first; a completed one is late for nobody."""
    late, later = a_referral(cast), a_referral(cast)
    for row, days in ((late, 1), (later, 40)):
        with transaction() as session:
            stored = session.get(Referral, row.id)
            assert stored is not None
            due = date.today() - timedelta(days=days)
            records.change(session, cast.amina, stored, stored.version, "test:late", due_on=due)
    listed = casework.referrals(cast.noor)
    assert [(row.id, row.overdue) for row in listed] == [(later.id, True), (late.id, True)]
    done = moved(cast, casework.read_referral(cast.amina, late.id), "sent", "scheduled", "completed")
    assert done.overdue is False


def test_an_emergency_is_due_today() -> None:
    """For every kind of referral the more urgent is due no later than the less urgent."""
    today = date.today()
    for kind in KINDS:
        days = [due_on(kind, urgency, today) for urgency in (3, 2, 1, 0)]
        assert days[0] == today
        assert days == sorted(days)


def test_the_manager_counts_referrals_without_names(cast: Cast) -> None:
    """Chidi sees kinds, states and days; neither patient nor the words written about them."""
    row = moved(cast, a_referral(cast), "sent")
    (listed,) = casework.referrals(cast.chidi)
    assert (listed.kind, listed.state, listed.due_on) == (row.kind, "sent", row.due_on)
    one = casework.read_referral(cast.chidi, row.id)
    for seen in (listed, one):
        assert (seen.patient_name, seen.record_number, seen.reason, seen.moves) == (None, None, None, ())


def test_the_desk_reads_and_only_clinicians_refer_and_move(cast: Cast) -> None:
    """And the administrator and Mallory do not even read."""
    row = a_referral(cast)
    file = casework.read_episode(cast.amina, row.episode_id)
    others = ("noor", "chidi", "dana", "mallory")
    refused(cast, lambda a: casework.refer(a, row.episode_id, file.version, "physical_therapy", "please"), *others)
    refused(cast, lambda a: casework.move_referral(a, row.id, row.version, "sent"), *others)
    refused(cast, casework.referrals, "dana", "mallory")
    refused(cast, lambda a: casework.read_referral(a, row.id), "dana", "mallory")


def test_another_sites_referrals_are_not_found(cast: Cast) -> None:
    """Neither listed nor read."""
    row = a_referral(cast)
    assert casework.referrals(cast.sofia) == ()
    with pytest.raises(casework.NotFound):
        casework.read_referral(cast.sofia, row.id)


def test_referring_and_moving_leave_audit_events_without_words(cast: Cast, trail: Trail) -> None:
    """Kind and states are there; the reason and the note are not."""
    row = a_referral(cast)
    casework.move_referral(cast.amina, row.id, row.version, "withdrawn", "moved to the coast")
    (made,), (gone,) = trail("referral:make"), trail("referral:move")
    assert (coded(made)[1]["kind"], made.record_id) == ("physical_therapy", str(row.id))
    assert (coded(gone)[0]["state"], coded(gone)[1]["state"]) == ("draft", "withdrawn")
    words = f"{[(e.before, e.after, e.reason) for e in trail()]}"
    assert "graded return" not in words
    assert "coast" not in words
