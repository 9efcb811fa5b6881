"""Asking another service to act, and following the request until it is answered."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session

from dashboard.access import Actor, Permission
from dashboard.casework.authority import changed, looking, must_be_fresh, name_of, today, writing
from dashboard.casework.deeds import deed
from dashboard.casework.errors import BadAnswer, GateClosed, NotFound, NotReady
from dashboard.casework.files import found_episode
from dashboard.casework.gates import referral_gates
from dashboard.casework.moves import ACTS, MOVES, NEEDS_A_WORD
from dashboard.casework.opened import at_sites_or_opened
from dashboard.casework.rows import findable, number, referred
from dashboard.casework.shapes import move_view, referral_row
from dashboard.casework.views import ReferralRow
from dashboard.clinic import clinic
from dashboard.clinical.vocabulary import Urgency
from dashboard.letters import visible
from db import queries, records
from db.tables import Assessment, Episode, Patient, Referral, ReferralMove, Site


@deed(Permission.REFERRAL_WRITE, writes=True, of_a_site=True, in_emergency=True)
def refer(actor: Actor, episode_id: int, seen_version: int, kind: str, reason: str) -> ReferralRow:
    """Start a referral as a draft when the latest assessment opens its gate; else GateClosed with the reasons.

    One referral of a kind is open at a time: a double click returns the first click's, and NotReady says so of
    one that was asked for otherwise.
    """
    with writing(actor, Permission.REFERRAL_WRITE) as session:
        episode = found_episode(session, actor, episode_id).episode
        # Locked, so that of two clicks at once the second finds the first one's referral.
        session.refresh(episode, with_for_update=True)
        must_be_fresh(session, episode, seen_version)
        if episode.state == "closed":
            raise NotReady("This episode is closed; the patient's next intake opens a new one.", ("episode",))
        _gate_must_be_open(session, episode, kind)
        reason = visible(reason).strip()
        if not reason:
            raise NotReady("Say why in a few words: the other service reads it.", ("reason",))
        wanted = _referral(actor, episode, kind, reason)
        there = _open_one(session, episode, wanted)
        return _row(session, actor, there or records.insert(session, actor, wanted, "referral:make"))


@deed(Permission.REFERRAL_WRITE, writes=True, of_a_site=True, in_emergency=True)
def move_referral(actor: Actor, referral_id: int, seen_version: int, to_state: str, note: str = "") -> ReferralRow:
    """Move a referral on to a state it may go to (MOVES); sending asks the gate again.

    BadAnswer for a move there is not, NotReady without the word that declining or withdrawing needs.
    """
    with writing(actor, Permission.REFERRAL_WRITE) as session:
        referral = _found(session, actor, referral_id)
        must_be_fresh(session, referral, seen_version)
        came_from, note = referral.state, visible(note).strip()
        _must_be_allowed(came_from, to_state, note)
        if to_state in ACTS:
            _gate_must_be_open(session, referred(session, Episode, referral.episode_id), referral.kind)
        referral = changed(session, actor, referral, seen_version, "referral:move", state=to_state)
        move = ReferralMove(referral_id=number(referral), from_state=came_from, to_state=to_state, by=actor.person_id)
        move.note = note
        records.insert(session, actor, move, "referral:step")
        return _row(session, actor, referral)


@deed(Permission.REFERRAL_READ, of_a_site=True)
def referrals(
    actor: Actor, states: tuple[str, ...] | None = None, kind: str | None = None, limit: int = 200
) -> tuple[ReferralRow, ...]:
    """Referrals in these states (default: every open one), the longest overdue first; a manager sees no names."""
    with looking(actor, Permission.REFERRAL_READ) as session:
        found = queries.referrals(session, sorted(actor.site_ids), today(), states, kind, limit)
        names = actor.may(Permission.PATIENT_READ)
        return tuple(
            referral_row(row.referral, row.site, row.creator.name, row.patient if names else None) for row in found
        )


@deed(Permission.REFERRAL_READ, of_a_site=True, in_emergency=True)
def read_referral(actor: Actor, referral_id: int) -> ReferralRow:
    """One referral with its moves; NotFound when there is none at the actor's sites."""
    with looking(actor, Permission.REFERRAL_READ) as session:
        return _row(session, actor, _found(session, actor, referral_id))


def due_on(kind: str, urgency: int, asked_on: date) -> date:
    """The day after which a referral that is still open counts as late: the clinic's own service target."""
    return asked_on + timedelta(days=clinic().referral_due_days[kind][Urgency(urgency).code])


def _referral(actor: Actor, episode: Episode, kind: str, reason: str) -> Referral:
    return Referral(
        episode_id=number(episode),
        patient_id=episode.patient_id,
        site_id=episode.site_id,
        kind=kind,
        priority=episode.urgency,
        reason=reason,
        created_by=actor.person_id,
        due_on=due_on(kind, episode.urgency, today()),
        month=f"{datetime.now(UTC):%Y-%m}",
    )


def _open_one(session: Session, episode: Episode, wanted: Referral) -> Referral | None:
    """The same referral made a click ago, None when there is none; NotReady when another of its kind is open."""
    rows = queries.episode(session, number(episode), None)
    still_open = [row for row in (rows.referrals if rows else ()) if row.state in queries.OPEN_STATES]
    same = next((row for row in still_open if row.kind == wanted.kind), None)
    if same is None:
        return None
    if (same.state, same.reason, same.created_by) == ("draft", wanted.reason, wanted.created_by):
        return same
    raise NotReady("A referral of this kind is already open for this episode: move that one on.", ("referral",))


def _gate_must_be_open(session: Session, episode: Episode, kind: str) -> None:
    latest = referred(session, Assessment, episode.latest_assessment_id)
    gates = referral_gates(latest.document, Urgency(episode.urgency), episode.state)
    if kind not in gates:
        raise BadAnswer("kind", f"must be one of {', '.join(gates)}.")
    gate = gates[kind]
    if not gate["open"]:
        raise GateClosed(f"This referral is not open for the episode. {gate['why']}", (gate["why"],))


def _must_be_allowed(came_from: str, to_state: str, note: str) -> None:
    if to_state not in MOVES[came_from]:
        allowed = ", ".join(MOVES[came_from]) or "no other state"
        raise BadAnswer("to_state", f"cannot follow {came_from}; it may go to {allowed}.")
    if to_state in NEEDS_A_WORD and not note:
        raise NotReady(f"Say in a few words why it is {to_state}.", ("note",))


def _found(session: Session, actor: Actor, referral_id: int) -> Referral:
    referral = at_sites_or_opened(
        session,
        actor,
        lambda sites: queries.referral(session, findable(referral_id), sites),
        lambda found: found.patient_id,
    )
    if referral is None:
        raise NotFound("There is no such referral at your sites.")
    return referral


def _row(session: Session, actor: Actor, referral: Referral) -> ReferralRow:
    site = referred(session, Site, referral.site_id)
    patient = session.get(Patient, referral.patient_id) if actor.may(Permission.PATIENT_READ) else None
    moves = queries.moves(session, number(referral))
    told = tuple(move_view(move, lambda person: name_of(session, person)) for move in moves)
    return referral_row(referral, site, name_of(session, referral.created_by), patient, told)
