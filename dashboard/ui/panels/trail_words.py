"""The audit trail in the clinic's words: what a deed, a field and its value are called, and why something was done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from dashboard import casework, cautions, labels
from dashboard.casework.handing_over import REASONS as TABLET_REASONS
from dashboard.casework.merge_views import MERGE_REASONS, UNDO_REASONS
from dashboard.casework.views import AuditRow
from dashboard.role_words import ROLE_WORDS
from dashboard.ui import words
from dashboard.ui.panels import naming
from dashboard.ui.settings import clinic

KINDS: Mapping[str, str] = {
    "read": "Reads",
    "change": "Changes",
    "sign-in": "Sign-ins and accounts",
    "export": "Exports and prints",
    "refused": "Refusals",
    "emergency": "In an emergency",
}
"""What the trail can be narrowed to."""

DEEDS: Mapping[str, str] = {
    "account:lock": "Account locked",
    "account:make": "Account made",
    "account:password": "Password changed",
    "account:recovery-code": "Recovery code used",
    "account:second-factor": "Second factor set up",
    "account:second-factor-off": "Second factor taken away",
    "account:unlock": "Account unlocked",
    "answer:save": "Answer saved",
    "answer:set-aside": "Answer set aside",
    "answer:settle": "Answer settled",
    "answer:undo": "Answer taken back",
    "assessment:make": "Assessment made",
    "audit:anchor-lost": "The trail's end was missing",
    "audit:export": "Trail exported",
    "audit:verify": "Trail verified",
    "basis:open": "Basis opened",
    "clinic:set-up": "Clinic set up",
    "database:restore": "Backup put back",
    "diagnosis:correct": "Diagnosis corrected",
    "diagnosis:record": "Diagnosis recorded",
    "doubt:note": "Doubtful answer noted",
    "draft:discard": "Draft put aside",
    "draft:let-go": "Writing ended",
    "draft:link-intake": "Draft handed in",
    "draft:open": "Draft begun",
    "draft:renew": "Draft kept for longer",
    "draft:restore": "Draft taken up again",
    "draft:submit": "Draft submitted",
    "draft:take-over": "Draft taken over",
    "draft:turn-to-section": "Section turned to",
    "draft:write": "Writing begun",
    "emergency:end": "Emergency access ended",
    "emergency:open": "Opened in an emergency",
    "emergency:review": "Emergency access reviewed",
    "episode:await-review": "Waits for review",
    "episode:await-second": "Waits for a second clinician",
    "episode:close": "Episode closed",
    "episode:examine": "Examination added",
    "episode:keep-urgency": "Urgency kept",
    "episode:open": "Episode opened",
    "episode:take-into-care": "Taken into care",
    "export:make": "Export made",
    "handover:accept": "Patient's answers taken over",
    "handover:answer": "Answered by the patient",
    "handover:begin": "Tablet handed over",
    "handover:go-on": "Tablet given to the patient again",
    "handover:language": "Tablet's language changed",
    "handover:reject": "Patient's answer left out",
    "handover:return": "Tablet came back",
    "handover:take-back": "Tablet taken back",
    "handover:wipe": "Tablet cleared, nobody touched it",
    "intake:submit": "Intake submitted",
    "invitation:accept": "Invitation accepted",
    "invitation:make": "Invited",
    "key:change": "Clinic's key changed",
    "knowledge:adopt": "Knowledge adopted",
    "knowledge:approve": "Knowledge approved",
    "knowledge:keep": "Knowledge kept as it is",
    "knowledge:propose": "Knowledge proposed",
    "knowledge:refuse": "Knowledge refused",
    "knowledge:report": "Difference report begun",
    "knowledge:report-done": "Difference report finished",
    "knowledge:roll-back": "Knowledge rolled back",
    "knowledge:withdraw": "Knowledge withdrawn",
    "lowering:ask": "Lowering asked for",
    "lowering:confirm": "Lowering confirmed",
    "lowering:overtake": "Lowering overtaken",
    "lowering:refuse": "Lowering refused",
    "merge:hand-on": "Merge's earlier value noted",
    "merge:move": "Moved by a merge",
    "merge:move-back": "Moved back from a merge",
    "outcome:record": "Outcome recorded",
    "outcome:take-at-intake": "Outcome measured at an intake",
    "paper:begin": "Keying from paper begun",
    "paper:drop": "Keying from paper begun again",
    "paper:finish": "Keying from paper finished",
    "paper:key": "Lines keyed from paper",
    "paper:settle": "Line of the paper settled",
    "paper:take": "Answers taken from paper",
    "patient:become": "Record led to another",
    "patient:correct": "Patient's identifiers corrected",
    "patient:end-merge": "Merge ended",
    "patient:list": "Patients listed",
    "patient:merge": "Patients merged",
    "patient:read": "Patient read",
    "patient:register": "Patient registered",
    "patient:register-alike": "Patient registered although somebody is very like them",
    "patient:search": "Patients searched for",
    "patient:stand-again": "Record stands by itself again",
    "patient:unmerge": "Merge taken apart",
    "person:add": "Person added",
    "pin:refused": "Wrong PIN at the tablet",
    "person:change": "Person changed",
    "person:disable": "Person disabled",
    "person:enable": "Person enabled",
    "person:link": "Sign-in linked to a person",
    "person:unlink": "Sign-in unlinked from a person",
    "referral:make": "Referral made",
    "referral:move": "Referral moved on",
    "referral:step": "Referral's step noted",
    "refused": "Refused",
    "review:line": "Line decided",
    "review:sign": "Review signed",
    "sheet:print": "Sheet printed",
    "export:table": "Table of the cohort taken",
    "sign-in:act-as": "Changed role",
    "sign-in:begin": "Signed in",
    "sign-in:confirm": "Confirmed who they are",
    "sign-in:end": "Signed out",
    "sign-in:refused": "Sign-in refused",
    "site:add": "Site added",
}

FIELDS: Mapping[str, str] = {
    "also_role": "also works as",
    "asked_by": "asked by",
    "basis": "made",
    "by": "by",
    "changed": "changed, not told here",
    "clinician_id": "clinician",
    "deed": "asked for",
    "due_on": "due",
    "leading_condition": "leading condition",
    "nprs_back": "back pain",
    "odi_percent": "ODI",
    "of": "parts of the record",
    "owner_id": "taken by",
    "review_due_on": "review due",
    "rmdq_total": "RMDQ",
    "says": "found",
    "site_id": "site",
}
"""Fields whose name in words is not the name itself without its underscores."""

RECORDS: Mapping[str, str] = {
    "audithead": "the audit trail",
    "auditevent": "the audit trail",
    "confirmeddiagnosis": "diagnosis",
    "differentialplace": "place in the differential",
    "draftlease": "who writes a draft",
    "draftrevision": "typed answers",
    "knowledgedifference": "difference by new knowledge",
    "decisionline": "line of a decision",
    "emergencyaccess": "emergency access",
    "knowledgeversion": "knowledge version",
    "knowledgereport": "difference report",
    "patientmerge": "merge",
    "referralmove": "step of a referral",
    "signin": "sign-in",
}

PEOPLE = (
    *("approved_by", "asked_by", "begun_by", "by", "clinician_id", "created_by", "ended_by", "entered_by", "linked_by"),
    *("made_by", "owner_id", "person_id", "proposed_by", "recorded_by", "reviewed_by", "second_by", "signed_by"),
    *("merged_by", "submitted_by", "undone_by"),
)
"""Fields that name somebody who works here."""

_HIDDEN = ("knowledge_sha256", "sha256", "database")


def deed(code: str) -> str:
    """What was done, such as "Review signed"."""
    resource, _, action = code.partition(":")
    return DEEDS.get(code) or f"{resource} {action}".replace("-", " ").strip().capitalize()


def record(row: AuditRow) -> str:
    """What it was done to, such as "episode 12"."""
    if row.record == "permission":
        return f"permission {row.record_id}"
    number = "" if row.record in ("audithead", "auditevent") else row.record_id
    return f"{RECORDS.get(row.record, row.record)} {number}".strip()


def role(code: str) -> str:
    """A job in words."""
    return {str(each): says for each, says in ROLE_WORDS.items()}.get(code, code)


def why(row: AuditRow) -> str:
    """The reason in words: a reason's or an item's own, else as it was written."""
    if row.deed in ("answer:save", "handover:answer", "handover:accept"):
        return ", ".join(naming.question(item) for item in row.reason.split(","))
    if row.deed == "doubt:note" and (doubted := cautions.caution(row.reason)) is not None:
        return doubted.says
    reasons = {**casework.REASONS, **casework.CLOSING_REASONS, **MERGE_REASONS, **UNDO_REASONS, **TABLET_REASONS}
    return {**reasons, "not-found": "No such record at their sites"}.get(row.reason, row.reason)


Names = Mapping[str, Mapping[Any, str]]
"""For fields that hold an id: the name of each id."""


def changes(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, names: Names | None = None
) -> list[tuple[str, str, str | None]]:
    """What differs: the field, its value now, and what it was; None where it was not there before."""
    was, now, known = before or {}, after or {}, names or {}
    keys = [key for key in {**was, **now} if was.get(key) != now.get(key) and key not in _HIDDEN]
    return [
        (field(key), value(key, now.get(key), known), value(key, was[key], known) if key in was else None)
        for key in keys
    ]


def field(name: str) -> str:
    """What a field is called."""
    return FIELDS.get(name, name.removesuffix("_id").replace("_", " "))


def value(name: str, told: Any, names: Names) -> str:
    """A field's value in words."""
    if told is None or told == "":
        return "nothing"
    if name in names and not isinstance(told, list):
        return names[name].get(told, str(told))
    if name in _IN_WORDS:
        return _IN_WORDS[name](told)
    if isinstance(told, bool):
        return "yes" if told else "no"
    if isinstance(told, list):
        return ", ".join(map(str, told)) or "nothing"
    return _moment(told) if isinstance(told, str) else f"{told:g}" if isinstance(told, float) else str(told)


