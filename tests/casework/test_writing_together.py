"""Two people in one intake: one writes, the other sees it; what comes too late is set aside and never lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from dashboard import casework
from dashboard.casework.views import DraftView
from db.base import now
from db.tables import Draft, DraftLease, DraftRevision
from tests.casework.conftest import Cast, Trail
from tests.sessions import reading, transaction

NOORS, BRUNOS = "noors-tab", "brunos-tab"


@pytest.fixture
def draft(cast: Cast) -> DraftView:
    """An intake that Noor is writing."""
    opened = casework.open_draft(cast.noor, cast.runner().id)
    return casework.hold_draft(cast.noor, opened.id, NOORS)


def unheard(draft: DraftView, seconds: int) -> None:
    """Let nothing have been heard of the writer for so long."""
    with transaction() as session:
        lease = session.exec(select(DraftLease).where(DraftLease.draft_id == draft.id)).one()
        lease.beat_at = now() - timedelta(seconds=seconds)


def aged(draft: DraftView, days: float) -> None:
    """Let nobody have worked on a draft for so many days."""
    with transaction() as session:
        row = session.get(Draft, draft.id)
        assert row is not None
        row.updated_at = now() - timedelta(days=days)


def standings(draft: DraftView) -> list[tuple[str, Any, str]]:
    """Everything on record of a draft."""
    with reading() as session:
        said = session.exec(select(DraftRevision).where(DraftRevision.draft_id == draft.id).order_by(DraftRevision.id))
        return [(row.item, row.value, row.standing) for row in said]


def test_the_second_sees_who_writes_and_reading_takes_nothing(cast: Cast, draft: DraftView) -> None:
    """Amina opens Noor's intake: she is told who writes it, and Noor goes on writing."""
    seen = casework.read_draft(cast.amina, draft.id)
    assert seen.writer is not None
    assert (seen.writer.name, seen.owner) == ("Noor", "Noor")
    assert casework.hold_draft(cast.amina, draft.id, BRUNOS).writer == seen.writer
    assert casework.save_answer(cast.noor, draft.id, "nprs_worst", 6, tab=NOORS).answers["nprs_worst"] == 6


@pytest.mark.parametrize(("seconds", "writer"), [(80, "Noor"), (100, "Amina")])
def test_a_writer_not_heard_of_for_a_while_gives_way_in_silence(
    cast: Cast, draft: DraftView, trail: Trail, seconds: int, writer: str
) -> None:
    """After a minute and a half without a sign the next who opens writes; nothing was taken over."""
    unheard(draft, seconds)
    seen = casework.hold_draft(cast.amina, draft.id, BRUNOS)
    assert seen.writer is not None
    assert seen.writer.name == writer
    assert seen.owner == "Noor"
    assert trail("draft:take-over") == []


def test_taking_over_is_one_press_and_on_record(cast: Cast, draft: DraftView, trail: Trail) -> None:
    """The intake becomes Amina's, and the trail says so; Noor's tab is told who has it and since when."""
    casework.take_over_draft(cast.amina, draft.id, BRUNOS)
    seen = casework.read_draft(cast.noor, draft.id)
    assert seen.writer is not None
    assert (seen.owner, seen.writer.name, seen.writer.taken_over_from) == ("Amina", "Amina", "Noor")
    (event,) = trail("draft:take-over")
    assert (event.person_name, event.record_id) == ("Amina", draft.id)


def test_what_a_tab_saves_after_it_lost_the_intake_is_set_aside_and_settled_by_one_press(
    cast: Cast, draft: DraftView, trail: Trail
) -> None:
    """Noor's late answer is not in the draft, is shown to Amina, and is there once she says so."""
    casework.take_over_draft(cast.amina, draft.id, BRUNOS)
    casework.save_answer(cast.amina, draft.id, "nprs_worst", 4, seen=None, tab=BRUNOS)
    late = casework.save_answer(cast.noor, draft.id, "nprs_worst", 7, seen=None, tab=NOORS)
    assert (late.kept, late.answers["nprs_worst"]) == (False, 4)
    (aside,) = casework.read_draft(cast.amina, draft.id).asides
    assert (aside.item, aside.answer, aside.by) == ("nprs_worst", 7, "Noor")
    settled = casework.settle_answer(cast.amina, draft.id, aside.id, keep_it=True, tab=BRUNOS)
    assert (settled.answers["nprs_worst"], settled.asides) == (7, ())
    assert [event.reason for event in trail("answer:settle")] == ["nprs_worst"]
    assert ("nprs_worst", 4, "kept") in standings(draft)


