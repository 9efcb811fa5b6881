"""Records merged while an intake of theirs is in use: on a tablet, from paper, at another desk. Nothing is lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from typing import Any, TypeVar

import pytest

from dashboard import casework
from dashboard.casework import handing_over, keying, tablet
from dashboard.casework.leases import hold_draft
from dashboard.casework.merging import merge_patients, merge_preview
from dashboard.casework.taking_apart import apart_preview
from dashboard.casework.views import PatientCard
from db import moving
from tests.casework.conftest import Cast
from tests.casework.test_handing_over import ALL, PIN, hand_over
from tests.casework.test_merging import apart, merged, seen
from tests.signing import signed_in

ReturnT = TypeVar("ReturnT")
SLOWLY = 0.4
"""Seconds a merge is held up with everything locked, so that whoever writes meanwhile has to wait for it."""


def while_merging(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, stands: PatientCard, goes: PatientCard, deed: Callable[[], ReturnT]
) -> ReturnT:
    """What a deed gives that begins when a merge holds every row already, and ends after it."""
    holds, find = Event(), moving.rows_of

    def slowly(*given: Any) -> Any:
        holds.set()
        time.sleep(SLOWLY)
        return find(*given)

    old = seen(stands), seen(goes)
    with monkeypatch.context() as patch, ThreadPoolExecutor(1) as threads:
        patch.setattr(moving, "rows_of", slowly)
        merging = threads.submit(lambda: merge_patients(cast.amina, *old, "registered-twice"))
        holds.wait(30)
        done = deed()
        merging.result()
    return done


# --- the tablet


def test_a_patient_goes_on_at_the_tablet_while_their_record_is_merged(cast: Cast) -> None:
    """Their intake moves as it is: what they answer before and after is theirs, and goes where it goes."""
    stands, goes = cast.runner(), cast.runner()
    out = hand_over(cast, casework.open_draft(cast.noor, goes.id))
    out.give(onset_type="gradual")
    merge = merged(cast, stands, goes)
    assert out.give(nprs_worst="8").refused == {}
    view = out.back()
    handing_over.accept_patient_answers(out.noor, view.id)
    draft = casework.read_draft(cast.noor, out.draft.id)
    assert (draft.patient.id, draft.answers["onset_type"], draft.answers["nprs_worst"]) == (stands.id, "gradual", 8)
    apart(cast, merge)
    draft = casework.read_draft(cast.noor, out.draft.id)
    assert (draft.patient.id, draft.answers["nprs_worst"]) == (goes.id, 8)


def test_a_tablet_that_changes_the_site_with_its_patient_keeps_what_was_answered(cast: Cast) -> None:
    """The desk it came from sees that patient no more; the site's own people take it back and look over the answers."""
    stands, goes = cast.runner("south"), cast.runner("north")
    out = hand_over(cast, casework.open_draft(cast.noor, goes.id))
    out.give(nprs_worst="8")
    merged(cast, stands, goes)
    with pytest.raises(tablet.NotHeld):
        tablet.showing(out.sign_in)
    (waiting,) = handing_over.handed_over(cast.sofia)
    handing_over.take_back(cast.sofia, waiting.id)
    handing_over.accept_patient_answers(cast.sofia, waiting.id)
    assert casework.read_draft(cast.sofia, out.draft.id).answers["nprs_worst"] == 8


def test_an_intake_in_a_patients_hands_is_not_put_aside(cast: Cast) -> None:
    """Nor one with answers nobody looked over, a red flag among them: the merge says so, and the other way is open."""
    stands, goes = cast.runner(), cast.runner()
    casework.open_draft(cast.noor, stands.id)
    out = hand_over(cast, casework.open_draft(cast.noor, goes.id))
    out.give(rf_saddle_numbness="yes")
    for _ in ("in the patient's hands", "back, and waiting"):
        assert "tablet" in merge_preview(cast.noor, stands.id, goes.id).obstacle
        with pytest.raises(casework.NotReady, match="look over"):
            merged(cast, stands, goes)
        assert [each.draft_id for each in handing_over.handed_over(cast.noor)] == [out.draft.id]
        if out.seen(cast.noor).in_hands:
            view = out.back()
    assert merge_preview(cast.noor, goes.id, stands.id).obstacle == ""
    handing_over.accept_patient_answers(out.noor, view.id)
    assert merged(cast, stands, goes).put_aside == 1


