"""What patients answered alone: kept apart until somebody looks, but for red flags; then the intake's own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from dashboard import accounts, casework
from dashboard.access import Actor
from dashboard.accounts import clock
from dashboard.casework import handing_over, tablet
from dashboard.casework.handing_over import HandoverView
from dashboard.casework.tablet import Given, NotHeld
from dashboard.casework.views import DraftView
from db.tables import DraftRevision, Handover
from tests.casework.conftest import Cast, Trail, refused
from tests.sessions import reading
from tests.signing import signed_in

PIN = "4827"
ALL = ("pain", "neuro", "red_flags", "running", "goals")


@dataclass(frozen=True)
class Out:
    """A tablet in a patient's hands: the sign-in it is under, and the intake it is for."""

    sign_in: str
    noor: Actor
    draft: DraftView

    def give(self, **answers: Any) -> tablet.Kept:
        """Answers as the patient gives them."""
        given = {item: each if isinstance(each, Given) else Given(each) for item, each in answers.items()}
        return tablet.give(self.sign_in, given)

    def seen(self, by: Actor) -> HandoverView:
        """What a desk sees of it."""
        return handing_over.handovers_of(by, self.draft.id)[-1]

    def back(self) -> HandoverView:
        """Taken back by PIN."""
        assert tablet.give_back(self.sign_in, PIN) == self.draft.id
        return self.seen(self.noor)


def hand_over(cast: Cast, draft: DraftView | None = None, **more: Any) -> Out:
    """Noor hands the tablet over, of a new intake unless one is given."""
    begun = signed_in("noor")
    noor = replace(cast.noor, sign_in=begun.sign_in)
    draft = draft or casework.open_draft(noor, cast.runner().id)
    handing_over.begin_hand_over(noor, draft.id, more.pop("sections", ALL), "en", PIN, **more)
    return Out(begun.sign_in, noor, draft)


def answers_of(cast: Cast, out: Out) -> dict[str, Any]:
    """What stands in the intake."""
    return dict(casework.read_draft(cast.amina, out.draft.id).answers)


def test_answers_count_only_when_somebody_looked(cast: Cast):
    """Until then they are beside the intake; accepted they are in it, told apart as the patient's own."""
    out = hand_over(cast)
    before = answers_of(cast, out)
    out.give(onset_type="gradual", nprs_worst="8", pain_duration_days=Given("3", "weeks"))
    assert answers_of(cast, out) == before
    view = out.back()
    assert [each.item for each in view.waiting] == ["pain_duration_days", "onset_type", "nprs_worst"]
    after = handing_over.accept_patient_answers(out.noor, view.id)
    assert (after.state, after.waiting) == ("reviewed", ())
    assert answers_of(cast, out) == before | {"pain_duration_days": 21, "onset_type": "gradual", "nprs_worst": 8}
    assert casework.read_draft(cast.amina, out.draft.id).entered["pain_duration_days"] == {"raw": "3", "unit": "weeks"}
    with reading() as session:
        rows = session.scalars(select(DraftRevision).where(DraftRevision.draft_id == out.draft.id)).all()
    assert {row.item for row in rows} == {"onset_type", "nprs_worst", "pain_duration_days"}
    assert {row.source for row in rows} == {"patient"}


def test_what_contradicts_the_desk_is_left_for_somebody_to_decide(cast: Cast):
    """Accepting all takes over what contradicts nothing; a contradiction is accepted or rejected by itself."""
    out = hand_over(cast)
    out.give(onset_type="gradual", nprs_worst="8")
    casework.save_answer(cast.noor, out.draft.id, "nprs_worst", 3)
    view = handing_over.accept_patient_answers(out.noor, out.back().id)
    (left,) = view.waiting
    assert (left.item, left.answer, left.before, left.agrees) == ("nprs_worst", 8, 3, False)
    assert answers_of(cast, out)["nprs_worst"] == 3
    handing_over.accept_patient_answers(out.noor, view.id, ["nprs_worst"])
    assert answers_of(cast, out)["nprs_worst"] == 8


def test_a_rejected_answer_stays_on_record_and_out_of_the_intake(cast: Cast, trail: Trail):
    """With one of the reasons, which the trail keeps; a second look finds it looked over."""
    out = hand_over(cast)
    out.give(onset_type="gradual")
    view = out.back()
    with pytest.raises(casework.NotReady):
        handing_over.reject_patient_answer(out.noor, view.id, "onset_type", "because")
    handing_over.reject_patient_answer(out.noor, view.id, "onset_type", "misunderstood")
    assert "onset_type" not in answers_of(cast, out)
    (event,) = trail("handover:reject")
    assert event.reason == "misunderstood"
    with pytest.raises(casework.NotReady):
        handing_over.reject_patient_answer(out.noor, view.id, "onset_type", "slip")


