"""A returning patient: what was said last time is offered, never assumed, and told apart from what is new."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard import casework, intake
from dashboard.casework import before
from dashboard.casework.views import DraftView
from tests.casework.conftest import Cast, refused

HEIGHT: dict[str, Any] = {"height_cm": 180.0}


def returning(cast: Cast, **said: Any) -> tuple[DraftView, before.Before]:
    """A runner with one submitted intake, whose next one has just been opened."""
    patient = cast.runner()
    cast.submitted(patient, **said)
    draft = casework.open_draft(cast.noor, patient.id)
    found = casework.last_intake(cast.noor, draft.id)
    assert found is not None
    return draft, found


def test_a_new_patient_has_no_last_intake(cast: Cast) -> None:
    """Nothing is offered to somebody who was never here."""
    draft = casework.open_draft(cast.noor, cast.runner().id)
    assert casework.last_intake(cast.noor, draft.id) is None


def test_a_draft_of_a_returning_patient_starts_without_any_of_the_last_answers(cast: Cast) -> None:
    """Age and sex come from the record; everything else is asked or confirmed."""
    draft, _ = returning(cast, **HEIGHT)
    assert set(draft.answers) == {"age_years", "sex_at_birth"}


def test_only_lasting_facts_that_were_answered_are_offered(cast: Cast) -> None:
    """Whatever is offered is carried in the knowledge and was answered; a red flag never is."""
    _, last = returning(cast, **HEIGHT, terrain="hilly", rf_fever="no")
    offers = {item.id for item in intake.knowledge().items.values() if before.offered(last, item)}
    assert {"height_cm", "terrain", "surface_mix", "shoe_type"} <= offers
    assert all(intake.knowledge().items[item].carried for item in offers)
    assert not offers & {"rf_fever", "nprs_back_now", "consent_record", "meds"}


def test_an_answer_of_a_question_hidden_last_time_is_not_offered(cast: Cast) -> None:
    """The shoes of somebody who said they do not run were not asked, whatever is left of an earlier answer."""
    _, last = returning(cast, runner="no", shoe_type="neutral", run_status=None, running_pain_pattern=None)
    assert not before.offered(last, intake.knowledge().items["shoe_type"])


def test_an_answer_that_the_question_does_not_take_any_more_is_not_offered(cast: Cast) -> None:
    """An option that went with a release is asked anew."""
    _, last = returning(cast, **HEIGHT)
    gone = before.Before(last.day, {"terrain": "a ground that is no option now"})
    assert not before.offered(gone, intake.knowledge().items["terrain"])


def test_a_confirmed_answer_is_kept_as_it_was_typed_with_its_source(cast: Cast) -> None:
    """Feet and inches stay feet and inches; the revision says that it was confirmed."""
    patient = cast.runner()
    first = cast.draft(patient)
    first = casework.save_answer(cast.noor, first.id, "height_cm", [5, 11], "ft")
    casework.submit_intake(cast.noor, first.id, first.version)
    draft = casework.open_draft(cast.noor, patient.id)
    last = casework.last_intake(cast.noor, draft.id)
    assert last is not None
    raw, unit = before.as_typed(last, "height_cm")
    saved = casework.save_answer(cast.noor, draft.id, "height_cm", raw, unit, source=before.UNCHANGED)
    assert saved.answers["height_cm"] == first.answers["height_cm"]
    assert saved.entered["height_cm"] == first.entered["height_cm"] == {"raw": [5, 11], "unit": "ft"}


def test_the_clinician_sees_what_changed_and_what_was_only_confirmed(cast: Cast) -> None:
    """One row a question that was answered otherwise; confirmed answers are named, and are no change."""
    patient = cast.runner()
    cast.submitted(patient, terrain="hilly", nprs_back_now=4)
    again = cast.draft(patient, nprs_back_now=7, terrain=None)
    again = casework.save_answer(cast.noor, again.id, "terrain", "hilly", source=before.UNCHANGED)
    done = casework.submit_intake(cast.noor, again.id, again.version)
    since = casework.since_last_intake(cast.amina, done.episode_id)
    assert since is not None
    assert [(each.item, each.was, each.now) for each in since.changes] == [("nprs_back_now", 4, 7)]
    assert since.unchanged == ("terrain",)


def test_an_answer_changed_by_hand_after_it_was_confirmed_is_not_called_unchanged(cast: Cast) -> None:
    """The last word counts."""
    patient = cast.runner()
    cast.submitted(patient, terrain="hilly")
    again = cast.draft(patient, terrain=None)
    casework.save_answer(cast.noor, again.id, "terrain", "hilly", source=before.UNCHANGED)
    again = casework.save_answer(cast.noor, again.id, "terrain", "flat")
    done = casework.submit_intake(cast.noor, again.id, again.version)
    since = casework.since_last_intake(cast.amina, done.episode_id)
    assert since is not None
    assert since.unchanged == ()
    assert [each.item for each in since.changes] == ["terrain"]


def test_the_first_intake_has_nothing_before_it(cast: Cast) -> None:
    """No table of differences where there is nothing to differ from."""
    assert casework.since_last_intake(cast.amina, cast.submitted().episode_id) is None


@pytest.mark.parametrize("asked", ["last_intake", "since_last_intake"])
def test_another_site_and_other_jobs_are_refused(cast: Cast, asked: str) -> None:
    """Earlier answers are as private as those being given."""
    patient = cast.runner()
    done = cast.submitted(patient)
    draft = casework.open_draft(cast.noor, patient.id)
    which = draft.id if asked == "last_intake" else done.episode_id
    refused(cast, lambda actor: getattr(casework, asked)(actor, which), "chidi", "dana", "mallory")
    with pytest.raises(casework.NotFound):
        getattr(casework, asked)(cast.sofia, which)
