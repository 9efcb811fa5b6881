"""Reading an episode, examining, closing: what a clinician does around the review of an assessment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from dashboard import entry
from dashboard.access import Actor, Permission
from dashboard.casework import assessing, following
from dashboard.casework.authority import changed, looking, must_be_fresh, today, writing
from dashboard.casework.deeds import deed
from dashboard.casework.errors import BadAnswer, NotReady
from dashboard.casework.files import episode_file, found_assessment, found_episode, open_episode
from dashboard.casework.lowerings import needs_second, overtake
from dashboard.casework.rows import number, referred
from dashboard.casework.shapes import assessment_view
from dashboard.casework.views import AssessmentView, EpisodeFile
from dashboard.clinical.vocabulary import Urgency
from db.tables import Assessment, Intake


@deed(Permission.EPISODE_READ, of_a_site=True, in_emergency=True)
def read_episode(actor: Actor, episode_id: int) -> EpisodeFile:
    """One episode with everything; NotFound when there is none at the actor's sites."""
    with looking(actor, Permission.EPISODE_READ) as session:
        return episode_file(session, found_episode(session, actor, episode_id))


@deed(Permission.EXAMINATION_WRITE, writes=True, of_a_site=True, in_emergency=True)
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
    with writing(actor, Permission.EXAMINATION_WRITE) as session:
        episode = open_episode(session, actor, episode_id)
        must_be_fresh(session, episode, seen_version)
        latest = referred(session, Assessment, episode.latest_assessment_id)
        accepted = {item: entry.accept(item, raw, (units or {}).get(item)) for item, raw in answers.items()}
        merged = {**latest.answers, **{item: entry.plain(each.answer) for item, each in accepted.items()}}
        merged = {item: answer for item, answer in merged.items() if answer is not None}
        _keep_as_typed(session, actor, latest.intake_id, {item: each.entered for item, each in accepted.items()})
        known = following.current(session)
        said = assessing.say(merged, known)
        made = assessing.store(session, actor, said, merged, latest.intake_id, number(episode), "exam", known)
        follows: dict[str, Any] = {"urgency": max(said.urgency, episode.urgency), "latest_assessment_id": made.id}
        follows |= {"leading_condition": said.leading_condition, "step": said.step, "state": "awaiting-review"}
        overtake(session, actor, episode)
        changed(session, actor, episode, seen_version, "episode:examine", **follows)
        return assessment_view(made)


@deed(Permission.EPISODE_CLOSE, writes=True, of_a_site=True)
def close_episode(actor: Actor, episode_id: int, seen_version: int, reason_code: str) -> None:
    """End an episode: the problem is over or looked after elsewhere. The patient's next intake opens a new one."""
    if reason_code not in CLOSING_REASONS:
        raise BadAnswer("reason_code", f"must be one of {', '.join(CLOSING_REASONS)}.")
    with writing(actor, Permission.EPISODE_CLOSE) as session:
        episode = open_episode(session, actor, episode_id)
        must_be_fresh(session, episode, seen_version)
        if episode.state == "awaiting-review":
            raise NotReady("The latest assessment has not been signed yet.", ("review",))
        if reason_code in SAY_IT_IS_OVER and needs_second(episode.urgency, Urgency.ROUTINE):
            says = f"It still stands at {Urgency(episode.urgency).code}. Lower that first, with a second clinician"
            raise NotReady(f"{says}; or close it as looked after elsewhere.", ("urgency",))
        ends = {"state": "closed", "closed_on": today(), "review_due_on": None}
        changed(session, actor, episode, seen_version, "episode:close", reason=reason_code, **ends)


CLOSING_REASONS: Mapping[str, str] = {
    "recovered": "Recovered",
    "improved": "Improved enough to carry on alone",
    "transferred": "Looked after elsewhere",
    "lost": "No longer in contact",
}
"""Why an episode ends: code → what the screen says."""
SAY_IT_IS_OVER = ("recovered", "improved")
"""The reasons that say that nothing urgent is left: of a grave urgency one clinician does not say so alone."""


@deed(Permission.EPISODE_READ, of_a_site=True, in_emergency=True)
def explain(actor: Actor, assessment_id: int) -> dict[str, Any]:
    """An old assessment's document made again, under exactly the knowledge that made it.

    NotFound when there is no such assessment at the actor's sites, or its knowledge was not kept.
    """
    with looking(actor, Permission.EPISODE_READ) as session:
        row = found_assessment(session, actor, assessment_id)
        known = following.must_have(session, row.knowledge_sha256)
        return assessing.say(row.answers, known).document


def _keep_as_typed(session: Session, actor: Actor, intake_id: int, entered: Mapping[str, Any]) -> None:
    """Examination values typed in another unit are shown as typed too; the intake keeps how."""
    typed = {item: each for item, each in entered.items() if each is not None}
    if typed:
        intake = referred(session, Intake, intake_id)
        changed(session, actor, intake, intake.version, "intake:keep-units", entered={**intake.entered, **typed})