def test_nothing_is_handed_in_while_answers_wait(cast: Cast):
    """The intake says how many, and is submitted once each was looked at."""
    draft = cast.draft()
    out = hand_over(cast, draft, ask_again=True)
    out.give(prior_episodes="one_two", easing=Given(declined=True))
    ready = casework.read_draft(cast.noor, draft.id)
    with pytest.raises(casework.NotReady, match="2 of the patient's own answers"):
        casework.submit_intake(cast.noor, draft.id, ready.version)
    view = out.back()
    handing_over.accept_patient_answers(out.noor, view.id, [each.item for each in view.waiting])
    done = casework.submit_intake(cast.noor, draft.id, casework.read_draft(cast.noor, draft.id).version)
    assert handing_over.answered_alone(cast.amina, done.episode_id) == ("prior_episodes",)


def test_nothing_is_looked_over_while_the_patient_still_writes(cast: Cast):
    """Take it back first, here or from another desk."""
    out = hand_over(cast)
    out.give(onset_type="gradual")
    view = out.seen(cast.amina)
    assert view.in_hands
    for deed in (
        lambda: handing_over.accept_patient_answers(cast.amina, view.id),
        lambda: handing_over.reject_patient_answer(cast.amina, view.id, "onset_type", "slip"),
    ):
        with pytest.raises(casework.NotReady):
            deed()


def test_taken_back_from_another_desk_the_tablet_is_signed_out(cast: Cast):
    """It is still in the patient's hands: nothing may be open on it, and nothing more is taken."""
    out = hand_over(cast)
    out.give(onset_type="gradual")
    view = handing_over.take_back(cast.amina, out.seen(cast.amina).id)
    assert (view.in_hands, view.state) == (False, "returned")
    assert accounts.alive({out.sign_in}) == set()
    assert accounts.actor(out.sign_in) is None
    with pytest.raises(NotHeld):
        out.give(nprs_worst="8")
    with pytest.raises(casework.StaleRecord):
        handing_over.take_back(cast.amina, view.id)


def test_one_intake_is_on_one_tablet(cast: Cast):
    """A second one is refused while the first is out, and not when its sign-in ended."""
    out = hand_over(cast)
    with pytest.raises(casework.NotReady, match="another tablet"):
        hand_over(cast, out.draft)
    out.give(onset_type="gradual")
    accounts.end(out.sign_in, "idle")
    assert out.seen(cast.amina).state == "returned"
    again = hand_over(cast, out.draft)
    asked = {item.id for screen in tablet.showing(again.sign_in).screens for item in screen}
    assert "onset_type" not in asked
    assert "nprs_worst" in asked


@pytest.mark.parametrize(("said", "urgency", "back"), [("yes", "emergency", True), ("no", "routine", False),
                                                       ("unknown", "routine", False)])  # fmt: skip
def test_a_red_flag_of_the_patients_is_known_at_once(cast: Cast, said: str, urgency: str, back: bool):
    """Unknown neither raises nor clears; a yes raises the urgency of the queue before anybody looked."""
    out = hand_over(cast)
    assert out.give(rf_bowel=said).asked_back == back
    other = hand_over(cast)
    other.give(onset_type="gradual")
    queue = handing_over.handed_over(cast.amina)
    assert queue[0].urgency == urgency
    assert {view.id for view in queue} == {out.seen(cast.amina).id, other.seen(cast.amina).id}


def test_a_flag_that_the_desk_knows_of_asks_nobody_back(cast: Cast):
    """Only what the patient's own answers set off beyond the intake's interrupts them."""
    out = hand_over(cast, casework.save_answer(cast.noor, casework.open_draft(cast.noor, cast.runner().id).id,
                                               "rf_bowel", "yes"))  # fmt: skip
    assert not out.give(onset_type="gradual").asked_back
    assert out.seen(cast.amina).alarms == ()


def test_the_queue_is_of_ones_own_sites_and_open_intakes(cast: Cast):
    """Sofia of the other site sees nothing of it; nobody does once everything was looked over."""
    out = hand_over(cast)
    out.give(onset_type="gradual")
    assert [view.id for view in handing_over.handed_over(cast.noor)] == [out.seen(cast.noor).id]
    assert handing_over.handed_over(cast.sofia) == ()
    for deed in (
        lambda: handing_over.handovers_of(cast.sofia, out.draft.id),
        lambda: handing_over.take_back(cast.sofia, 1),
        lambda: handing_over.accept_patient_answers(cast.sofia, 1),
    ):
        with pytest.raises(casework.NotFound):
            deed()
    handing_over.accept_patient_answers(out.noor, out.back().id)
    assert handing_over.handed_over(cast.noor) == ()
    refused(cast, handing_over.handed_over, "chidi", "dana", "mallory")


