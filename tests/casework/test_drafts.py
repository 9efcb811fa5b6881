"""Taking an intake: every answer is kept the moment it is given, and nothing kept is ever lost."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import col, select

from dashboard import casework, intake
from db.tables import Draft, DraftRevision
from tests.casework.conftest import Cast, Trail, refused
from tests.sessions import reading


def revisions(draft_id: str) -> list[tuple[str, object]]:
    """Everything ever said in a draft, in order."""
    with reading() as session:
        said = select(DraftRevision).where(DraftRevision.draft_id == draft_id)
        return [(row.item, row.value) for row in session.exec(said.order_by(col(DraftRevision.id)))]


def test_opening_twice_is_the_same_draft(cast: Cast) -> None:
    """One open draft a patient, whoever at the site opens it."""
    patient = cast.runner()
    first = casework.open_draft(cast.noor, patient.id)
    assert casework.open_draft(cast.amina, patient.id).id == first.id
    assert first.owner == "Noor"
    assert [draft.id for draft in casework.open_drafts(cast.noor)] == [first.id]
    assert casework.open_drafts(cast.amina, mine=True) == ()


def test_two_who_open_at_once_get_the_same_draft(cast: Cast) -> None:
    """The database allows one; the slower desk is given the faster one's."""
    patient = cast.runner()
    with ThreadPoolExecutor(4) as desks:
        ids = set(desks.map(lambda _: casework.open_draft(cast.noor, patient.id).id, range(8)))
    assert len(ids) == 1


def test_a_draft_cannot_be_guessed_and_knows_age_and_sex(cast: Cast) -> None:
    """Its id is opaque; what the record knows is not asked again."""
    patient = cast.runner()
    draft = casework.open_draft(cast.noor, patient.id)
    assert len(draft.id) >= 22
    assert draft.answers == {"age_years": patient.age, "sex_at_birth": "female"}


def test_an_answer_is_kept_and_read_back(cast: Cast) -> None:
    """Canonical in the draft, and there for a colleague at the same site."""
    draft = casework.open_draft(cast.noor, cast.runner().id)
    casework.save_answer(cast.noor, draft.id, "rf_fever", "unknown")
    casework.save_answer(cast.noor, draft.id, "aggravating", ["running", "sitting"])
    kept = casework.read_draft(cast.amina, draft.id)
    assert kept.answers["rf_fever"] == "unknown"
    assert kept.answers["aggravating"] == ["sitting", "running"]
    assert kept.saved_at > draft.saved_at


def test_a_draft_survives_the_process_that_wrote_it(cast: Cast) -> None:
    """What was saved is there for a server started afterwards."""
    draft = casework.open_draft(cast.noor, cast.runner().id)
    casework.save_answer(cast.noor, draft.id, "nprs_worst", 7)
    code = (
        "import sys; from dashboard import casework;"
        "print(casework.read_draft(casework.actor_for('noor'), sys.argv[1]).answers['nprs_worst'])"
    )
    fresh = subprocess.run(
        [sys.executable, "-c", code, draft.id], env=os.environ, capture_output=True, text=True, check=True, timeout=120
    )
    assert fresh.stdout.strip() == "7"


@pytest.mark.parametrize(
    ("item", "raw"),
    [
        ("nprs_worst", 11),
        ("nprs_worst", "a lot"),
        ("onset_type", "magic"),
        ("aggravating", ["nothing_specific", "sitting"]),
        ("surface_mix", {"trail": 40}),
        ("weekly_distance_km", -1),
        ("not_a_question", "yes"),
        ("nprs_worst_detail", "words where none are taken"),
    ],
)
def test_a_refused_answer_changes_nothing(cast: Cast, item: str, raw: object) -> None:
    """The error names the item; what was saved before stays, and no version is used up."""
    draft = casework.open_draft(cast.noor, cast.runner().id)
    before = casework.save_answer(cast.noor, draft.id, "nprs_worst", 6)
    with pytest.raises(casework.BadAnswer) as refusal:
        casework.save_answer(cast.noor, draft.id, item, raw)
    assert refusal.value.item == item
    assert casework.read_draft(cast.noor, draft.id) == before
    assert revisions(draft.id) == [("nprs_worst", 6)]


