"""The desk's notes on answers that look odd: kept with the draft, never changed, only followed by newer ones."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from dashboard import cautions, doubts, entry
from dashboard.access import Actor, Permission
from dashboard.casework.authority import changed, writing
from dashboard.casework.deeds import deed
from dashboard.casework.draft_rows import open_to_answers, view_of
from dashboard.casework.errors import BadAnswer
from dashboard.casework.views import DraftView
from dashboard.cautions import Caution
from dashboard.letters import one_line
from db.tables import Draft


@deed(Permission.INTAKE_WRITE, writes=True, of_a_site=True)
def note_doubt(actor: Actor, draft_id: str, caution_id: str, text: str) -> DraftView:
    """Note why an odd answer is right; "" takes the last note back, and nothing is written when nothing changed.

    The note holds as long as the answers it is about stay as they are. BadAnswer says what is wrong and the cure.
    """
    caution = cautions.caution(caution_id)
    if caution is None:
        raise BadAnswer("note", "is about nothing that is doubted here. Reload the page.")
    words = _words(text)
    with writing(actor, Permission.INTAKE_WRITE) as session:
        found = open_to_answers(session, actor, draft_id)
        draft = found.draft
        if (kept := _with(draft, caution, words, actor)) is not None:
            changed(session, actor, draft, draft.version, "doubt:note", reason=caution.id, notes=kept)
        return view_of(session, found)


def _with(draft: Draft, caution: Caution, words: str, actor: Actor) -> dict[str, Any] | None:
    """The draft's notes with this one as the newest; None when it says what the last one said of the same answers."""
    notes = draft.notes or {}
    before = list(notes.get(caution.id, []))
    subject = entry.plain(doubts.about(caution, draft.answers))
    last = before[-1] if before else {"text": "", "about": subject}
    if last["text"] == words and (last["about"] == subject or not words):
        return None
    if before and (last["by"], last["about"]) == (actor.person_id, subject):
        before.pop()  # the same person still writing the same note
    now = datetime.now(UTC).isoformat(timespec="seconds")
    note = {"text": words, "by": actor.person_id, "name": actor.name, "at": now, "about": subject}
    return {**notes, caution.id: [*before, note]}


def _words(text: object) -> str:
    """One visible line; BadAnswer when it is none, or too long."""
    if not isinstance(text, str):
        raise BadAnswer("note", "must be words.")
    if len(text) > entry.LONGEST_TEXT or len(words := one_line(text)) > doubts.MOST_LETTERS:
        raise BadAnswer("note", f"is too long: say it in at most {doubts.MOST_LETTERS} letters.")
    return words
