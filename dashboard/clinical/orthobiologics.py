"""PRP and cell therapy behind their gates: what is met, what forbids, what may be spoken of at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dashboard.clinical.columns import Columns
from dashboard.clinical.nodes import union
from dashboard.clinical.red_flags import Fired
from dashboard.clinical.vocabulary import Contraindication, Gate, OrthobiologicOption, Presence

if TYPE_CHECKING:
    from dashboard.clinical.knowledge import Knowledge

NO_OPEN_RED_FLAG = "no_open_red_flag"
"""The gate the engine itself adds the fired rules to."""
_STATES = {Presence.PRESENT: "met", Presence.ABSENT: "not-met", Presence.UNKNOWN: "unknown"}
_KINDS = {"prp": "PRP", "stem-cell": "stem-cell treatment"}


@dataclass(frozen=True)
class GateState:
    """One gate in one case."""

    gate: Gate
    state: str
    because: tuple[str, ...]

    def applies(self, condition: str) -> bool:
        """True when the gate stands before an option for the condition."""
        return not self.gate.applies_to or condition in self.gate.applies_to


@dataclass(frozen=True)
class Standing:
    """Everything that decides about orthobiologics in one case."""

    gates: tuple[GateState, ...]
    contraindications: tuple[tuple[Contraindication, str, tuple[str, ...]], ...]
    options: tuple[OrthobiologicOption, ...]
    """Of the leading condition and every possible one."""
    blocking: tuple[Fired, ...]
    """Red flags that hide the subject."""

    @property
    def shown(self) -> bool:
        """True when the subject may be shown at all."""
        return not self.why_hidden

    @property
    def why_hidden(self) -> str:
        """Why nothing may be shown; empty when it may."""
        if self.blocking:
            return f"A red flag is open: {self.blocking[0].flag.title}."
        if not self.options:
            return "There is no evidence table for these conditions."
        return ""

    @property
    def missing(self) -> tuple[str, ...]:
        """The unanswered items that keep a gate or an absolute contraindication unknown."""
        gates = [gate.because for gate in self.gates if gate.state == "unknown"]
        absolute = [why for c, state, why in self.contraindications if c.kind == "absolute" and state == "unknown"]
        return union([*gates, *absolute])

    def shut(self, kind: str) -> str:
        """Why a kind of procedure cannot be discussed; empty when it can."""
        if self.blocking:
            return self.why_hidden
        offered = [option for option in self.options if option.kind == kind and option.offered]
        if not offered:
            return f"The evidence table offers no {_KINDS[kind]} for the conditions that are possible here."
        forbidding = self.forbidding
        if forbidding:
            return forbidding
        reasons = [self._waiting(option.condition) for option in offered]
        return "" if "" in reasons else reasons[0]

    @property
    def forbidding(self) -> str:
        """The absolute contraindications that are there, or not yet excluded."""
        for state, words in (("met", "Contraindicated"), ("unknown", "Not yet excluded")):
            titles = [c.title for c, found, _ in self.contraindications if c.kind == "absolute" and found == state]
            if titles:
                return f"{words}: {', '.join(titles)}."
        return ""

    def _waiting(self, condition: str) -> str:
        waiting = [g.gate.title for g in self.gates if g.applies(condition) and g.state != "met"]
        return f"Gates not met: {', '.join(waiting)}." if waiting else ""


class Orthobiologics:
    """The gates, contraindications and options of the knowledge, compiled."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.gates = tuple((gate, knowledge.criterion(gate.met)) for gate in knowledge.gates)
        self.contraindications = tuple((c, knowledge.criterion(c.when)) for c in knowledge.contraindications)

    def standing(
        self, view: Columns, row: int, conditions: list[str], fired: list[Fired], unanswered: bool
    ) -> Standing:
        """Where one case stands; ``unanswered``: a required question could still raise an emergency."""
        blocking = tuple(f for f in fired if f.blocks_biologics)
        gates = (self._gate(gate, view, row, blocking, unanswered) for gate, _ in self.gates)
        return Standing(
            tuple(g for g in gates if any(g.applies(condition) for condition in conditions)),
            tuple(
                (c, _STATES[criterion.presence(view, row)], criterion.because(view, row))
                for c, criterion in self.contraindications
            ),
            tuple(option for id_ in conditions for option in self.knowledge.options if option.condition == id_),
            blocking,
        )

    def _gate(self, gate: Gate, view: Columns, row: int, blocking: tuple[Fired, ...], unanswered: bool) -> GateState:
        criterion = self.knowledge.criterion(gate.met)
        presence, because = criterion.presence(view, row), criterion.because(view, row)
        if gate.id == NO_OPEN_RED_FLAG:
            if blocking:
                presence, because = Presence.ABSENT, blocking[0].because
            elif unanswered:
                presence = min(presence, Presence.UNKNOWN)
        return GateState(gate, _STATES[presence], because)


def gate_entry(state: GateState) -> dict[str, Any]:
    """A gate as the document shows it."""
    gate = state.gate
    return {
        "id": gate.id, "title": gate.title, "state": state.state, "because": list(state.because),
        "says": gate.says, "cite": list(gate.cite), "status": gate.status,
    }  # fmt: skip


def contraindication_entry(found: tuple[Contraindication, str, tuple[str, ...]]) -> dict[str, Any]:
    """A contraindication as the document shows it; met means it is there."""
    contraindication, state, because = found
    return {
        "id": contraindication.id, "title": contraindication.title, "kind": contraindication.kind, "state": state,
        "because": list(because), "says": contraindication.says, "cite": list(contraindication.cite),
        "status": contraindication.status,
    }  # fmt: skip


def options_entry(standing: Standing) -> dict[str, Any]:
    """The options with their trials, negative ones too; nothing while the subject is hidden."""
    shown = standing.options if standing.shown else ()
    return {"shown": standing.shown, "why_hidden": standing.why_hidden, "options": [_option(o) for o in shown]}


def _option(option: OrthobiologicOption) -> dict[str, Any]:
    trials = [
        {"text": t.text, "direction": t.direction, "cite": list(t.cite), "status": t.status} for t in option.trials
    ]
    return {
        "condition": option.condition, "procedure": option.procedure, "kind": option.kind, "offered": option.offered,
        "grade": option.grade, "stance": option.stance, "trials": trials, "minimum_days": option.minimum_days,
        "cite": list(option.cite), "status": option.status,
    }  # fmt: skip
