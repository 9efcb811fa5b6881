"""Who writes a draft: one person in one browser tab at a time, until another takes over or nothing is heard of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from dashboard.access import Actor, Permission
from dashboard.casework.authority import changed, writing
from dashboard.casework.deeds import deed
from dashboard.casework.draft_rows import found_draft, locked_draft, view_of
from dashboard.casework.errors import BadAnswer
from dashboard.casework.shapes import is_heard
from dashboard.casework.views import DraftView, Writer
from dashboard.letters import one_line
from db import records
from db.queries import DraftEntry
from db.tables import DraftLease
from db.trail import sign_in_reference

BEAT_EVERY = timedelta(seconds=20)
"""A writer heard of so lately need not be written down again."""
LONGEST_TAB = 64
BY_THEMSELVES = ("patient", "paper")
"""Answers that come another way than through a desk's screen: whoever writes there does not stand in their way."""


@deed(Permission.INTAKE_WRITE, writes=True, of_a_site=True)
def hold_draft(actor: Actor, draft_id: str, tab: str) -> DraftView:
    """Write a draft from now on in this tab, or go on: unless somebody else is, who then stands in ``writer``.

    Whoever was not heard of for FREE_AFTER gives way in silence. A draft that expired, was submitted or put aside is
    nobody's to write.
    """
    with writing(actor, Permission.INTAKE_WRITE) as session:
        entry = locked_draft(session, actor, draft_id)
        view = view_of(session, entry)
        if view.state != "open" or view.expired or (view.writer and not is_held(entry, actor, tab)):
            return view
        if not is_held(entry, actor, tab):
            records.note(session, actor, "draft:write", "draft", draft_id)
        return view_of(session, lease_to(session, entry, actor, tab))


@deed(Permission.INTAKE_WRITE, writes=True, of_a_site=True)
def take_over_draft(actor: Actor, draft_id: str, tab: str) -> DraftView:
    """Write a draft in this tab although somebody does in another; it becomes this person's own."""
    with writing(actor, Permission.INTAKE_WRITE) as session:
        entry = locked_draft(session, actor, draft_id)
        view = view_of(session, entry)
        if view.state != "open" or view.expired:
            return view
        own = entry.draft.owner_id == actor.person_id
        changed(
            session,
            actor,
            entry.draft,
            entry.draft.version,
            "draft:take-over",
            reason="own" if own else "",
            owner_id=actor.person_id,
        )
        lease_to(session, entry, actor, tab, taking_over=True)
        return view_of(session, found_draft(session, actor, draft_id))


@deed(Permission.INTAKE_WRITE, writes=True, of_a_site=True)
def let_go_of_draft(actor: Actor, draft_id: str, tab: str) -> None:
    """Write no more in this tab, so that the next who opens the draft need not wait; nothing when another writes it."""
    with writing(actor, Permission.INTAKE_WRITE) as session:
        entry = locked_draft(session, actor, draft_id)
        if entry.lease is not None and is_held(entry, actor, tab):
            session.delete(entry.lease)
            records.note(session, actor, "draft:let-go", "draft", draft_id)


def is_held(entry: DraftEntry, actor: Actor, tab: str) -> bool:
    """Whether this tab of this person is the one that writes, and was heard of lately enough."""
    lease = entry.lease
    return lease is not None and is_heard(lease) and lease.tab == tab and lease.person_id == actor.person_id


def may_write(entry: DraftEntry, actor: Actor, tab: str, source: str) -> bool:
    """Whether an answer may go into the draft now: nobody writes it, or the one who does gives the answer.

    Without a tab it is the person that counts.
    """
    lease = entry.lease
    if lease is None or not is_heard(lease) or source in BY_THEMSELVES:
        return True
    return lease.person_id == actor.person_id and tab in ("", lease.tab)


def on_this_device(actor: Actor, writer: Writer) -> bool:
    """Whether somebody writes under the very sign-in of this person: in another window of the same browser."""
    return bool(writer.sign_in) and writer.sign_in == sign_in_reference(actor.sign_in)


def beat(entry: DraftEntry, actor: Actor, tab: str) -> None:
    """Note that the writer was heard of, but not at every key."""
    if entry.lease is not None and is_held(entry, actor, tab):
        now = datetime.now(UTC)
        if now - entry.lease.beat_at >= BEAT_EVERY:
            entry.lease.beat_at = now


def lease_to(session: Session, entry: DraftEntry, actor: Actor, tab: str, taking_over: bool = False) -> DraftEntry:
    """The draft with this tab as its writer."""
    if is_held(entry, actor, tab):
        beat(entry, actor, tab)
        return entry
    if not tab or len(tab) > LONGEST_TAB or tab != one_line(tab):
        raise BadAnswer("tab", "is not the name of a browser tab.")
    now = datetime.now(UTC)
    lease = entry.lease or DraftLease(draft_id=entry.draft.id, person_id=actor.person_id, tab=tab)
    lease.before_id = lease.person_id if taking_over and entry.lease is not None else None
    lease.person_id, lease.sign_in, lease.tab = actor.person_id, sign_in_reference(actor.sign_in), tab
    lease.since = lease.beat_at = now
    session.add(lease)
    session.flush()
    return found_draft(session, actor, entry.draft.id)
