"""One line a suggestion: what a clinician's signature says of each, and the urgency, condition and step that follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dashboard.casework.errors import BadAnswer, NotReady
from dashboard.casework.reasons import OTHER, REASONS
from dashboard.casework.suggestions import (
    ALARM_STEP,
    CONDITION,
    DISCUSSIONS,
    ORTHOBIOLOGIC,
    RED_FLAG,
    STEP,
    Suggestion,
    step_without_flags,
    suggestions,
)
from dashboard.casework.verdicts import VERDICTS, WORDS_TO_LOWER, Verdict
from dashboard.clinical.pathway import BIOLOGIC_STEP
from dashboard.clinical.vocabulary import Urgency
from dashboard.in_force import knowledge


@dataclass(frozen=True)
class Line:
    """What is decided of one suggestion: accepted, changed to something else, or rejected; the last two with a reason.

    A red flag is changed to another urgency's code, a condition to a condition, a step to a step.
    """

    kind: str
    subject: str
    verdict: str = "accepted"
    changed_to: str | None = None
    reason_code: str | None = None
    comment: str = ""


def settled(document: Mapping[str, Any], given: Verdict, own: Sequence[Line] = ()) -> tuple[Line, ...]:
    """One line for each suggestion: its own where there is one, else what the verdict on the whole says of it.

    Raises BadAnswer for a suggestion that was not made or a change to what does not exist.
    """
    made = suggestions(document)
    mine = {(line.kind, line.subject): line for line in own}
    if len(mine) < len(own) or not set(mine) <= {each.key for each in made}:
        raise BadAnswer("lines", "must name suggestions of this assessment, each once.")
    return tuple(_known(each, mine[each.key]) if each.key in mine else _follows(each, given) for each in made)


def urgency_of(document: Mapping[str, Any], lines: Sequence[Line]) -> Urgency:
    """The urgency that what is said of the red flags leaves; the suggested one when every flag was accepted."""
    asked = {each.key: each.urgency for each in suggestions(document) if each.kind == RED_FLAG}
    of_flags = [line for line in lines if line.kind == RED_FLAG]
    if all(line.verdict == "accepted" for line in of_flags):
        return Urgency.of(document["urgency"])
    left = [
        line.changed_to if line.verdict == "changed" else asked[line.kind, line.subject]
        for line in of_flags
        if line.verdict != "rejected"
    ]
    return max((Urgency.of(str(code)) for code in left), default=Urgency.ROUTINE)


def consistent(document: Mapping[str, Any], lines: Sequence[Line], final: Urgency, given: Verdict) -> tuple[Line, ...]:
    """The lines as they follow from the urgency signed: no accepted flag asks for more, no step acts on no flag.

    Without this an episode lowered to routine would stay on the step that acts on a red flag.
    """
    asked = {each.key: each.urgency for each in suggestions(document)}

    def follow(line: Line) -> Line:
        if line.verdict != "accepted":
            return line
        if line.kind == RED_FLAG and Urgency.of(str(asked[line.kind, line.subject])) > final:
            return replace(line, verdict="changed", changed_to=final.code)
        if line.kind == STEP and line.subject == ALARM_STEP and final == Urgency.ROUTINE:
            return replace(line, verdict="changed", changed_to=step_without_flags(document))
        return line

    return tuple(_with_reason(follow(line), given) for line in lines)


def must_have_reasons(lines: Sequence[Line]) -> None:
    """Return quietly when every departure has its reason, and words where the reason is "other"."""
    away = [line for line in lines if line.verdict != "accepted"]
    missing = ["reason_code"] if any(line.reason_code is None for line in away) else []
    if any(line.reason_code == OTHER and not line.comment for line in away):
        missing.append("comment")
    if missing:
        needed = "a reason for each change or rejection" if missing[0] == "reason_code" else "which other reason it is"
        raise NotReady(f"Still needed to sign: {needed}.", tuple(missing))


def must_be_an_exception_with_words(document: Mapping[str, Any], lines: Sequence[Line], final: Urgency) -> None:
    """Return quietly unless a step is changed to the orthobiologic discussion past its gates without saying why.

    Never while an urgency above routine stands. The exception is recorded; it opens no referral.
    """
    jumps = [line for line in lines if line.kind == STEP and line.changed_to == BIOLOGIC_STEP]
    if not jumps or past_gates(document):
        return
    if final > Urgency.ROUTINE:
        raise BadAnswer("step", "cannot be the orthobiologic discussion while a red flag is open.")
    if len(jumps[0].comment.split()) < WORDS_TO_LOWER:
        raise NotReady(
            f"The gates of the orthobiologic discussion are shut: an exception needs at least {WORDS_TO_LOWER} words.",
            ("comment",),
        )


def must_act_on_a_grave_flag(lines: Sequence[Line], final: Urgency) -> None:
    """Return quietly unless the step that acts on a red flag is put aside while the flag's grave urgency stays.

    Otherwise one clinician could send an emergency home for weeks without ever lowering it.
    """
    aside = [line for line in lines if (line.kind, line.subject) == (STEP, ALARM_STEP) and line.verdict != "accepted"]
    if aside and final >= Urgency.SAME_DAY:
        raise BadAnswer("step", f"stays to act on the red flag while the urgency is {final.code}: lower that first.")


def past_gates(document: Mapping[str, Any]) -> bool:
    """Whether the gates of any orthobiologic discussion are open."""
    return any(document["referral_gates"].get(kind, {}).get("open") for kind in DISCUSSIONS)


def whole(lines: Sequence[Line], given: Verdict, explicit: bool) -> Verdict:
    """The verdict on the whole that the lines add up to; what was given stays where no line says otherwise.

    "Rejected" when the step was: the whole is read as what became of the plan. ``explicit``: lines were given.
    """
    by_kind = {line.kind: line for line in lines if line.kind in (CONDITION, STEP)}
    named = {kind: by_kind[kind].changed_to if kind in by_kind else None for kind in (CONDITION, STEP)}
    departs = any(line.verdict != "accepted" for line in lines)
    verdict = given.verdict
    if STEP in by_kind and by_kind[STEP].verdict == "rejected":
        verdict = "rejected"
    elif departs and (explicit or verdict == "accepted"):
        verdict = "changed"
    elif not departs and given.urgency is None:
        verdict = "accepted"  # "changed" to what was suggested changes nothing
    return replace(given, verdict=verdict, condition=named[CONDITION], step=named[STEP])


def after(lines: Sequence[Line], kind: str, suggested: str | None) -> str | None:
    """What the episode carries of a kind: what was accepted or changed to, None when it was rejected."""
    line = next((each for each in lines if each.kind == kind), None)
    if line is None:
        return suggested
    return {"accepted": line.subject, "changed": line.changed_to}.get(line.verdict)


def _follows(each: Suggestion, given: Verdict) -> Line:
    """What a verdict on the whole says of one suggestion; of a red flag nothing, for the urgency speaks of it."""
    line = Line(each.kind, each.subject)
    named = {CONDITION: given.condition, STEP: given.step}.get(each.kind)
    if named is not None and named != each.subject:
        line = replace(line, verdict="changed", changed_to=named)
    elif named is None and given.verdict == "rejected" and each.kind != RED_FLAG:
        line = replace(line, verdict="rejected")
    return line


def _with_reason(line: Line, given: Verdict) -> Line:
    if line.verdict == "accepted":
        return line
    return replace(line, reason_code=line.reason_code or given.reason_code, comment=line.comment or given.comment)


def _known(each: Suggestion, line: Line) -> Line:
    """The line if what it says exists; one changed to what was suggested is an acceptance."""
    if line.verdict not in VERDICTS:
        raise BadAnswer("lines", f"must each be one of {', '.join(VERDICTS)}.")
    if line.reason_code is not None and line.reason_code not in REASONS:
        raise BadAnswer("reason_code", f"must be one of {', '.join(REASONS)}.")
    if line.verdict == "accepted":
        return Line(each.kind, each.subject, comment=line.comment)
    if line.verdict == "rejected":
        return replace(line, changed_to=None)
    if line.changed_to is None:
        raise NotReady(f"Still needed to sign: what “{each.title}” is changed to.", ("changed_to",))
    if line.changed_to not in _choices(each.kind):
        raise BadAnswer(each.kind, "can only be changed to what the knowledge in force has.")
    same = each.urgency if each.kind == RED_FLAG else each.subject
    return Line(each.kind, each.subject) if line.changed_to == same else line


def _choices(kind: str) -> set[str]:
    """What a suggestion of a kind may be changed to."""
    known = knowledge()
    return {
        RED_FLAG: {urgency.code for urgency in Urgency},
        CONDITION: {each.id for each in known.conditions.values() if each.kind == "condition"},
        STEP: {step.id for step in known.ladder},
        ORTHOBIOLOGIC: set(),
    }[kind]
