"""What the screen says for the codes that are not the knowledge's own: referrals, verdicts, bands, gates, statuses."""

from __future__ import annotations

from collections.abc import Mapping

URGENCIES: Mapping[str, str] = {
    "emergency": "Emergency: now",
    "same-day": "Same day",
    "urgent": "Urgent: within 2 weeks",
    "routine": "Routine",
}
"""Urgency code → words, most urgent first."""

URGENCY_CODES = ("routine", "urgent", "same-day", "emergency")
"""Urgency codes by their stored number."""

REFERRALS: Mapping[str, str] = {
    "physical_therapy": "Physical therapy",
    "imaging": "Imaging",
    "spine_specialist": "Spine specialist",
    "prp_discussion": "PRP discussion",
    "stem_cell_discussion": "Stem cell discussion",
}
ORTHOBIOLOGIC = ("prp_discussion", "stem_cell_discussion")

REFERRAL_STATES: Mapping[str, str] = {
    "draft": "Draft",
    "sent": "Sent",
    "received": "Received",
    "scheduled": "Scheduled",
    "completed": "Completed",
    "declined": "Declined",
    "withdrawn": "Withdrawn",
}

VERDICTS: Mapping[str, str] = {"accepted": "Accepted", "changed": "Changed", "rejected": "Rejected"}

BANDS: Mapping[str, str] = {
    "likely": "Likely",
    "possible": "Possible",
    "less-likely": "Less likely",
    "not-suggested": "Not suggested",
}

CRITERION_STATES: Mapping[str, str] = {"met": "Met", "not-met": "Not met", "unknown": "Not known"}

PRESENCES: Mapping[str, str] = {"present": "Yes", "absent": "No", "unknown": "Not known"}

STATUSES: Mapping[str, str] = {
    "source-seen": "Source seen",
    "to-check": "To check",
    "expert": "Expert opinion",
}
STATUS_HELP: Mapping[str, str] = {
    "source-seen": "The figure or statement was seen in the source named.",
    "to-check": "Taken from a source that a clinician must still check against the paper.",
    "expert": "Proposed by the authors of the knowledge; no source measures it.",
}

GRADES: Mapping[str, str] = {
    "A": "strong evidence",
    "B": "moderate evidence",
    "C": "low evidence",
    "D": "expert opinion",
    "X": "do not use",
}

EPISODE_STATES: Mapping[str, str] = {
    "awaiting-review": "Waiting for review",
    "in-care": "In care",
    "closed": "Closed",
}

BASES: Mapping[str, str] = {"intake": "At intake", "exam": "After examination"}


def said(words: Mapping[str, str], code: str | None) -> str:
    """The words for a code; the code itself, readable, when it has none, and a dash when there is no code."""
    if code is None:
        return "–"
    return words.get(code, code.replace("_", " ").replace("-", " "))
