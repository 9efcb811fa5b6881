"""Stepwise care: which rung now, why, what is missing to know, and which referrals are open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dashboard.clinical.columns import Columns
from dashboard.clinical.orthobiologics import Standing
from dashboard.clinical.red_flags import Fired
from dashboard.clinical.vocabulary import ConditionPathway, ImagingRule, Presence, Step, Urgency

if TYPE_CHECKING:
    from dashboard.clinical.knowledge import Knowledge

Entry = dict[str, Any]
BIOLOGIC_STEP = "orthobiologic_discussion"
_ENTRIES = {Presence.PRESENT: "met", Presence.ABSENT: "not-met", Presence.UNKNOWN: "unknown"}


class Rung:
    """One step of the ladder as it stands for one case and one condition."""

    def __init__(self, knowledge: Knowledge, step: Step, pathway: ConditionPathway | None, view: Columns, row: int):
        entry = pathway.entry.get(step.id, step.entry) if pathway else step.entry
        self.step = step
        self.says = pathway.entry_says.get(step.id, step.entry_says) if pathway else step.entry_says
        self.criterion = knowledge.criterion(entry)
        self.entry = self.criterion.presence(view, row)
        self.because = self.criterion.because(view, row)

    @property
    def missing(self) -> tuple[str, ...]:
        """The unanswered items that leave the entry open."""
        return self.because if self.entry == Presence.UNKNOWN else ()


class Climb:
    """The ladder climbed for one case.

    Above routine urgency the step is the red flag's, and every other rung waits. Otherwise care starts on the
    lowest rung and climbs while the next rung's entry (the condition's own where it has one) is met: an entry that
    is not met or unknown stops the climb, so no rung is ever passed by, and unknown never climbs. The orthobiologic
    rung also needs its gates.
    """

    def __init__(self, rungs: list[Rung], urgency: Urgency, biologics_open: bool) -> None:
        self.alarm = rungs[0]
        self.care = rungs[1:]
        self.urgent = urgency > Urgency.ROUTINE
        self.biologics_open = biologics_open
        self.now = self.alarm if self.urgent else self._highest()

    def _highest(self) -> Rung:
        highest = self.care[0]
        for rung in self.care[1:]:
            if not self._entered(rung):
                break
            highest = rung
        return highest

    def _entered(self, rung: Rung) -> bool:
        return rung.entry == Presence.PRESENT and (rung.step.id != BIOLOGIC_STEP or self.biologics_open)

    @property
    def next(self) -> Rung | None:
        """The rung that comes after the present one, when care can climb."""
        above = [rung for rung in self.care if rung.step.rank > self.now.step.rank]
        return above[0] if above and not self.urgent else None

    @property
    def missing(self) -> tuple[str, ...]:
        """The unanswered items that leave the next rung's entry open."""
        return self.next.missing if self.next is not None else ()

    @property
    def waits_for_gates(self) -> bool:
        """True when only its gates keep care from the next rung."""
        return self.next is not None and self.next.entry == Presence.PRESENT

    def state(self, rung: Rung) -> str:
        """done, now, ahead or closed."""
        if rung is self.now:
            return "now"
        if self.urgent or rung is self.alarm:
            return "closed"
        if rung.step.rank < self.now.step.rank:
            return "done"
        return "closed" if rung.step.id == BIOLOGIC_STEP and not self.biologics_open else "ahead"

    def entry(self, rung: Rung) -> str:
        """Whether the rung's entry is met; the first rung's is met by a fired red flag alone."""
        if rung is self.alarm:
            return "met" if self.urgent else "not-met"
        return _ENTRIES[rung.entry]


class Pathways:
    """The ladder, the conditions' pathways and the imaging rules of the knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.imaging = tuple((rule, knowledge.criterion(rule.when)) for rule in knowledge.imaging_rules)

    def climb(self, view: Columns, row: int, condition: str, urgency: Urgency, biologics_open: bool) -> Climb:
        """The ladder for one case under its leading condition."""
        pathway = self.knowledge.pathways.get(condition)
        rungs = [Rung(self.knowledge, step, pathway, view, row) for step in self.knowledge.ladder]
        return Climb(rungs, urgency, biologics_open)

    def imaging_rule(self, view: Columns, row: int) -> ImagingRule | None:
        """The first imaging rule that applies, in the order of the file."""
        return next((rule for rule, when in self.imaging if when.values(view)[row] == 1), None)


def pathway_entry(
    climb: Climb, condition: str, fired: list[Fired], missing: list[str], rule: ImagingRule | None
) -> Entry:
    """The pathway as the document shows it."""
    now = climb.now
    alarms = [f for f in fired if f.urgency > Urgency.ROUTINE]
    why = [f.says for f in alarms] if climb.urgent else _why(climb)
    because = [item for f in alarms for item in f.because] if climb.urgent else list(now.because)
    return {
        "condition": condition,
        "step": now.step.id,
        "title": now.step.title,
        "why": why,
        "because": list(dict.fromkeys(because)) if climb.urgent or now.entry == Presence.PRESENT else [],
        "missing": missing,
        "ladder": [_rung(climb, rung) for rung in (climb.alarm, *climb.care)],
        "imaging": _imaging(rule),
    }


def _why(climb: Climb) -> list[str]:
    following = climb.next
    if following is None or following.entry == Presence.ABSENT:
        return [climb.now.says]
    if following.entry == Presence.UNKNOWN:
        return [climb.now.says, f"Not yet known for “{following.step.title}”: {following.says}"]
    return [climb.now.says, f"“{following.step.title}” waits for its gates."]


def _rung(climb: Climb, rung: Rung) -> Entry:
    return {
        "step": rung.step.id,
        "title": rung.step.title,
        "state": climb.state(rung),
        "entry": climb.entry(rung),
        "says": rung.says,
    }


def _imaging(rule: ImagingRule | None) -> Entry | None:
    if rule is None:
        return None
    return {
        "id": rule.id, "scenario": rule.scenario, "appropriate": rule.appropriate, "first_test": rule.first_test,
        "says": rule.says, "cite": list(rule.cite), "status": rule.status,
    }  # fmt: skip


def referral_gates(urgency: Urgency, standing: Standing, rule: ImagingRule | None) -> dict[str, Entry]:
    """Which referrals a clinician may start, and why not or with what caution."""
    emergency = urgency == Urgency.EMERGENCY
    first = "Emergency department first: an emergency is open."
    caution = "A red flag is open: act on it first." if urgency > Urgency.ROUTINE else ""
    imaging = rule.says if rule is not None else "No imaging rule applies; say in the request what it should decide."
    gates = {
        "physical_therapy": _gate(not emergency, first if emergency else caution),
        "imaging": _gate(not emergency, first if emergency else imaging),
        "spine_specialist": _gate(not emergency, first if emergency else caution),
    }
    for name, kind in (("prp_discussion", "prp"), ("stem_cell_discussion", "stem-cell")):
        shut = standing.shut(kind)
        gates[name] = _gate(not shut, shut or "Every gate is met.")
    return gates


def _gate(is_open: bool, why: str) -> Entry:
    return {"open": is_open, "why": why}
