"""Why a clinician departs from what was suggested: the six HL7 CDS Hooks non-adherence categories, in our own words."""

from __future__ import annotations

from collections.abc import Mapping

REASONS: Mapping[str, str] = {
    "cds-not-applicable": "Does not apply to this patient",
    "cds-suboptimal-context": "Wrong moment or wrong person to act on it",
    "recipient-disagrees-evidence": "I read the evidence differently",
    "recipient-concerns-outcomes": "The risks outweigh the benefits here",
    "does-not-align-preferences": "The patient prefers something else",
    "not-convenient-feasible": "Cannot be done here and now",
}
"""Code (http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes, 3.0.0-ballot) → what the screen says."""
