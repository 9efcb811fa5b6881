"""Lowering a grave urgency takes two clinicians: one asks, another confirms or refuses; until then it stays high."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from dashboard.access import Actor, Forbidden, Permission
from dashboard.casework.authority import changed, must_be_fresh, today, writing
from dashboard.casework.deeds import deed
from dashboard.casework.errors import BadAnswer, NotReady
from dashboard.casework.files import found_episode
from dashboard.casework.openings import must_have_opened
from dashboard.casework.reasons import OTHER, REASONS
from dashboard.casework.rows import number, referred
from dashboard.casework.schedule import next_review
from dashboard.casework.suggestions import RED_FLAG
from dashboard.casework.views import Signed
from dashboard.clinic import clinic
from dashboard.clinical.vocabulary import Urgency
from dashboard.letters import visible
from db import queries, records
from db.tables import Assessment, Decision, Episode, Lowering


def needs_second(stands_at: int, final: int) -> bool:
    """Whether this clinic wants a second clinician before an urgency that stands this high is lowered."""
    return final < stands_at and Urgency(stands_at).code in clinic().second_clinician_for


def ask_second(
    session: Session, actor: Actor, decision: Decision, stands_at: int, final: int, carries: Mapping[str, Any]
) -> Lowering:
    """Note what is to hold once a second clinician confirms: the urgency, the leading condition and the step."""
    asked = Lowering(
        episode_id=decision.episode_id,
        decision_id=number(decision),
        from_urgency=stands_at,
        to_urgency=final,
        asked_by=actor.person_id,
        **carries,
    )
    return records.insert(session, actor, asked, "lowering:ask")


def overtake(session: Session, actor: Actor, episode: Episode) -> None:
    """What waited for a second clinician waits no longer: something newer has to be decided on."""
    waiting = queries.lowering_waiting(session, number(episode))
    if waiting is not None:
        changed(session, actor, waiting, waiting.version, "lowering:overtake", state="overtaken")


@deed(Permission.REVIEW_SIGN, writes=True, of_a_site=True)
def confirm_lowering(actor: Actor, episode_id: int, seen_version: int) -> Signed:
    """Let a colleague's lowering take effect and take the patient into care.

    Forbidden for the clinician who asked; NotReady when nothing waits or the red flags' basis was not opened.
    """
    with writing(actor, Permission.REVIEW_SIGN) as session:
        episode, waiting, latest = _waiting(session, actor, episode_id, seen_version)
        must_have_opened(session, actor, latest, (RED_FLAG,))
        _settle(session, actor, waiting, "confirmed")
        carries: dict[str, Any] = {
            "state": "in-care",
            "urgency": waiting.to_urgency,
            "leading_condition": waiting.leading_condition,
            "step": waiting.step,
            "review_due_on": next_review(latest.answers, waiting.step or latest.step, today()),
        }
        episode = changed(session, actor, episode, seen_version, "episode:take-into-care", **carries)
        return Signed(waiting.decision_id, number(episode), episode.version, episode.review_due_on)


@deed(Permission.REVIEW_SIGN, writes=True, of_a_site=True)
def refuse_lowering(actor: Actor, episode_id: int, seen_version: int, reason_code: str, comment: str = "") -> None:
    """Keep the urgency high: the episode waits to be decided on anew. The reason is one of REASONS."""
    if reason_code not in REASONS:
        raise BadAnswer("reason_code", f"must be one of {', '.join(REASONS)}.")
    comment = visible(comment).strip()
    if reason_code == OTHER and not comment:
        raise NotReady("Say which other reason it is.", ("comment",))
    with writing(actor, Permission.REVIEW_SIGN) as session:
        episode, waiting, _ = _waiting(session, actor, episode_id, seen_version)
        _settle(session, actor, waiting, "refused", reason_code=reason_code, comment=comment)
        changed(session, actor, episode, seen_version, "episode:keep-urgency", state="awaiting-review")


def _waiting(session: Session, actor: Actor, episode_id: int, seen: int) -> tuple[Episode, Lowering, Assessment]:
    episode = found_episode(session, actor, episode_id).episode
    # Locked, so that of two who answer at once the second finds the episode changed.
    session.refresh(episode, with_for_update=True)
    must_be_fresh(session, episode, seen)
    waiting = queries.lowering_waiting(session, number(episode))
    if waiting is None:
        raise NotReady("Nothing waits for a second clinician here.", ("lowering",))
    if waiting.asked_by == actor.person_id:
        raise Forbidden("A second clinician confirms, not the one who asked.")
    return episode, waiting, referred(session, Assessment, episode.latest_assessment_id)


def _settle(session: Session, actor: Actor, waiting: Lowering, state: str, **told: str) -> None:
    by: dict[str, Any] = {"state": state, "second_by": actor.person_id, "settled_at": datetime.now(UTC)}
    changed(session, actor, waiting, waiting.version, f"lowering:{_DEEDS[state]}", **by, **told)


_DEEDS = {"confirmed": "confirm", "refused": "refuse"}