def _parts(told: Any) -> str:
    return ", ".join(RECORDS.get(table, str(table)) for table in told)


def _asked_for(told: Any) -> str:
    """The deed a read was for, by its function's name or the permission it asked for."""
    return str(told).replace("_", " ").replace(":", " ").replace("-", " ")


def _urgency(told: Any) -> str:
    return labels.URGENCIES[labels.URGENCY_CODES[told]] if told in range(4) else str(told)


def _state(told: Any) -> str:
    return {**labels.REFERRAL_STATES, **labels.EPISODE_STATES}.get(told, str(told).replace("-", " ").capitalize())


def _moment(told: str) -> str:
    """A day or a moment as the clinic writes it; any other word as it is."""
    try:
        if len(told) == len("2026-03-01"):
            return clinic().day(date.fromisoformat(told))
        at = words.here(datetime.fromisoformat(told)) if "T" in told else None
    except ValueError:
        return told
    return f"{clinic().day(at.date())} {at:%H:%M}" if at else told


_IN_WORDS: Mapping[str, Callable[[Any], str]] = {
    **dict.fromkeys(("condition", "leading_condition", "leader"), naming.condition),
    "step": naming.step,
    "of": _parts,
    "deed": _asked_for,
    **dict.fromkeys(("urgency", "priority", "from_urgency", "to_urgency"), _urgency),
    **dict.fromkeys(("state", "from_state", "to_state"), _state),
    "kind": lambda told: labels.REFERRALS.get(told, str(told).replace("_", " ")),
    "verdict": lambda told: labels.said(labels.VERDICTS, told),
    "band": lambda told: labels.said(labels.BANDS, told),
    "basis": lambda told: labels.said(labels.BASES, told).lower(),
    "reason_code": lambda told: casework.REASONS.get(told, told),
    **dict.fromkeys(("role", "also_role"), role),
}