def test_handing_over_while_merging_hands_over_the_one_patients_intake(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waits for the merge finds the intake where it stands then."""
    stands, goes = cast.runner(), cast.runner()
    draft = casework.open_draft(cast.noor, goes.id)
    begun = signed_in("noor")
    noor = replace(cast.noor, sign_in=begun.sign_in)
    view = while_merging(
        cast, monkeypatch, stands, goes, lambda: handing_over.begin_hand_over(noor, draft.id, ALL, "en", PIN)
    )
    assert view.patient_name == stands.name
    tablet.give(begun.sign_in, {"nprs_worst": tablet.Given("8")})
    assert tablet.give_back(begun.sign_in, PIN) == draft.id
    handing_over.accept_patient_answers(noor, view.id)
    assert casework.read_draft(cast.noor, draft.id).answers["nprs_worst"] == 8


def test_a_tablet_given_back_while_merging_is_back(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The PIN counts once, and the answers wait with the record that stands."""
    stands, goes = cast.runner(), cast.runner()
    out = hand_over(cast, casework.open_draft(cast.noor, goes.id), section="goals")
    casework.keep_section(cast.amina, out.draft.id, "running")
    out.give(nprs_worst="8")
    done = while_merging(cast, monkeypatch, stands, goes, lambda: tablet.give_back(out.sign_in, PIN))
    assert done == out.draft.id
    view = out.seen(cast.noor)
    assert (view.state, view.in_hands, len(view.waiting)) == ("returned", False, 1)
    assert casework.read_draft(cast.noor, out.draft.id).section == "goals"


# --- paper

FORM = {"rf_fever": "n", "pain_sites": "2L 4B"}


def test_a_form_half_keyed_goes_with_its_intake_and_comes_back(cast: Cast) -> None:
    """Keyed on under the record that stands; taken apart it is the other's again, with every line."""
    stands, goes = cast.runner(), cast.runner()
    draft = casework.open_draft(cast.noor, goes.id)
    keying.begin_keying(cast.noor, draft.id)
    keying.keep_keyed(cast.noor, draft.id, {"rf_fever": "n"})
    merge = merged(cast, stands, goes)
    assert keying.keep_keyed(cast.noor, draft.id, {"pain_sites": "2L 4B"}).texts == FORM
    apart(cast, merge)
    assert keying.read_keying(cast.noor, draft.id).texts == FORM
    assert casework.read_draft(cast.noor, draft.id).patient.id == goes.id


def test_a_form_half_keyed_for_an_intake_that_is_put_aside_is_kept_with_it(cast: Cast) -> None:
    """The preview says so; a line typed after it is refused in words, and what was keyed is there when taken apart."""
    stands, goes = cast.runner(), cast.runner()
    ours, theirs = (casework.open_draft(cast.noor, each.id) for each in (stands, goes))
    assert not merge_preview(cast.noor, stands.id, goes.id).keyed
    keying.begin_keying(cast.noor, theirs.id)
    keying.keep_keyed(cast.noor, theirs.id, FORM)
    assert merge_preview(cast.noor, stands.id, goes.id).keyed
    merge = merged(cast, stands, goes)
    with pytest.raises(casework.StaleRecord, match="Amina"):
        keying.keep_keyed(cast.noor, theirs.id, {"rf_fever": "y"})
    assert keying.read_keying(cast.noor, ours.id).texts == {}
    apart(cast, merge)
    assert keying.keep_keyed(cast.noor, theirs.id, {"weight_kg": "160 lb"}).texts == {**FORM, "weight_kg": "160 lb"}


def test_lines_keyed_while_merging_are_kept(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for the merge goes on in the same form."""
    stands, goes = cast.runner("south"), cast.runner("north")
    draft = casework.open_draft(cast.amina, goes.id)
    keying.begin_keying(cast.amina, draft.id)
    view = while_merging(cast, monkeypatch, stands, goes, lambda: keying.keep_keyed(cast.amina, draft.id, FORM))
    assert view.texts == FORM
    assert casework.read_draft(cast.amina, draft.id).patient.id == stands.id


# --- another desk


def test_an_intake_a_colleague_is_taking_is_not_put_aside(cast: Cast) -> None:
    """They are named, and can be let finish; the record they write may stand instead. One's own is one's own affair."""
    stands, goes = cast.runner(), cast.runner()
    casework.open_draft(cast.noor, stands.id)
    theirs = casework.open_draft(cast.noor, goes.id)
    hold_draft(cast.noor, theirs.id, "a-tab")
    with pytest.raises(casework.NotReady, match="Noor is taking the intake"):
        merged(cast, stands, goes)
    casework.save_answer(cast.noor, theirs.id, "nprs_worst", 7, tab="a-tab")
    assert merge_preview(cast.amina, goes.id, stands.id).obstacle == ""
    assert merged(cast, stands, goes, by=cast.noor).put_aside == 1


def test_who_answers_an_intake_that_was_put_aside_is_told_and_nothing_lands_with_the_other(cast: Cast) -> None:
    """What was answered until then is there when the records are taken apart, and the survivor's says none of it."""
    stands, goes = cast.runner(), cast.runner()
    ours, theirs = (casework.open_draft(cast.noor, each.id) for each in (stands, goes))
    casework.save_answer(cast.noor, theirs.id, "nprs_worst", 7)
    merge = merged(cast, stands, goes)
    with pytest.raises(casework.StaleRecord, match="Amina"):
        casework.save_answer(cast.noor, theirs.id, "nprs_worst", 8)
    assert "nprs_worst" not in casework.read_draft(cast.noor, ours.id).answers
    assert apart_preview(cast.amina, merge.id).reopens == 1
    apart(cast, merge)
    again = casework.save_answer(cast.noor, theirs.id, "nprs_worst", 8, seen=7)
    assert (again.state, again.patient.id, again.answers["nprs_worst"]) == ("open", goes.id, 8)
