"""Notes on answers that look odd: kept with the draft and the intake, for the clinician, and written nowhere else."""

from __future__ import annotations

import logging

import pytest
from sqlmodel import select

from dashboard import casework, doubts, intake
from dashboard.casework.views import DraftView
from db.tables import AuditEvent, Intake
from tests.casework.conftest import Cast
from tests.sessions import reading

SLIP = {"nprs_worst": 3, "nprs_back_now": 7}
CAUTION = "worst_below_now"
TOLD = "he says mornings are the worst, Tuesday Ines"


def standing(draft: DraftView) -> doubts.Doubt:
    """The one doubt about this draft."""
    (doubt,) = intake.doubts(draft.answers, draft.notes)
    return doubt


def test_an_odd_answer_is_doubted_until_somebody_says_why_it_is_right(cast: Cast) -> None:
    """Without a note it is counted as bare; with one it stands with what was said, by whom and when."""
    draft = cast.draft(**SLIP)
    assert doubts.counted(intake.doubts(draft.answers, draft.notes)) == "1 answer is doubtful: 1 without a note."
    noted = standing(casework.note_doubt(cast.noor, draft.id, CAUTION, f"  {TOLD}\n"))
    assert (noted.text, noted.note["name"], noted.note["by"]) == (TOLD, "Noor", cast.noor.person_id)
    again = casework.read_draft(cast.amina, draft.id)
    assert doubts.counted(intake.doubts(again.answers, again.notes)) == "1 answer is doubtful: with a note."


def test_a_note_holds_only_for_the_answers_it_was_made_of(cast: Cast) -> None:
    """Another answer, as odd as the first, is doubted anew; the note stays in its history and is shown as earlier."""
    draft = cast.draft(**SLIP)
    casework.note_doubt(cast.noor, draft.id, CAUTION, TOLD)
    changed = standing(casework.save_answer(cast.noor, draft.id, "nprs_worst", 2))
    assert (changed.text, changed.note) == ("", None)
    assert changed.earlier is not None
    assert changed.earlier["text"] == TOLD
    renewed = casework.note_doubt(cast.noor, draft.id, CAUTION, "asked twice")
    assert standing(renewed).text == "asked twice"
    assert [note["text"] for note in renewed.notes[CAUTION]] == [TOLD, "asked twice"]
    back = standing(casework.save_answer(cast.noor, draft.id, "nprs_worst", 3))
    assert back.note is None, "the newest note is about other answers"


def test_what_a_person_is_still_writing_is_one_note(cast: Cast) -> None:
    """Half a sentence kept on the way is replaced by the whole one; a colleague's stays beside it."""
    draft = cast.draft(**SLIP)
    casework.note_doubt(cast.noor, draft.id, CAUTION, "morn")
    casework.note_doubt(cast.noor, draft.id, CAUTION, "mornings are worst")
    after = casework.note_doubt(cast.amina, draft.id, CAUTION, "measured again")
    assert [note["text"] for note in after.notes[CAUTION]] == ["mornings are worst", "measured again"]
    version = after.version
    assert casework.note_doubt(cast.amina, draft.id, CAUTION, "measured again").version == version


def test_a_note_is_taken_back_with_nothing(cast: Cast) -> None:
    """An emptied field is no note, and the answer is bare again."""
    draft = cast.draft(**SLIP)
    casework.note_doubt(cast.noor, draft.id, CAUTION, TOLD)
    assert standing(casework.note_doubt(cast.noor, draft.id, CAUTION, "  ")).text == ""


@pytest.mark.parametrize(
    ("caution", "text", "says"),
    [
        ("made_up", "x", "nothing that is doubted"),
        (CAUTION, "x" * 301, "at most 300 letters"),
        (CAUTION, "x" * 1_000_000, "at most 300 letters"),
        (CAUTION, ["a"], "must be words"),
    ],
)
def test_what_is_no_note_is_refused(cast: Cast, caution: str, text: object, says: str) -> None:
    """Of a doubt nobody has, too long, or no words at all: refused with the cure, and nothing is written."""
    draft = cast.draft(**SLIP)
    with pytest.raises(casework.BadAnswer, match=says):
        casework.note_doubt(cast.noor, draft.id, caution, text)  # type: ignore[arg-type]
    assert not casework.read_draft(cast.noor, draft.id).notes


def test_notes_go_with_the_intake_to_the_clinician(cast: Cast) -> None:
    """Submitted, the note stands in the intake and in the episode's file, with the answers it is about."""
    draft = cast.draft(**SLIP)
    noted = casework.note_doubt(cast.noor, draft.id, CAUTION, TOLD)
    done = casework.submit_intake(cast.amina, draft.id, noted.version)
    file = casework.read_episode(cast.amina, done.episode_id)
    (doubt,) = intake.doubts(file.answers, file.notes)
    assert (doubt.caution.id, doubt.text) == (CAUTION, TOLD)
    with reading() as session:
        assert session.exec(select(Intake.notes).where(Intake.id == done.intake_id)).one() == dict(noted.notes)


def test_the_words_of_a_note_are_in_no_trail_and_no_log(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    """The trail tells that a doubt was noted, which and by whom; what was said stays with the answers."""
    caplog.set_level(logging.DEBUG)
    draft = cast.draft(**SLIP)
    casework.note_doubt(cast.noor, draft.id, CAUTION, TOLD)
    with reading() as session:
        events = session.exec(select(AuditEvent).where(AuditEvent.deed == "doubt:note")).all()
        trail = [str(event.model_dump()) for event in session.exec(select(AuditEvent)).all()]
    assert [event.reason for event in events] == [CAUTION]
    assert not [line for line in (*trail, caplog.text) if "Tuesday" in line]


def test_a_note_on_a_submitted_intake_is_stale(cast: Cast) -> None:
    """Once handed over, what was noted does not change under the clinician's eyes."""
    draft = cast.draft(**SLIP)
    casework.submit_intake(cast.amina, draft.id, draft.version)
    with pytest.raises(casework.StaleRecord):
        casework.note_doubt(cast.noor, draft.id, CAUTION, "too late")
