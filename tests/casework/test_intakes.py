"""Submitting an intake: once, whole, and with everything the clinicians and the cohort need."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
from sqlmodel import func, select

from dashboard import casework, intake
from dashboard.clinical.vocabulary import Urgency
from db.tables import Assessment, Episode, Intake, KnowledgeText, Patient, Record
from tests.casework.conftest import Cast, Trail, refused
from tests.casework.histories import EMERGENCY, SAME_DAY, URGENT
from tests.sessions import reading

RowT = TypeVar("RowT", bound=Record)


def how_many(table: type) -> int:
    """Rows of a table."""
    with reading() as session:
        return session.exec(select(func.count()).select_from(table)).one()


def stored(table: type[RowT], record_id: int) -> RowT:
    """One stored row."""
    with reading() as session:
        row = session.get(table, record_id)
    assert row is not None
    return row


def test_a_submitted_intake_waits_for_the_clinicians(cast: Cast) -> None:
    """Episode, intake and assessment are there, and the episode file shows them."""
    draft = cast.draft(**URGENT)
    done = casework.submit_intake(cast.noor, draft.id, draft.version)
    file = casework.read_episode(cast.amina, done.episode_id)
    assert done.urgency == file.episode.urgency == file.document["urgency"] == "urgent"
    assert file.episode.state == "awaiting-review"
    assert file.assessment_id == done.assessment_id
    assert file.answers == draft.answers
    assert [row.episode_id for row in casework.worklist(cast.amina).rows] == [done.episode_id]
    after = casework.read_draft(cast.noor, draft.id)
    assert (after.state, after.episode_id) == ("submitted", done.episode_id)


def test_the_stored_assessment_is_the_preview(cast: Cast) -> None:
    """What the desk saw beside the questions is what was stored, to the bit."""
    draft = cast.draft(**SAME_DAY)
    seen = intake.preview(draft.answers)
    done = casework.submit_intake(cast.noor, draft.id, draft.version)
    document = casework.read_episode(cast.amina, done.episode_id).document
    assert json.dumps(document, sort_keys=True) == json.dumps(seen, sort_keys=True)


def test_a_double_click_submits_once(cast: Cast) -> None:
    """The second call, whatever version it had seen, returns what the first one made."""
    draft = cast.draft()
    first = casework.submit_intake(cast.noor, draft.id, draft.version)
    assert casework.submit_intake(cast.noor, draft.id, draft.version) == first
    assert casework.submit_intake(cast.amina, draft.id, draft.version + 9) == first
    assert how_many(Intake) == how_many(Assessment) == how_many(Episode) == 1


def test_two_clicks_at_the_same_moment_submit_once(cast: Cast) -> None:
    """Four threads at once: one intake, and the same answer to all of them."""
    draft = cast.draft()
    with ThreadPoolExecutor(4) as clicks:
        done = set(clicks.map(lambda _: casework.submit_intake(cast.noor, draft.id, draft.version), range(8)))
    assert len(done) == 1
    assert how_many(Intake) == how_many(Assessment) == how_many(Episode) == how_many(KnowledgeText) == 1


def test_two_patients_at_the_same_moment_share_one_knowledge_text(cast: Cast) -> None:
    """The first two intakes ever: the knowledge is kept once, and neither fails for it."""
    drafts = [cast.draft() for _ in range(4)]
    with ThreadPoolExecutor(4) as desks:
        done = list(desks.map(lambda draft: casework.submit_intake(cast.noor, draft.id, draft.version), drafts))
    assert len({each.episode_id for each in done}) == 4
    assert how_many(KnowledgeText) == 1


def test_missing_required_questions_are_listed(cast: Cast) -> None:
    """NotReady names each one; nothing is stored and the draft stays open."""
    draft = cast.draft(nprs_worst=None, rf_fever=None)
    with pytest.raises(casework.NotReady) as refusal:
        casework.submit_intake(cast.noor, draft.id, draft.version)
    assert set(refusal.value.missing) == {"nprs_worst", "rf_fever"}
    assert how_many(Intake) == how_many(Episode) == 0
    assert casework.read_draft(cast.noor, draft.id).state == "open"


def test_a_question_answered_with_unknown_is_answered(cast: Cast) -> None:
    """Asked and not known is not the same as not asked."""
    draft = cast.draft(rf_fever="unknown")
    done = casework.submit_intake(cast.noor, draft.id, draft.version)
    assert "rf_fever" in casework.read_episode(cast.amina, done.episode_id).document["unknown_emergency_items"]


def test_once_an_emergency_has_fired_the_rest_is_optional(cast: Cast) -> None:
    """Nobody is kept at the desk to count kilometres; urgent or same-day does not stop the questions."""
    left_out = {"nprs_worst": None, "weekly_distance_km": None, "meds": None}
    emergency = cast.draft(**EMERGENCY, **left_out)
    assert casework.submit_intake(cast.noor, emergency.id, emergency.version).urgency == "emergency"
    same_day = cast.draft(**SAME_DAY, **left_out)
    with pytest.raises(casework.NotReady):
        casework.submit_intake(cast.noor, same_day.id, same_day.version)


@pytest.mark.parametrize("changes", [{}, EMERGENCY])
def test_without_consent_nothing_is_submitted(cast: Cast, changes: dict[str, Any]) -> None:
    """A patient who says no has no record made, whatever else was answered."""
    draft = cast.draft(consent_record="no", **changes)
    with pytest.raises(casework.NotReady, match="not agreed") as refusal:
        casework.submit_intake(cast.noor, draft.id, draft.version)
    assert refusal.value.missing == ("consent_record",)
    assert how_many(Intake) == 0


def test_unknown_is_not_consent(cast: Cast) -> None:
    """The desk asks again, unless an emergency must not wait for it."""
    draft = cast.draft(consent_record="unknown")
    with pytest.raises(casework.NotReady, match="not consent"):
        casework.submit_intake(cast.noor, draft.id, draft.version)
    assert cast.submitted(None, consent_record="unknown", **EMERGENCY).urgency == "emergency"


def test_submitting_a_draft_someone_just_changed_is_stale(cast: Cast) -> None:
    """Who submits has read what is submitted: a colleague's later answer must be seen first."""
    draft = cast.draft()
    changed = casework.save_answer(cast.amina, draft.id, "nprs_worst", 9)
    with pytest.raises(casework.StaleRecord) as stale:
        casework.submit_intake(cast.noor, draft.id, draft.version)
    assert stale.value.changed_by == "Amina"
    assert how_many(Intake) == 0
    casework.submit_intake(cast.noor, draft.id, changed.version)