def test_keeping_the_other_answer_leaves_the_draft_as_it_is(cast: Cast, draft: DraftView) -> None:
    """The answer not chosen stays on record and asks nobody any more."""
    casework.save_answer(cast.noor, draft.id, "nprs_worst", 4, tab=NOORS)
    late = casework.save_answer(cast.amina, draft.id, "nprs_worst", 7, seen=None)
    settled = casework.settle_answer(cast.noor, draft.id, late.asides[0].id, keep_it=False, tab=NOORS)
    assert (settled.answers["nprs_worst"], settled.asides) == (4, ())
    assert ("nprs_worst", 7, "aside") in standings(draft)


def test_an_answer_given_twice_too_late_is_set_aside_once(cast: Cast, draft: DraftView) -> None:
    """A browser that tries again says nothing new."""
    for _ in range(3):
        casework.save_answer(cast.amina, draft.id, "nprs_worst", 7, tab=BRUNOS)
    assert standings(draft) == [("nprs_worst", 7, "aside")]


def test_a_value_a_browser_merely_brings_back_is_no_answer(cast: Cast, draft: DraftView) -> None:
    """A tab that saw 4 while somebody wrote 9, and then sends its 4 again, changes nothing and sets nothing aside."""
    casework.save_answer(cast.noor, draft.id, "nprs_worst", 4, tab=NOORS)
    casework.save_answer(cast.noor, draft.id, "nprs_worst", 9, seen=4, tab=NOORS)
    again = casework.save_answer(cast.noor, draft.id, "nprs_worst", 4, seen=4, tab=NOORS)
    assert (again.kept, again.answers["nprs_worst"], again.asides) == (False, 9, ())


def test_an_answer_over_ones_own_that_was_never_drawn_is_no_conflict(cast: Cast, draft: DraftView) -> None:
    """Killed after 7 was kept and before it was drawn, Noor's tab still has nothing before it; its 8 is the answer."""
    casework.save_answer(cast.noor, draft.id, "nprs_worst", 7, seen=None, tab=NOORS)
    newer = casework.save_answer(cast.noor, draft.id, "nprs_worst", 8, seen=None, tab=NOORS)
    assert (newer.kept, newer.answers["nprs_worst"], newer.asides) == (True, 8, ())


def test_two_answers_wait_to_be_settled_before_the_intake_is_handed_over(cast: Cast) -> None:
    """Nobody hands over an intake that says two things of one question."""
    ready = cast.draft()
    seen = casework.save_answer(cast.amina, ready.id, "nprs_worst", 2, seen=11)
    with pytest.raises(casework.NotReady) as refusal:
        casework.submit_intake(cast.noor, ready.id, seen.version)
    assert refusal.value.missing == ("nprs_worst",)
    settled = casework.settle_answer(cast.noor, ready.id, seen.asides[0].id, keep_it=False)
    assert casework.submit_intake(cast.noor, ready.id, settled.version).episode_id


def test_an_expired_intake_is_listed_as_such_and_read_only_until_renewed(
    cast: Cast, draft: DraftView, trail: Trail
) -> None:
    """After fourteen days without work nothing is gone, nothing is written, and one press renews it."""
    casework.save_answer(cast.noor, draft.id, "nprs_worst", 6, tab=NOORS)
    aged(draft, 14.1)
    assert casework.open_drafts(cast.noor) == ()
    (expired,) = casework.open_drafts(cast.noor, expired=True)
    assert (expired.expired, expired.answers["nprs_worst"]) == (True, 6)
    late = casework.save_answer(cast.noor, draft.id, "nprs_worst", 8, tab=NOORS)
    assert (late.kept, late.answers["nprs_worst"], len(late.asides)) == (False, 6, 1)
    aged(draft, 14.1)
    renewed = casework.renew_draft(cast.noor, draft.id, late.version)
    assert not renewed.expired
    assert renewed.kept_until > now() + timedelta(days=13)
    assert len(trail("draft:renew")) == 1
    assert [each.id for each in casework.open_drafts(cast.noor)] == [draft.id]


