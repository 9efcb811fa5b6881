"""Why a clinician departs from what was suggested: the six HL7 CDS Hooks non-adherence categories, in our own words."""

from __future__ import annotations

from collections.abc import Mapping

OTHER = "other"
"""Our own, for what fits none of the six: HL7's feedback then carries the comment alone, so a comment is needed."""

REASONS: Mapping[str, str] = {
    "cds-not-applicable": "Does not apply to this patient",
    "cds-suboptimal-context": "Wrong moment or wrong person to act on it",
    "recipient-disagrees-evidence": "I read the evidence differently",
    "recipient-concerns-outcomes": "The risks outweigh the benefits here",
    "does-not-align-preferences": "The patient prefers something else",
    "not-convenient-feasible": "Cannot be done here and now",
    OTHER: "Another reason: say which",
}
"""Code (http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes, 3.0.0-ballot, the value set
non-adherence-reason-category; and ``other``) → what the screen says."""