def test_who_submits_an_older_draft_learns_that_first_and_not_what_its_changes_left_open(cast: Cast) -> None:
    """A colleague's answer brought up new questions: the draft has changed, whatever is missing now."""
    draft = cast.draft()
    casework.save_answer(cast.noor, draft.id, "nprs_leg", 6)
    with pytest.raises(casework.StaleRecord) as stale:
        casework.submit_intake(cast.amina, draft.id, draft.version)
    assert stale.value.changed_by == "Noor"


def test_a_discarded_draft_cannot_be_submitted(cast: Cast) -> None:
    """What was put aside stays aside until it is taken up again."""
    draft = cast.draft()
    aside = casework.discard_draft(cast.noor, draft.id, draft.version)
    with pytest.raises(casework.StaleRecord):
        casework.submit_intake(cast.noor, draft.id, aside.version)


def test_the_answer_of_a_hidden_question_is_stored_and_not_used(cast: Cast) -> None:
    """Leg questions answered before leg pain became nothing count neither for the case nor for the cohort."""
    draft = cast.draft(nprs_leg=0, leg_worse_than_back="yes", runner="no", surface_mix={"trail": 100.0})
    done = casework.submit_intake(cast.noor, draft.id, draft.version)
    row = stored(Intake, done.intake_id)
    assert row.answers["leg_worse_than_back"] == "yes"
    assert row.surface is None
    assert row.shoe_type is None


