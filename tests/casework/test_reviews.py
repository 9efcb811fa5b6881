"""What a clinician does with an assessment: read, examine, sign, close, and look at it again years later."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from dashboard import casework
from dashboard.casework.views import EpisodeFile, Signed
from dashboard.clinical import knowledge as library
from dashboard.in_force import knowledge
from tests.casework.conftest import Cast, Trail, coded, refused
from tests.casework.histories import EMERGENCY, SAME_DAY, URGENT
from tests.governing import put_in_force, raised
from tests.judging import lower, read_and_sign


def signed(cast: Cast, file: EpisodeFile, verdict: str = "accepted", **told: Any) -> Signed:
    """Amina reads the basis of everything and signs the file as she sees it."""
    return read_and_sign(cast.amina, file, verdict, **told)


def reread(cast: Cast, file: EpisodeFile) -> EpisodeFile:
    """The same episode as it is now."""
    return casework.read_episode(cast.amina, file.episode.id)


def test_accepting_takes_the_patient_into_care(cast: Cast) -> None:
    """Off the worklist, Amina's from now on, with the next review on the day the knowledge asks for."""
    file = cast.episode()
    done = signed(cast, file)
    after = reread(cast, file)
    assert (after.episode.state, after.episode.clinician) == ("in-care", "Amina")
    assert after.version == done.version == file.version + 1
    assert after.episode.review_due_on == done.review_due_on
    assert done.review_due_on is not None
    assert done.review_due_on > date.today()
    assert casework.worklist(cast.amina).rows == ()
    (decision,) = after.decisions
    assert (decision.verdict, decision.signed_by, decision.assessment_id) == ("accepted", "Amina", file.assessment_id)


def test_the_review_day_is_the_steps_own(cast: Cast) -> None:
    """The earliest first review of the step the episode is on, counted in days from today."""
    file = cast.episode()
    weeks = next(step.review_weeks for step in knowledge().ladder if step.id == file.episode.step)
    due = signed(cast, file).review_due_on
    assert due is not None
    assert 0 < (due - date.today()).days <= round(7 * weeks[0])


def test_changing_names_another_condition_or_step_and_a_reason(cast: Cast) -> None:
    """The episode follows the clinician; the assessment stays as it was made."""
    file = cast.episode()
    told = {"reason_code": "recipient-disagrees-evidence", "condition": "facet_joint_pain", "step": "supervised_care"}
    signed(cast, file, "changed", comment="extension hurts most", **told)
    after = reread(cast, file)
    assert (after.episode.leading_condition, after.episode.step) == ("facet_joint_pain", "supervised_care")
    assert after.document == file.document
    assert after.decisions[0].reason == casework.REASONS["recipient-disagrees-evidence"]


def test_a_rejected_suggestion_leaves_the_episode_without_one(cast: Cast) -> None:
    """Nothing pretends to be the clinician's opinion that is not."""
    file = cast.episode()
    signed(cast, file, "rejected", reason_code="cds-not-applicable")
    after = reread(cast, file)
    assert (after.episode.leading_condition, after.episode.step) == (None, None)
    assert after.episode.review_due_on is not None


@pytest.mark.parametrize(
    ("verdict", "told", "missing"),
    [
        ("changed", {"condition": "facet_joint_pain"}, ("reason_code",)),
        ("changed", {"reason_code": "cds-not-applicable"}, ("condition or step",)),
        ("changed", {}, ("reason_code", "condition or step")),
        ("rejected", {}, ("reason_code",)),
    ],
)
def test_a_departure_needs_its_reason(cast: Cast, verdict: str, told: dict[str, str], missing: tuple[str, ...]) -> None:
    """NotReady says what is still needed; nothing is signed."""
    file = cast.episode()
    with pytest.raises(casework.NotReady) as refusal:
        signed(cast, file, verdict, **told)
    assert refusal.value.missing == missing
    assert reread(cast, file) == file


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ({"verdict": "maybe"}, "verdict"),
        ({"verdict": "accepted", "condition": "facet_joint_pain"}, "verdict"),
        ({"verdict": "rejected", "reason_code": "because"}, "reason_code"),
        ({"verdict": "changed", "reason_code": "cds-not-applicable", "condition": "flu"}, "condition"),
        ({"verdict": "changed", "reason_code": "cds-not-applicable", "step": "spa"}, "step"),
        ({"verdict": "changed", "reason_code": "cds-not-applicable", "urgency": "soon"}, "urgency"),
    ],
)
def test_words_the_knowledge_does_not_have_are_refused(cast: Cast, told: dict[str, str], wrong: str) -> None:
    """A forged form cannot store a condition, step, urgency or reason that does not exist."""
    file = cast.episode()
    with pytest.raises(casework.BadAnswer) as refusal:
        signed(cast, file, **told)
    assert refusal.value.item == wrong
    assert reread(cast, file) == file