def test_half_an_answer_is_kept_and_counts_as_none(cast: Cast, draft: DraftView) -> None:
    """Shares short of 100 % come back as they were entered; the whole answer takes their place."""
    casework.save_answer(cast.noor, draft.id, "surface_mix", {"trail": 60, "asphalt": 40}, tab=NOORS)
    half = casework.keep_unfinished(cast.noor, draft.id, "surface_mix", {"trail": 60}, tab=NOORS)
    assert half.unfinished == {"surface_mix": {"trail": 60}}
    assert "surface_mix" not in half.answers
    whole = casework.save_answer(cast.noor, draft.id, "surface_mix", {"trail": 100}, tab=NOORS)
    assert (whole.unfinished, whole.answers["surface_mix"]) == ({}, {"trail": 100})


def test_the_last_answer_is_taken_back_and_the_one_before_it_next(cast: Cast, draft: DraftView, trail: Trail) -> None:
    """Each undoing goes one answer further back; what was said stays on record."""
    for worst in (4, 7):
        casework.save_answer(cast.noor, draft.id, "nprs_worst", worst, tab=NOORS)
    assert casework.undo_answer(cast.noor, draft.id, tab=NOORS).answers["nprs_worst"] == 4
    assert "nprs_worst" not in casework.undo_answer(cast.noor, draft.id, tab=NOORS).answers
    with pytest.raises(casework.NotFound):
        casework.undo_answer(cast.noor, draft.id, tab=NOORS)
    assert len(trail("answer:undo")) == 2
    assert ("nprs_worst", 7, "kept") in standings(draft)


def test_what_a_screen_had_before_it_is_told_by_the_version_it_saw(cast: Cast, draft: DraftView) -> None:
    """Of every question answered since; of one never answered before, nothing."""
    first = casework.save_answer(cast.noor, draft.id, "nprs_worst", 4, tab=NOORS)
    casework.save_answer(cast.noor, draft.id, "nprs_worst", 9, tab=NOORS)
    casework.save_answer(cast.noor, draft.id, "nprs_leg", 1, tab=NOORS)
    seen = casework.draft_as_of(cast.noor, draft.id, first.version)
    assert {item: each.answer for item, each in seen.items()} == {"nprs_worst": 4, "nprs_leg": None}


DESKS = st.sampled_from(["noor", "amina"])
DEEDS = st.one_of(
    st.tuples(st.just("open"), DESKS, st.just(0)),
    st.tuples(st.just("take over"), DESKS, st.just(0)),
    st.tuples(st.just("look"), DESKS, st.just(0)),
    st.tuples(st.just("answer"), DESKS, st.integers(0, 10)),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(DEEDS, max_size=12))
def test_whatever_two_desks_do_no_answer_is_lost_and_only_the_writers_is_in_the_draft(
    cast: Cast, deeds: list[tuple[str, str, int]]
) -> None:
    """Every answer is in the draft or set aside; the draft says what the last writer gave over what they had seen."""
    draft = casework.open_draft(cast.noor, cast.runner().id)
    seen: dict[str, Any] = {"noor": None, "amina": None}
    given_: list[int] = []
    model: int | None = None
    for deed, who, number in deeds:
        actor = getattr(cast, who)
        if deed == "open":
            casework.hold_draft(actor, draft.id, who)
        elif deed == "take over":
            casework.take_over_draft(actor, draft.id, who)
        elif deed == "look":
            seen[who] = casework.read_draft(actor, draft.id).answers.get("nprs_worst")
        else:
            writer = casework.read_draft(actor, draft.id).writer
            may = (writer is None or writer.tab == who) and seen[who] == model
            after = casework.save_answer(actor, draft.id, "nprs_worst", number, seen=seen[who], tab=who)
            if number != seen[who] or number == model:
                given_.append(number)
            model = number if may else model
            assert after.answers.get("nprs_worst") == model
            seen[who] = number if after.kept else seen[who]
    on_record = {value for item, value, _ in standings(draft) if item == "nprs_worst"}
    assert set(given_) <= on_record