def test_the_cohort_columns_follow_the_answers(cast: Cast) -> None:
    """Age, band, sex, surface, shoe, pain and disability, and what the assessment said."""
    done = cast.submitted(age_years=36, rmdq_total=12, nprs_back_now=4, shoe_type="neutral")
    row, said = stored(Intake, done.intake_id), stored(Assessment, done.assessment_id).document
    assert (row.age_years, row.age_band, row.sex, row.shoe_type) == (36, "20-39", "female", "neutral")
    assert (row.surface, row.nprs_back, row.odi_percent, row.rmdq_total) == ("asphalt", 4, None, 12)
    assert (row.urgency, row.leading_condition, row.step) == (
        Urgency.of(said["urgency"]),
        said["pathway"]["condition"],
        said["pathway"]["step"],
    )
    assert row.month == f"{row.submitted_at:%Y-%m}"


def test_a_follow_up_joins_the_open_episode(cast: Cast) -> None:
    """The second intake of one problem belongs to its episode, which waits for review again."""
    patient = cast.runner()
    before = cast.in_care(patient)
    after = cast.episode(patient, nprs_worst=8)
    assert after.episode.id == before.episode.id
    assert after.episode.state == "awaiting-review"
    assert [row.basis for row in after.assessments] == ["intake", "intake"]
    assert after.answers["nprs_worst"] == 8
    assert how_many(Episode) == 1


def test_an_urgency_nobody_has_read_is_not_lowered_by_a_follow_up(cast: Cast) -> None:
    """An unread emergency stays on top although the next intake is calm; once signed, the new one counts."""
    patient = cast.runner()
    waiting = cast.episode(patient, **EMERGENCY)
    calm = cast.episode(patient)
    assert calm.document["urgency"] == "routine"
    assert calm.episode.urgency == "emergency"
    assert calm.episode.submitted_at == waiting.episode.submitted_at


def test_after_a_closed_episode_a_new_one_is_opened(cast: Cast) -> None:
    """A problem that is over does not take up the next one."""
    patient = cast.runner()
    old = cast.in_care(patient)
    casework.close_episode(cast.amina, old.episode.id, old.version, "recovered")
    new = cast.episode(patient)
    assert new.episode.id != old.episode.id
    assert [row.id for row in casework.episodes_of(cast.noor, patient.id)] == [new.episode.id, old.episode.id]


def test_a_submission_that_fails_half_way_leaves_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Intake, episode, assessment and draft change together or not at all."""
    draft = cast.draft()

    def broken(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("dashboard.casework.assessing.store", broken)
    with pytest.raises(OSError, match="disk full"):
        casework.submit_intake(cast.noor, draft.id, draft.version)
    assert how_many(Intake) == how_many(Episode) == 0
    assert casework.read_draft(cast.noor, draft.id) == draft


def test_managers_administrators_and_mallory_submit_nothing(cast: Cast) -> None:
    """And neither does a colleague of another site."""
    draft = cast.draft()
    refused(cast, lambda a: casework.submit_intake(a, draft.id, draft.version), "chidi", "dana", "mallory")
    with pytest.raises(casework.NotFound):
        casework.submit_intake(cast.sofia, draft.id, draft.version)
    assert how_many(Intake) == 0


def test_submitting_leaves_its_audit_events(cast: Cast, trail: Trail) -> None:
    """One of each: draft, episode, intake, assessment, knowledge."""
    draft = cast.draft()
    done = casework.submit_intake(cast.noor, draft.id, draft.version)
    once = ("draft:submit", "episode:open", "intake:submit", "assessment:make", "knowledge:keep", "draft:link-intake")
    assert {deed: len(trail(deed)) for deed in once} == dict.fromkeys(once, 1)
    (event,) = trail("intake:submit")
    assert (event.person_name, event.role, event.record_id) == ("Noor", "staff", str(done.intake_id))
    assert how_many(Patient) == 1