def test_an_unchanged_answer_writes_nothing(cast: Cast, trail: Trail) -> None:
    """A rerun of the page saves the same value again: no revision, no version, no event."""
    draft = casework.open_draft(cast.noor, cast.runner().id)
    first = casework.save_answer(cast.noor, draft.id, "weekly_distance_km", 20, unit="mi")
    again = casework.save_answer(cast.noor, draft.id, "weekly_distance_km", 20, unit="mi")
    assert again == first
    assert len(revisions(draft.id)) == len(trail("answer:save")) == 1


@pytest.mark.parametrize("blank", [None, "", "  "])
def test_clearing_an_answer_keeps_what_was_said(cast: Cast, blank: object) -> None:
    """The answer goes, its revision stays."""
    draft = casework.open_draft(cast.noor, cast.runner().id)
    casework.save_answer(cast.noor, draft.id, "nprs_worst", "6")
    cleared = casework.save_answer(cast.noor, draft.id, "nprs_worst", blank)
    assert "nprs_worst" not in cleared.answers
    assert "nprs_worst" not in cleared.entered
    assert revisions(draft.id) == [("nprs_worst", 6), ("nprs_worst", None)]


def test_what_was_typed_in_miles_is_kept_in_kilometres_and_shown_as_typed(cast: Cast) -> None:
    """One number in the record, and on the screen exactly what the desk wrote."""
    draft = casework.open_draft(cast.noor, cast.runner().id)
    kept = casework.save_answer(cast.noor, draft.id, "weekly_distance_km", 26.2, unit="mi")
    assert kept.answers["weekly_distance_km"] == pytest.approx(42.164813)
    shown = intake.shown_value("weekly_distance_km", 42.164813, kept.entered["weekly_distance_km"], "mi")
    assert shown == 26.2


def test_words_beside_an_answer_are_kept_and_never_reasoned_about(cast: Cast) -> None:
    """The detail of a red flag is for the clinician to read; the case does not hold it."""
    draft = casework.open_draft(cast.noor, cast.runner().id)
    casework.save_answer(cast.noor, draft.id, "rf_cancer_history", "yes")
    kept = casework.save_answer(cast.noor, draft.id, "rf_cancer_history_detail", "breast, six years ago")
    assert kept.answers["rf_cancer_history_detail"] == "breast, six years ago"
    assert set(intake.case_of(kept.answers).answers) == {"age_years", "sex_at_birth", "rf_cancer_history"}


def test_the_answer_of_a_question_that_hides_is_kept_and_not_used(cast: Cast) -> None:
    """Leg pain set to nothing hides the leg questions; set back, their answers are there again."""
    draft = casework.open_draft(cast.noor, cast.runner().id)
    casework.save_answer(cast.noor, draft.id, "nprs_leg", 5)
    casework.save_answer(cast.noor, draft.id, "leg_worse_than_back", "yes")
    hidden = casework.save_answer(cast.noor, draft.id, "nprs_leg", 0)
    assert hidden.answers["leg_worse_than_back"] == "yes"
    assert "leg_worse_than_back" not in intake.case_of(hidden.answers).answers
    shown = casework.save_answer(cast.noor, draft.id, "nprs_leg", 5)
    assert intake.case_of(shown.answers).answers["leg_worse_than_back"] == "yes"


def test_two_tabs_saving_different_questions_lose_nothing(cast: Cast) -> None:
    """Eight saves at once, each of its own question: all eight are there."""
    draft = casework.open_draft(cast.noor, cast.runner().id)
    flags = [item.id for item in intake.knowledge().items.values() if item.type == "flag"][:8]
    with ThreadPoolExecutor(4) as tabs:
        list(tabs.map(lambda item: casework.save_answer(cast.noor, draft.id, item, "no"), flags))
    kept = casework.read_draft(cast.noor, draft.id).answers
    assert [kept.get(item) for item in flags] == ["no"] * 8


def test_the_open_section_is_remembered(cast: Cast) -> None:
    """The intake resumes where it was left."""
    draft = casework.open_draft(cast.noor, cast.runner().id)
    for section in ("demographics", "review"):
        casework.keep_section(cast.noor, draft.id, section)
        assert casework.read_draft(cast.noor, draft.id).section == section
    with pytest.raises(casework.BadAnswer):
        casework.keep_section(cast.noor, draft.id, "a forged one")


def test_turning_pages_in_a_submitted_intake_changes_nothing(cast: Cast) -> None:
    """A tab left open behind the submitted one is neither an error nor a change."""
    draft = cast.draft()
    casework.submit_intake(cast.noor, draft.id, draft.version)
    before = casework.read_draft(cast.noor, draft.id)
    assert casework.keep_section(cast.noor, draft.id, "demographics") == before


