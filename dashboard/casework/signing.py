"""Signing a review: one signature for what is decided of every suggestion, and what the episode then carries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from dashboard.access import Actor, Permission
from dashboard.casework.authority import changed, must_be_fresh, stale, today, writing
from dashboard.casework.deeds import deed
from dashboard.casework.files import open_episode
from dashboard.casework.lines import (
    Line,
    after,
    consistent,
    must_act_on_a_grave_flag,
    must_be_an_exception_with_words,
    must_have_reasons,
    settled,
    urgency_of,
    whole,
)
from dashboard.casework.lowerings import ask_second, needs_second, overtake
from dashboard.casework.openings import must_have_opened
from dashboard.casework.rows import number, referred
from dashboard.casework.schedule import next_review
from dashboard.casework.suggestions import CONDITION, RED_FLAG, STEP
from dashboard.casework.verdicts import Verdict, checked
from dashboard.casework.views import Signed
from dashboard.clinical.vocabulary import Urgency
from dashboard.letters import visible
from db import records
from db.tables import Assessment, Decision, DecisionLine, Episode


@deed(Permission.REVIEW_SIGN, writes=True, of_a_site=True)
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
    *,
    lines: Sequence[Line] = (),
) -> Signed:
    """Decide on each suggestion of the latest assessment and take the patient into care until the next review.

    ``verdict`` is what is decided of every suggestion without a line of its own. The basis of each must have been
    opened by the signer. Changing or rejecting needs a reason code, changing also what to; lowering an emergency or
    same-day urgency needs a reason code and a comment, and where the clinic wants it a second clinician: the episode
    then stays as urgent as it is, awaiting review. NotReady names what is missing; StaleRecord when a newer
    assessment exists.
    """
    with writing(actor, Permission.REVIEW_SIGN) as session:
        episode = open_episode(session, actor, episode_id)
        must_be_fresh(session, episode, seen_version)
        if episode.latest_assessment_id != assessment_id:
            raise stale(session, "episode", episode.id)
        latest = referred(session, Assessment, assessment_id)
        given = Verdict(verdict, reason_code, visible(comment).strip(), condition, step, urgency)
        decided, said = judged(latest, episode.urgency, given, lines)
        must_have_opened(session, actor, latest)
        overtake(session, actor, episode)
        decision = _record(session, actor, episode, latest, decided, said)
        return _take_effect(session, actor, episode, latest, decision, said)


def judged(
    latest: Assessment, stands_at: int, given: Verdict, own: Sequence[Line] = ()
) -> tuple[Verdict, tuple[Line, ...]]:
    """The verdict on the whole and the line of each suggestion, if they may be signed together.

    ``stands_at`` is the urgency of the episode. Raises NotReady and BadAnswer.
    """
    own = [replace(line, comment=visible(line.comment).strip()) for line in own]
    lines = settled(latest.document, given, own)
    asked = _with_urgency(latest, given, lines) if own else given
    asked = checked(asked, latest.urgency, stands_at)
    final = latest.urgency if asked.urgency_rank is None else asked.urgency_rank
    lines = consistent(latest.document, lines, Urgency(final), asked)
    must_have_reasons(lines)
    must_act_on_a_grave_flag(lines, Urgency(final))
    must_be_an_exception_with_words(latest.document, lines, Urgency(final))
    return whole(lines, asked, bool(own)), lines


def _with_urgency(latest: Assessment, given: Verdict, lines: Sequence[Line]) -> Verdict:
    """The verdict with the urgency its red flags' lines leave, and their reason where it has none of its own."""
    left = urgency_of(latest.document, lines)
    if given.urgency is None and left != latest.urgency:
        given = replace(given, urgency=left.code)
    away = [line for line in lines if line.kind == RED_FLAG and line.verdict != "accepted"]
    reason = given.reason_code or next((line.reason_code for line in away if line.reason_code), None)
    return replace(given, reason_code=reason, comment=given.comment or " ".join(line.comment for line in away).strip())


def _record(
    session: Session, actor: Actor, episode: Episode, latest: Assessment, decided: Verdict, said: Sequence[Line]
) -> Decision:
    now = datetime.now(UTC)
    decision = Decision(
        episode_id=number(episode),
        assessment_id=number(latest),
        verdict=decided.verdict,
        condition=decided.condition,
        step=decided.step,
        urgency=decided.urgency_rank,
        reason_code=decided.reason_code,
        comment=decided.comment,
        signed_by=actor.person_id,
        signed_at=now,
    )
    decision = records.insert(session, actor, decision, "review:sign")
    for line in said:
        row = DecisionLine(decision_id=number(decision), at=now, **line_columns(latest, line, now))
        records.insert(session, actor, row, "review:line")
    return decision


def line_columns(latest: Assessment, line: Line, at: datetime) -> dict[str, Any]:
    """The columns of a decision's line on an assessment, for all but the decision itself."""
    return {
        "assessment_id": latest.id,
        "intake_id": latest.intake_id,
        "knowledge_version": latest.knowledge_version,
        "month": f"{at:%Y-%m}",
        **vars(line),
    }


def _take_effect(
    session: Session, actor: Actor, episode: Episode, latest: Assessment, decision: Decision, said: Sequence[Line]
) -> Signed:
    """What the episode carries from now on: of a lowered grave urgency nothing before a second clinician agrees."""
    final = latest.urgency if decision.urgency is None else decision.urgency
    stands_at = max(latest.urgency, episode.urgency)
    carries = carried(latest, said)
    new: dict[str, Any] = {"clinician_id": episode.clinician_id or actor.person_id}
    if waits := needs_second(stands_at, final):
        ask_second(session, actor, decision, stands_at, final, carries)
        deed = "episode:await-second"
        new |= {"state": "awaiting-review", "urgency": stands_at, "review_due_on": None}
    else:
        # Also of a rejected suggestion: nobody in care is without a day on which they are looked at again.
        due = next_review(latest.answers, carries["step"] or latest.step, today())
        deed = "episode:take-into-care"
        new |= {"state": "in-care", "urgency": final, "review_due_on": due, **carries}
    episode = changed(session, actor, episode, episode.version, deed, **new)
    return Signed(number(decision), number(episode), episode.version, episode.review_due_on, waits)


def carried(latest: Assessment, said: Sequence[Line]) -> dict[str, str | None]:
    """Leading condition and step once the lines hold: a rejected one leaves the episode without."""
    return {
        "leading_condition": after(said, CONDITION, latest.leading_condition),
        "step": after(said, STEP, latest.step),
    }
