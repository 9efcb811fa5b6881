"""One answer of an intake at a time: kept, or set aside for somebody to settle; never written over, never lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from dashboard import coming, entry
from dashboard.access import Actor, Permission
from dashboard.casework import leases
from dashboard.casework.authority import changed, looking, writing
from dashboard.casework.deeds import deed
from dashboard.casework.draft_rows import (
    draft_beginning,
    found_draft,
    has_expired,
    open_to_answers,
    stands,
    view_of,
)
from dashboard.casework.errors import BadAnswer, NotFound
from dashboard.casework.views import DraftView, SeenAnswer
from db import queries, records
from db.queries import DraftEntry
from db.tables import Draft, DraftRevision

SOURCES = ("desk", "unchanged", "patient", "paper", "undo")
"""Where an answer comes from: typed, confirmed from the last intake, the patient, paper, one taken back."""
UNSEEN = object()
"""What a writer had before them is not known."""
IN_PARTS = ("mix", "grid", "activities")
"""Kinds of questions whose answer may be half there."""
LONGEST_REFUSED, LONGEST_HALF = 200, 4000
"""Characters of what is kept of a refused answer, and of half an answer of several parts."""


@dataclass(frozen=True)
class _Given:
    """An answer as it is about to be kept; ``half`` is what was entered of one that is not an answer yet."""

    item: str
    answer: Any
    entered: Any = None
    source: str = "desk"
    half: Any = None
    settles: int | None = None


@deed(Permission.INTAKE_WRITE, writes=True, of_a_site=True)
def save_answer(
    actor: Actor,
    draft_id: str,
    item_id: str,
    raw: object,
    unit: str | None = None,
    *,
    seen: object = UNSEEN,
    source: str = "desk",
    tab: str = "",
) -> DraftView:
    """Keep one answer; None or "" clears it, and nothing is written when nothing changed.

    BadAnswer (what is wrong and the cure) leaves everything saved before as it was. An answer is only ever
    added to the draft's revisions, so what was said first stays on record. Two tabs may answer different
    questions of one draft: each save touches its own question only.

    ``seen`` is the stored answer the writer had before them. A value that is only that, brought back by a browser
    after somebody changed it, is no answer. Another one given over such a change, while somebody else writes the draft
    or after it expired, is not put into the draft but set aside (``DraftView.asides``) until somebody says which is
    right. ``tab`` is the browser tab it is written in, ``source`` (of SOURCES) where it comes from.
    """
    if source not in SOURCES:
        raise BadAnswer(item_id, "comes from nowhere that is known.")
    with writing(actor, Permission.INTAKE_WRITE) as session:
        found = open_to_answers(session, actor, draft_id)
        accepted = entry.accept(item_id, raw, unit, found.draft.entered.get(item_id))
        coming.must_be_ahead(entry.question(item_id), accepted.answer)
        given = _Given(item_id, entry.plain(accepted.answer), accepted.entered, source)
        kept = _keep(session, actor, found, given, seen, tab)
        return replace(view_of(session, found), kept=kept)


@deed(Permission.INTAKE_WRITE, writes=True, of_a_site=True)
def keep_unfinished(
    actor: Actor,
    draft_id: str,
    item_id: str,
    raw: object,
    unit: str | None = None,
    *,
    seen: object = UNSEEN,
    tab: str = "",
) -> DraftView:
    """Keep what was entered and is no answer (yet): shares short of 100 %, a refused number.

    The question then has no answer, whatever it had before: the screen shows what was entered, and what is submitted
    is never something else than the screen shows. BadAnswer for more than anybody enters.
    """
    longest = LONGEST_HALF if entry.question(item_id).type in IN_PARTS else LONGEST_REFUSED
    if len(str(raw)) > longest:
        raise BadAnswer(item_id, "is too long to be kept as it is.")
    with writing(actor, Permission.INTAKE_WRITE) as session:
        found = open_to_answers(session, actor, draft_id)
        as_typed = {"raw": entry.plain(raw), "unit": unit} if unit else None
        kept = _keep(session, actor, found, _Given(item_id, None, as_typed, half=entry.plain(raw)), seen, tab)
        return replace(view_of(session, found), kept=kept)


@deed(Permission.INTAKE_WRITE, writes=True, of_a_site=True)
def settle_answer(actor: Actor, draft_id: str, aside_id: int, keep_it: bool, *, tab: str = "") -> DraftView:
    """Say of an answer set aside whether it is the right one; the other stays on record."""
    with writing(actor, Permission.INTAKE_WRITE) as session:
        found = open_to_answers(session, actor, draft_id)
        aside = next((row for row, _ in queries.set_aside(session, found.draft.id) if row.id == aside_id), None)
        if aside is None or not leases.may_write(found, actor, tab, "desk"):
            return view_of(session, found)
        left = max(0, found.draft.asides - 1)
        if keep_it and not stands(found.draft, aside):
            given = _Given(aside.item, aside.value, aside.entered, aside.source, settles=aside.id)
            _put(session, actor, found.draft, given, "answer:settle", asides=left)
        else:
            said = {"item": aside.item, "value": found.draft.answers.get(aside.item), "settles": aside.id}
            _say(session, actor, found.draft, standing="settled", **said)
            changed(session, actor, found.draft, found.draft.version, "answer:settle", reason=aside.item, asides=left)
        leases.beat(found, actor, tab)
        return view_of(session, found)


@deed(Permission.INTAKE_WRITE, writes=True, of_a_site=True)
def undo_answer(actor: Actor, draft_id: str, *, tab: str = "") -> DraftView:
    """Take back the last answer this person typed that is not taken back yet: its question says again what it did.

    NotFound when there is none.
    """
    with writing(actor, Permission.INTAKE_WRITE) as session:
        found = open_to_answers(session, actor, draft_id)
        said = queries.said_in(session, found.draft.id)
        last = _last_of(said, actor)
        if last is None or not leases.may_write(found, actor, tab, "undo"):
            raise NotFound("There is no answer of yours to take back.")
        before = _as_of([row for row in said if (row.id or 0) < (last.id or 0)], last.item) or _first(found, last.item)
        given = _Given(last.item, before.answer, before.entered, "undo", before.unfinished, last.id)
        _put(session, actor, found.draft, given, "answer:undo")
        return view_of(session, found)


@deed(Permission.INTAKE_WRITE, of_a_site=True)
def draft_as_of(actor: Actor, draft_id: str, version: int) -> Mapping[str, SeenAnswer]:
    """What a screen that last saw this version of a draft had before it, of every question answered anew since."""
    with looking(actor, Permission.INTAKE_WRITE) as session:
        found = found_draft(session, actor, draft_id)
        said = queries.said_in(session, found.draft.id)
        since = {row.item for row in said if row.standing in queries.APPLIED and (row.draft_version or 0) > version}
        before = [row for row in said if (row.draft_version or 0) <= version]
        return {item: _as_of(before, item) or _first(found, item) for item in since}


def _keep(session: Session, actor: Actor, found: DraftEntry, given: _Given, seen: object, tab: str) -> bool:
    """Put an answer into the draft, or set it aside where it cannot go: whether the draft now says it."""
    draft, stored = found.draft, found.draft.answers.get(given.item)
    if _stands(draft, given):
        return True
    overtaken = seen is not UNSEEN and seen != stored
    if overtaken and given.answer == seen and given.half is None:
        return False  # what the browser had before it, brought back: nobody gave an answer
    overtaken = overtaken and not _was_own(session, actor, found, given.item, tab)
    if overtaken or has_expired(draft) or not leases.may_write(found, actor, tab, given.source):
        _set_aside(session, actor, draft, given)
        return False
    leases.beat(found, actor, tab)
    _put(session, actor, draft, given, "answer:save")
    return True


def _was_own(session: Session, actor: Actor, found: DraftEntry, item: str, tab: str) -> bool:
    """Whether this very tab gave the answer that stands there, and only did not live to see it drawn."""
    lease = found.lease
    if not tab or lease is None or (lease.tab, lease.person_id) != (tab, actor.person_id):
        return False
    said = queries.said_in(session, found.draft.id)
    last = next((row for row in reversed(said) if row.item == item and row.standing in queries.APPLIED), None)
    return last is not None and (last.by, last.source) == (actor.person_id, "desk") and last.at >= lease.since


def _stands(draft: Draft, given: _Given) -> bool:
    """Whether the draft says it already, as it was typed."""
    kept = draft.answers.get(given.item), draft.entered.get(given.item), draft.unfinished.get(given.item)
    return kept == (given.answer, given.entered, given.half)


def _put(session: Session, actor: Actor, draft: Draft, given: _Given, deed: str, **more: Any) -> None:
    _say(
        session,
        actor,
        draft,
        item=given.item,
        value=given.answer if given.half is None else given.half,
        entered=given.entered,
        source=given.source,
        standing="kept" if given.half is None else "unfinished",
        settles=given.settles,
    )
    fields = {
        "answers": _with(draft.answers, given.item, given.answer),
        "entered": _with(draft.entered, given.item, given.entered),
        "answered_at": datetime.now(UTC),
        **more,
    }
    if given.half is not None or given.item in draft.unfinished:
        fields["unfinished"] = _with(draft.unfinished, given.item, given.half)
    changed(session, actor, draft, draft.version, deed, reason=given.item, **fields)


def _set_aside(session: Session, actor: Actor, draft: Draft, given: _Given) -> None:
    """Keep an answer beside the draft, once: a browser that tries again says nothing new."""
    if given.half is not None:  # nothing to choose from, but on record
        _say(session, actor, draft, item=given.item, value=given.half, standing="half")
        records.note(session, actor, "answer:set-aside", "draft", draft.id, reason=given.item)
        return
    waiting = queries.set_aside(session, draft.id) if draft.asides else ()
    if any((row.item, row.value, row.by) == (given.item, given.answer, actor.person_id) for row, _ in waiting):
        return
    said = {"item": given.item, "value": given.answer, "entered": given.entered, "source": given.source}
    _say(session, actor, draft, standing="aside", **said)
    changed(session, actor, draft, draft.version, "answer:set-aside", reason=given.item, asides=draft.asides + 1)


def _say(session: Session, actor: Actor, draft: Draft, **said: Any) -> None:
    session.add(DraftRevision(draft_id=draft.id, by=actor.person_id, draft_version=draft.version + 1, **said))


def _as_of(said: list[DraftRevision], item: str) -> SeenAnswer | None:
    """What the last of these revisions left a question at; None when none is of it."""
    last = next((row for row in reversed(said) if row.item == item and row.standing in queries.APPLIED), None)
    if last is None:
        return None
    half = last.standing == "unfinished"
    return SeenAnswer(None, None, last.value) if half else SeenAnswer(last.value, last.entered, None)


def _first(found: DraftEntry, item: str) -> SeenAnswer:
    """What a question began with: nothing, or what the record knew."""
    return SeenAnswer(draft_beginning(found.patient).get(item), None, None)


def _last_of(said: tuple[DraftRevision, ...], actor: Actor) -> DraftRevision | None:
    """The last answer this person typed that is not taken back yet."""
    undone = {row.settles for row in said if row.source == "undo"}
    mine = (row for row in reversed(said) if row.by == actor.person_id and row.standing in queries.APPLIED)
    return next((row for row in mine if row.source == "desk" and row.id not in undone), None)


def _with(answers: Mapping[str, Any], item: str, value: Any) -> dict[str, Any]:
    """The answers with one put in its place, or taken out for None; the order they were given in is kept."""
    kept = {**answers, item: value}
    return {key: kept[key] for key in kept if kept[key] is not None}