@pytest.mark.parametrize(("changes", "was"), [(EMERGENCY, "emergency"), (SAME_DAY, "same-day")])
def test_lowering_a_grave_urgency_needs_a_reason_and_words(cast: Cast, changes: dict[str, Any], was: str) -> None:
    """Reason code and a comment of some words; what was lowered to stands in the decision."""
    file = cast.episode(**changes)
    assert file.episode.urgency == was
    lowered = {"urgency": "routine", "reason_code": "cds-not-applicable"}
    with pytest.raises(casework.NotReady) as refusal:
        signed(cast, file, "changed", **lowered, comment="looks fine")
    assert refusal.value.missing == ("comment",)
    lower(cast.amina, cast.bruno, file, **lowered, comment="examined: sensation and tone are normal")
    after = reread(cast, file)
    assert after.episode.urgency == after.decisions[0].urgency == "routine"


def test_lowering_an_urgent_case_needs_only_what_any_change_needs(cast: Cast) -> None:
    """Two weeks are a plan, not an alarm."""
    file = cast.episode(**URGENT)
    assert file.episode.urgency == "urgent"
    signed(cast, file, "changed", urgency="routine", reason_code="cds-not-applicable")
    assert reread(cast, file).episode.urgency == "routine"


def test_raising_an_urgency_needs_no_long_words(cast: Cast) -> None:
    """Being more careful than the suggestion is never made harder."""
    file = cast.episode()
    signed(cast, file, "changed", urgency="same-day", reason_code="recipient-concerns-outcomes")
    assert reread(cast, file).episode.urgency == "same-day"


def test_an_examination_makes_a_new_assessment(cast: Cast) -> None:
    """History and examination together; the first assessment stays on file."""
    file = cast.episode()
    seen = casework.add_examination(cast.amina, file.episode.id, file.version, {"exam_saddle": "reduced"})
    after = reread(cast, file)
    assert (seen.basis, after.assessment_id, after.episode.urgency) == ("exam", seen.id, "emergency")
    assert [row.id for row in after.assessments] == [file.assessment_id, seen.id]
    assert after.answers == {**file.answers, "exam_saddle": "reduced"}
    assert after.assessments[0].document == file.document


def test_an_examination_value_is_shown_as_it_was_typed(cast: Cast) -> None:
    """Fahrenheit in, Celsius reasoned with, Fahrenheit shown."""
    file = cast.episode()
    told = {"exam_temp_c": 101.3}
    casework.add_examination(cast.amina, file.episode.id, file.version, told, units={"exam_temp_c": "°F"})
    after = reread(cast, file)
    assert after.answers["exam_temp_c"] == pytest.approx(38.5)
    assert after.entered["exam_temp_c"] == {"raw": 101.3, "unit": "°F"}
    assert after.episode.urgency == "emergency"


def test_a_corrected_answer_lowers_nothing_before_it_is_signed(cast: Cast) -> None:
    """The assessment is calm again, the episode stays on top, and signing asks why."""
    file = cast.episode(**EMERGENCY)
    casework.add_examination(cast.amina, file.episode.id, file.version, {"rf_saddle_numbness": "no"})
    after = reread(cast, file)
    assert (after.document["urgency"], after.episode.urgency) == ("routine", "emergency")
    with pytest.raises(casework.NotReady) as refusal:
        signed(cast, after)
    assert set(refusal.value.missing) == {"reason_code", "comment"}
    told = {"reason_code": "cds-not-applicable", "comment": "misheard at the desk, asked again"}
    signed(cast, after, **told)
    assert reread(cast, file).episode.urgency == "emergency"
    casework.confirm_lowering(cast.bruno, file.episode.id, reread(cast, file).version)
    assert reread(cast, file).episode.urgency == "routine"
    assert reread(cast, file).decisions[0].urgency == "routine"


def test_a_bad_examination_value_changes_nothing(cast: Cast) -> None:
    """One value out of range refuses the whole examination."""
    file = cast.episode()
    with pytest.raises(casework.BadAnswer) as refusal:
        casework.add_examination(cast.amina, file.episode.id, file.version, {"exam_step": "no", "exam_sij_count": 6})
    assert refusal.value.item == "exam_sij_count"
    assert reread(cast, file) == file


def test_signing_what_a_colleague_signed_meanwhile_is_stale(cast: Cast) -> None:
    """Bruno learns that Amina was faster, and her decision stands."""
    file = cast.episode()
    signed(cast, file)
    with pytest.raises(casework.StaleRecord) as stale:
        casework.sign_review(cast.bruno, file.episode.id, file.version, file.assessment_id, "accepted")
    assert (stale.value.changed_by, len(reread(cast, file).decisions)) == ("Amina", 1)


