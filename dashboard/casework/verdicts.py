"""What a signed review must contain: the rules of accepting, changing and rejecting."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dashboard.casework.errors import BadAnswer, NotReady
from dashboard.casework.reasons import REASONS
from dashboard.clinical.vocabulary import Urgency
from dashboard.in_force import knowledge

VERDICTS = ("accepted", "changed", "rejected")
WORDS_TO_LOWER = 4
"""How many words a comment has, at the least, that lowers an emergency or same-day urgency."""


@dataclass(frozen=True)
class Verdict:
    """What a clinician decided; condition, step and urgency only where they differ from what was suggested."""

    verdict: str
    reason_code: str | None
    comment: str
    condition: str | None
    step: str | None
    urgency: str | None

    @property
    def urgency_rank(self) -> int | None:
        """The urgency decided, 0 to 3, or None when it stays as suggested."""
        return None if self.urgency is None else int(Urgency.of(self.urgency))


def checked(given: Verdict, suggested_urgency: int, current_urgency: int) -> Verdict:
    """The verdict if it may be signed; NotReady names what is missing, BadAnswer what does not exist.

    The urgency to lower is the higher of what is suggested now and what the episode already stands at.
    """
    _must_exist(given)
    if given.verdict == "accepted" and (given.condition or given.step):
        raise BadAnswer("verdict", "must be 'changed' when another condition or step is named.")
    missing = [] if given.verdict == "accepted" or given.reason_code else ["reason_code"]
    if given.verdict == "changed" and not (given.condition or given.step or given.urgency):
        missing.append("condition or step")
    if missing:
        raise NotReady(f"Still needed to sign: {', '.join(missing)}.", tuple(missing))
    return _lowered(given, suggested_urgency, max(suggested_urgency, current_urgency))


def _lowered(given: Verdict, suggested: int, stands_at: int) -> Verdict:
    final = suggested if given.urgency_rank is None else given.urgency_rank
    if final >= stands_at or stands_at < Urgency.SAME_DAY:
        return given
    missing = [] if given.reason_code else ["reason_code"]
    if len(given.comment.split()) < WORDS_TO_LOWER:
        missing.append("comment")
    if missing:
        was, to = Urgency(stands_at).code, Urgency(final).code
        raise NotReady(f"Lowering {was} to {to} needs a reason and at least {WORDS_TO_LOWER} words.", tuple(missing))
    # Written down even when it is what was suggested: lowering is always someone's decision.
    return replace(given, urgency=Urgency(final).code)


def _must_exist(given: Verdict) -> None:
    known = knowledge()
    if given.verdict not in VERDICTS:
        raise BadAnswer("verdict", f"must be one of {', '.join(VERDICTS)}.")
    if given.reason_code is not None and given.reason_code not in REASONS:
        raise BadAnswer("reason_code", f"must be one of {', '.join(REASONS)}.")
    if given.condition is not None and given.condition not in known.conditions:
        raise BadAnswer("condition", "is not a condition of the knowledge in force.")
    if given.step is not None and given.step not in {step.id for step in known.ladder}:
        raise BadAnswer("step", "is not a step of the pathway in force.")
    if given.urgency is not None and given.urgency not in {urgency.code for urgency in Urgency}:
        raise BadAnswer("urgency", f"must be one of {', '.join(urgency.code for urgency in Urgency)}.")