def test_a_discarded_draft_can_be_taken_up_again(cast: Cast) -> None:
    """Discarding is undone in one step, unless a newer draft was begun meanwhile."""
    patient = cast.runner()
    draft = casework.open_draft(cast.noor, patient.id)
    aside = casework.discard_draft(cast.noor, draft.id, draft.version)
    assert casework.open_drafts(cast.noor) == ()
    with pytest.raises(casework.StaleRecord):
        casework.save_answer(cast.noor, draft.id, "nprs_worst", 6)
    back = casework.restore_draft(cast.noor, draft.id, aside.version)
    assert back.state == "open"
    aside = casework.discard_draft(cast.noor, draft.id, back.version)
    newer = casework.open_draft(cast.noor, patient.id)
    assert newer.id != draft.id
    with pytest.raises(casework.StaleRecord):
        casework.restore_draft(cast.noor, draft.id, aside.version)


def test_discarding_a_draft_someone_just_changed_is_stale(cast: Cast) -> None:
    """The error says who changed it and when, and the draft stays open."""
    draft = casework.open_draft(cast.noor, cast.runner().id)
    casework.save_answer(cast.amina, draft.id, "nprs_worst", 6)
    with pytest.raises(casework.StaleRecord) as stale:
        casework.discard_draft(cast.noor, draft.id, draft.version)
    assert stale.value.changed_by == "Amina"
    assert stale.value.changed_at is not None
    assert casework.read_draft(cast.noor, draft.id).state == "open"


def test_managers_administrators_and_mallory_take_no_intake(cast: Cast) -> None:
    """No draft is opened, read, written or put aside by those whose work it is not."""
    patient = cast.runner()
    draft = casework.open_draft(cast.noor, patient.id)
    outsiders = ("chidi", "dana", "mallory")
    refused(cast, lambda actor: casework.open_draft(actor, patient.id), *outsiders)
    refused(cast, lambda actor: casework.read_draft(actor, draft.id), *outsiders)
    refused(cast, lambda actor: casework.open_drafts(actor), *outsiders)
    refused(cast, lambda actor: casework.save_answer(actor, draft.id, "rf_fever", "yes"), *outsiders)
    refused(cast, lambda actor: casework.keep_section(actor, draft.id, "demographics"), *outsiders)
    refused(cast, lambda actor: casework.discard_draft(actor, draft.id, draft.version), *outsiders)
    assert casework.read_draft(cast.noor, draft.id) == draft


def test_another_sites_drafts_are_not_found(cast: Cast) -> None:
    """Knowing the id is not enough: Sofia works elsewhere."""
    draft = casework.open_draft(cast.noor, cast.runner("north").id)
    deeds: tuple[Callable[[], object], ...] = (
        lambda: casework.open_draft(cast.sofia, draft.patient.id),
        lambda: casework.read_draft(cast.sofia, draft.id),
        lambda: casework.save_answer(cast.sofia, draft.id, "rf_fever", "yes"),
        lambda: casework.discard_draft(cast.sofia, draft.id, draft.version),
    )
    for deed in deeds:
        with pytest.raises(casework.NotFound):
            deed()
    assert casework.open_drafts(cast.sofia) == ()


def test_saving_leaves_an_audit_event_that_names_the_question_not_the_answer(cast: Cast, trail: Trail) -> None:
    """Who changed which question of which draft; the answer itself is in the draft only."""
    draft = casework.open_draft(cast.noor, cast.runner().id)
    casework.save_answer(cast.noor, draft.id, "goal_text", "run along the river with Ines")
    (event,) = trail("answer:save")
    assert (event.person_name, event.record, event.record_id) == ("Noor", "draft", draft.id)
    assert event.reason == "goal_text"
    assert "river" not in f"{event.before} {event.after}"


def test_a_page_that_fails_half_way_keeps_nothing_of_that_save(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer, revision and audit event are written together or not at all."""
    draft = casework.open_draft(cast.noor, cast.runner().id)

    def broken(*_: object, **__: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as failing:
        failing.setattr("db.records.note", broken)
        with pytest.raises(OSError, match="disk full"):
            casework.save_answer(cast.noor, draft.id, "nprs_worst", 6)
    with reading() as session:
        row = session.get(Draft, draft.id)
        assert row is not None
        assert "nprs_worst" not in row.answers
    assert revisions(draft.id) == []