def test_only_the_latest_assessment_can_be_signed(cast: Cast) -> None:
    """An older one is stale even with the episode's present version."""
    file = cast.episode()
    casework.add_examination(cast.amina, file.episode.id, file.version, {"exam_step": "no"})
    now = reread(cast, file)
    with pytest.raises(casework.StaleRecord):
        casework.sign_review(cast.amina, file.episode.id, now.version, file.assessment_id, "accepted")


def test_examining_what_changed_meanwhile_is_stale(cast: Cast) -> None:
    """The examination would be laid over answers its author has not seen."""
    file = cast.episode()
    signed(cast, file)
    with pytest.raises(casework.StaleRecord):
        casework.add_examination(cast.bruno, file.episode.id, file.version, {"exam_step": "no"})


def test_closing_needs_a_signed_review_and_a_known_reason(cast: Cast) -> None:
    """Nothing unread is put away, and why it ended is one of a list."""
    waiting = cast.episode()
    with pytest.raises(casework.NotReady):
        casework.close_episode(cast.amina, waiting.episode.id, waiting.version, "recovered")
    signed(cast, waiting)
    now = reread(cast, waiting)
    with pytest.raises(casework.BadAnswer):
        casework.close_episode(cast.amina, now.episode.id, now.version, "bored")
    with pytest.raises(casework.StaleRecord):
        casework.close_episode(cast.amina, now.episode.id, waiting.version, "recovered")
    casework.close_episode(cast.amina, now.episode.id, now.version, "recovered")
    closed = reread(cast, waiting)
    assert (closed.episode.state, closed.episode.closed_on is not None) == ("closed", True)
    with pytest.raises(casework.NotReady):
        casework.add_examination(cast.amina, closed.episode.id, closed.version, {"exam_step": "no"})


def test_an_assessment_is_made_again_to_the_bit(cast: Cast) -> None:
    """Of history and of examination, from the stored answers and the stored knowledge."""
    file = cast.episode(**URGENT)
    casework.add_examination(cast.amina, file.episode.id, file.version, {"exam_slr": "right"})
    for row in reread(cast, file).assessments:
        again = casework.explain(cast.noor, row.id)
        assert json.dumps(again, sort_keys=True) == json.dumps(row.document, sort_keys=True)


def test_an_old_assessment_is_explained_by_its_own_knowledge(cast: Cast) -> None:
    """After the knowledge has changed, the old one is loaded from its stored text and says what it said."""
    old = cast.episode(**URGENT)
    newer = library.load_texts(raised("99.1.0"))
    assert newer.sha256 != knowledge().sha256
    put_in_force(cast.clinic, newer)
    new = cast.episode(**URGENT)
    assert new.document["knowledge"]["version"] == "99.1.0"
    again = casework.explain(cast.amina, old.assessment_id)
    assert again["knowledge"]["sha256"] == old.document["knowledge"]["sha256"] != newer.sha256
    assert json.dumps(again, sort_keys=True) == json.dumps(old.document, sort_keys=True)


def test_only_clinicians_examine_sign_and_close(cast: Cast) -> None:
    """Everyone else is refused, the desk included."""
    file = cast.episode()
    others = ("noor", "chidi", "dana", "mallory")
    refused(cast, lambda a: casework.add_examination(a, file.episode.id, file.version, {"exam_step": "no"}), *others)
    refused(
        cast,
        lambda a: casework.sign_review(a, file.episode.id, file.version, file.assessment_id, "accepted"),
        *others,
    )
    refused(cast, lambda a: casework.close_episode(a, file.episode.id, file.version, "recovered"), *others)
    refused(cast, lambda a: casework.read_episode(a, file.episode.id), "chidi", "dana", "mallory")
    refused(cast, lambda a: casework.explain(a, file.assessment_id), "chidi", "dana", "mallory")
    assert reread(cast, file) == file


def test_another_sites_episodes_are_not_found(cast: Cast) -> None:
    """Sofia sees neither the episode nor its assessments nor the worklist of the other site."""
    file = cast.episode(cast.runner("north"))
    for deed in (
        lambda: casework.read_episode(cast.sofia, file.episode.id),
        lambda: casework.explain(cast.sofia, file.assessment_id),
    ):
        with pytest.raises(casework.NotFound):
            deed()
    assert casework.worklist(cast.sofia).rows == ()


def test_signing_leaves_audit_events_with_codes_and_no_comment(cast: Cast, trail: Trail) -> None:
    """Who signed what; the comment, free text, stays in the decision."""
    file = cast.episode()
    signed(cast, file, "rejected", reason_code="cds-not-applicable", comment="the patient is a swimmer")
    (event,) = trail("review:sign")
    assert (event.person_name, coded(event)[1]["verdict"]) == ("Amina", "rejected")
    assert "swimmer" not in f"{[(e.before, e.after, e.reason) for e in trail()]}"
    (moved,) = trail("episode:take-into-care")
    assert (coded(moved)[0]["state"], coded(moved)[1]["state"]) == ("awaiting-review", "in-care")
