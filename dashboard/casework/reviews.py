"""Reading an episode, examining, signing a review: what a clinician does with an assessment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from dashboard import entry
from dashboard.access import Actor, Permission
from dashboard.casework import assessing
from dashboard.casework.authority import changed, looking, must_be_fresh, stale, today, writing
from dashboard.casework.errors import BadAnswer, NotFound, NotReady
from dashboard.casework.files import episode_file, found_episode
from dashboard.casework.rows import findable, number, referred
from dashboard.casework.schedule import next_review
from dashboard.casework.shapes import assessment_view
from dashboard.casework.verdicts import Verdict, checked
from dashboard.casework.views import AssessmentView, EpisodeFile, Signed
from dashboard.letters import visible
from db import queries, records
from db.tables import Assessment, Decision, Episode, Intake


def read_episode(actor: Actor, episode_id: int) -> EpisodeFile:
    """One episode with everything; NotFound when there is none at the actor's sites."""
    with looking(actor, Permission.EPISODE_READ) as session:
        return episode_file(session, found_episode(session, actor, episode_id))


def add_examination(
    actor: Actor,
    episode_id: int,
    seen_version: int,
    answers: Mapping[str, object],
    units: Mapping[str, str] | None = None,
) -> AssessmentView:
    """Lay examination findings (or corrected answers) over the history and assess again; None takes one back.

    The episode waits for review once more, and never at a lower urgency than before: only signing lowers it.
    """
    with writing(actor, Permission.REVIEW_SIGN) as session:
        episode = _open_episode(session, actor, episode_id)
        must_be_fresh(session, episode, seen_version)
        latest = referred(session, Assessment, episode.latest_assessment_id)
        accepted = {item: entry.accept(item, raw, (units or {}).get(item)) for item, raw in answers.items()}
        merged = {**latest.answers, **{item: entry.plain(each.answer) for item, each in accepted.items()}}
        merged = {item: answer for item, answer in merged.items() if answer is not None}
        _keep_as_typed(session, actor, latest.intake_id, {item: each.entered for item, each in accepted.items()})
        said = assessing.say(merged)
        made = assessing.store(session, actor, said, merged, latest.intake_id, number(episode), "exam")
        follows: dict[str, Any] = {"urgency": max(said.urgency, episode.urgency), "latest_assessment_id": made.id}
        follows |= {"leading_condition": said.leading_condition, "step": said.step, "state": "awaiting-review"}
        changed(session, actor, episode, seen_version, "episode:examine", **follows)
        return assessment_view(made)


def sign_review(
    actor: Actor,
    episode_id: int,
    seen_version: int,
    assessment_id: int,
    verdict: str,
    reason_code: str | None = None,
    comment: str = "",
    condition: str | None = None,
    step: str | None = None,
    urgency: str | None = None,
) -> Signed:
    """Accept, change or reject the latest assessment and take the patient into care until the next review.

    Changing or rejecting needs a reason code, changing also what to; lowering an emergency or same-day urgency
    needs a reason code and a comment. NotReady names what is missing; StaleRecord when a newer assessment exists.
    """
    with writing(actor, Permission.REVIEW_SIGN) as session:
        episode = _open_episode(session, actor, episode_id)
        must_be_fresh(session, episode, seen_version)
        if episode.latest_assessment_id != assessment_id:
            raise stale(session, "episode", episode.id)
        latest = referred(session, Assessment, assessment_id)
        given = Verdict(verdict, reason_code, visible(comment).strip(), condition, step, urgency)
        decided = checked(given, latest.urgency, episode.urgency)
        decision = records.insert(session, actor, _decision(actor, episode, latest, decided), "review:sign")
        after = _after_signing(actor, episode, latest, decided)
        episode = changed(session, actor, episode, seen_version, "episode:take-into-care", **after)
        return Signed(number(decision), number(episode), episode.version, episode.review_due_on)


def close_episode(actor: Actor, episode_id: int, seen_version: int, reason_code: str) -> None:
    """End an episode: the problem is over or looked after elsewhere. The patient's next intake opens a new one."""
    if reason_code not in CLOSING_REASONS:
        raise BadAnswer("reason_code", f"must be one of {', '.join(CLOSING_REASONS)}.")
    with writing(actor, Permission.REVIEW_SIGN) as session:
        episode = _open_episode(session, actor, episode_id)
        must_be_fresh(session, episode, seen_version)
        if episode.state == "awaiting-review":
            raise NotReady("The latest assessment has not been signed yet.", ("review",))
        ends = {"state": "closed", "closed_on": today(), "review_due_on": None}
        changed(session, actor, episode, seen_version, "episode:close", reason=reason_code, **ends)


CLOSING_REASONS: Mapping[str, str] = {
    "recovered": "Recovered",
    "improved": "Improved enough to carry on alone",
    "transferred": "Looked after elsewhere",
    "lost": "No longer in contact",
}
"""Why an episode ends: code → what the screen says."""


def explain(actor: Actor, assessment_id: int) -> dict[str, Any]:
    """An old assessment's document made again, under exactly the knowledge that made it.

    NotFound when there is no such assessment at the actor's sites, or its knowledge was not kept.
    """
    with looking(actor, Permission.EPISODE_READ) as session:
        row = queries.assessment(session, findable(assessment_id))
        episode = session.get(Episode, row.episode_id) if row else None
        if row is None or episode is None or episode.site_id not in actor.site_ids:
            raise NotFound("There is no such assessment at your sites.")
        known = assessing.knowledge_of(session, row.knowledge_sha256)
        if known is None:
            raise NotFound("The knowledge of this assessment was not kept.")
        return assessing.say(row.answers, known).document


def _open_episode(session: Session, actor: Actor, episode_id: int) -> Episode:
    episode = found_episode(session, actor, episode_id).episode
    if episode.state == "closed":
        raise NotReady("This episode is closed; the patient's next intake opens a new one.", ("episode",))
    return episode


def _decision(actor: Actor, episode: Episode, latest: Assessment, decided: Verdict) -> Decision:
    return Decision(
        episode_id=number(episode),
        assessment_id=number(latest),
        verdict=decided.verdict,
        condition=decided.condition,
        step=decided.step,
        urgency=decided.urgency_rank,
        reason_code=decided.reason_code,
        comment=decided.comment,
        signed_by=actor.person_id,
        signed_at=datetime.now(UTC),
    )


def _after_signing(actor: Actor, episode: Episode, latest: Assessment, decided: Verdict) -> dict[str, Any]:
    """A rejected suggestion leaves the episode without one, unless the clinician named another."""
    rejected = decided.verdict == "rejected"
    step = decided.step or (None if rejected else latest.step)
    urgency = latest.urgency if decided.urgency_rank is None else decided.urgency_rank
    return {
        "state": "in-care",
        "clinician_id": episode.clinician_id or actor.person_id,
        "leading_condition": decided.condition or (None if rejected else latest.leading_condition),
        "step": step,
        "urgency": urgency,
        # Also of a rejected suggestion: nobody in care is without a day on which they are looked at again.
        "review_due_on": next_review(latest.answers, step or latest.step, today()),
    }


def _keep_as_typed(session: Session, actor: Actor, intake_id: int, entered: Mapping[str, Any]) -> None:
    """Examination values typed in another unit are shown as typed too; the intake keeps how."""
    typed = {item: each for item, each in entered.items() if each is not None}
    if typed:
        intake = referred(session, Intake, intake_id)
        changed(session, actor, intake, intake.version, "intake:keep-units", entered={**intake.entered, **typed})
