"""Which referrals are open for an episode: what its assessment says, and what two clinicians have lowered since."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.casework.suggestions import DISCUSSIONS
from dashboard.clinical.vocabulary import Urgency

LOWERED = "A clinician lowered the emergency by signature: say in the request why it may wait."


def referral_gates(document: Mapping[str, Any], urgency: Urgency, state: str) -> Mapping[str, Mapping[str, Any]]:
    """The gate of each kind of referral, for an episode that stands at an urgency in a state.

    An emergency shuts every referral. Lowered by signature it shuts therapy, imaging and specialist no longer, or the
    step that was decided could not be followed; what a red flag shuts of orthobiologics stays shut.
    """
    gates: Mapping[str, Mapping[str, Any]] = document["referral_gates"]
    was = Urgency.of(document["urgency"])
    if state != "in-care" or was != Urgency.EMERGENCY or urgency >= was:
        return gates
    opened = {"open": True, "why": LOWERED}
    return {kind: gate if gate["open"] or kind in DISCUSSIONS else opened for kind, gate in gates.items()}