def test_a_tablet_that_came_back_empty_waits_for_nobody(cast: Cast):
    """Nothing was answered: nothing to look over."""
    out = hand_over(cast)
    assert tablet.give_back(out.sign_in, PIN) == out.draft.id
    assert handing_over.handed_over(cast.noor) == ()


def test_what_is_not_the_patients_to_answer_is_never_taken(cast: Cast):
    """Whatever a request names: consent, what was not handed over, what does not exist."""
    out = hand_over(cast, sections=["goals"])
    out.give(consent_record="yes", onset_type="gradual", rf_bowel="yes", nonsense="1", goal_text="run again")
    assert [each.item for each in out.seen(cast.noor).waiting] == ["goal_text"]


def test_the_pin_is_kept_as_nothing_that_could_be_tried_out(cast: Cast):
    """A keyed hash, another one for each handover, of no use without the clinic's key."""
    first, second = hand_over(cast), hand_over(cast)
    with reading() as session:
        kept = [row.pin for row in session.scalars(select(Handover))]
    assert len(set(kept)) == 2
    assert all(len(each) == 64 and PIN not in each for each in kept)
    assert tablet.give_back(first.sign_in, "4826") is None
    assert tablet.give_back(second.sign_in, f" {PIN} ") == second.draft.id


@pytest.mark.parametrize("pin", ["", "123", "1234", "987654", "0000", "12a4", "١٢٣٧", "123456789", "48 27"])
def test_easy_pins_are_refused(pin: str):
    """Digits only, four to eight, neither all the same nor in a row."""
    assert not handing_over.is_good_pin(pin)
    assert handing_over.is_good_pin("4827")


def test_idle_limits_are_two(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    """The tablet's own is minutes and clears the page; the sign-in's own ends both, and the answers stay."""
    out = hand_over(cast)
    out.give(onset_type="gradual")
    now = datetime.now(UTC)
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=4))
    assert tablet.showing(out.sign_in).state == "wiped"
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=16))
    with pytest.raises(NotHeld):
        tablet.showing(out.sign_in)
    assert [each.answer for each in out.seen(cast.amina).waiting] == ["gradual"]


def test_an_intake_submitted_meanwhile_asks_for_the_tablet(cast: Cast):
    """Nothing is written into what is closed."""
    out = hand_over(cast, cast.draft(), ask_again=True)
    draft = casework.read_draft(cast.noor, out.draft.id)
    casework.submit_intake(cast.noor, draft.id, draft.version)
    assert out.give(onset_type="gradual").asked_back
    assert tablet.showing(out.sign_in).state == "asked-back"
    assert tablet.give_back(out.sign_in, PIN) == out.draft.id


def put_aside(cast: Cast, out: Out) -> DraftView:
    """Noor puts the intake aside as it is at this moment."""
    draft = casework.read_draft(cast.noor, out.draft.id)
    return casework.discard_draft(cast.noor, draft.id, draft.version)


def test_an_intake_in_the_patients_hands_is_put_aside_by_nobody(cast: Cast):
    """Neither before the first answer nor after it: what comes then would be on no list."""
    out = hand_over(cast)
    for answers in ({}, {"rf_saddle_numbness": "yes"}):
        out.give(**answers)
        with pytest.raises(casework.NotReady, match="take it back first"):
            put_aside(cast, out)
        assert casework.read_draft(cast.noor, out.draft.id).state == "open"
        assert [each.draft_id for each in handing_over.handed_over(cast.amina)] == [out.draft.id]


@pytest.mark.parametrize("way", ["by PIN", "from the desk"])
def test_answers_of_the_patients_are_looked_over_before_their_intake_is_put_aside(cast: Cast, way: str):
    """A red flag may be among them: it stays on the queue until somebody has accepted or rejected the last one."""
    out = hand_over(cast)
    out.give(rf_saddle_numbness="yes", onset_type="gradual")
    view = out.back() if way == "by PIN" else handing_over.take_back(cast.amina, out.seen(cast.amina).id)
    with pytest.raises(casework.NotReady, match=r"wait to be looked over \(2\)"):
        put_aside(cast, out)
    handing_over.accept_patient_answers(cast.noor, view.id, ["onset_type"])
    with pytest.raises(casework.NotReady, match=r"wait to be looked over \(1\)"):
        put_aside(cast, out)
    assert [each.draft_id for each in handing_over.handed_over(cast.amina)] == [out.draft.id]
    handing_over.reject_patient_answer(cast.noor, view.id, "rf_saddle_numbness", "misunderstood")
    assert put_aside(cast, out).state == "discarded"


def test_a_tablet_that_brought_no_answer_is_in_nobodys_way(cast: Cast):
    """Taken back untouched there is nothing to look over."""
    out = hand_over(cast)
    out.back()
    assert put_aside(cast, out).state == "discarded"
