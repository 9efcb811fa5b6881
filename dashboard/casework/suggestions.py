"""What an assessment suggests, one thing at a time: each red flag's urgency, a condition, a step, a discussion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.casework.shapes import leading
from dashboard.clinical.pathway import BIOLOGIC_STEP

RED_FLAG, CONDITION, STEP, ORTHOBIOLOGIC = "red_flag", "condition", "step", "orthobiologic"
ALARM_STEP = "act_on_red_flag"
"""The step that holds while the urgency is above routine."""
DISCUSSIONS: Mapping[str, str] = {
    "prp_discussion": "PRP discussion",
    "stem_cell_discussion": "Stem cell discussion",
}


@dataclass(frozen=True)
class Suggestion:
    """One thing a clinician accepts, changes or rejects; ``subject`` is the id of the rule, condition or step."""

    kind: str
    subject: str
    title: str
    urgency: str | None = None
    """The urgency a red flag asks for."""

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from the assessment's other suggestions."""
        return self.kind, self.subject


def suggestions(document: Mapping[str, Any]) -> tuple[Suggestion, ...]:
    """Everything an assessment suggests, the most urgent first.

    A rule that fired without urgency asks for nothing and is no suggestion; a discussion is one when its gates are
    open.
    """
    flags = [flag for flag in document["red_flags"] if flag["urgency"] != "routine"]
    found = [Suggestion(RED_FLAG, flag["id"], flag["title"], flag["urgency"]) for flag in flags]
    if (condition := leading(document)) is not None:
        found.append(Suggestion(CONDITION, condition, _title(document, condition)))
    pathway = document["pathway"]
    if pathway.get("step"):
        found.append(Suggestion(STEP, pathway["step"], pathway["title"]))
    gates = document["referral_gates"]
    open_ones = [kind for kind in DISCUSSIONS if gates.get(kind, {}).get("open")]
    return tuple(found + [Suggestion(ORTHOBIOLOGIC, kind, DISCUSSIONS[kind]) for kind in open_ones])


def step_without_flags(document: Mapping[str, Any]) -> str:
    """The step the same answers would hold if no red flag were open: as far as each next rung's entry is met."""
    here, *above = [rung for rung in document["pathway"]["ladder"] if rung["step"] != ALARM_STEP]
    for rung in above:
        # The discussion's gates were shut by the flag, so nothing says that they would be open without it.
        if rung["entry"] != "met" or rung["step"] == BIOLOGIC_STEP:
            break
        here = rung
    return str(here["step"])


def _title(document: Mapping[str, Any], condition: str) -> str:
    named = (each["title"] for each in document["differential"] if each["condition"] == condition)
    return str(next(named, condition))
