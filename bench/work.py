"""The work every engine is given: three-valued facts in, urgency and the weight of the evidence out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.clinical.circuit import Plan
from dashboard.clinical.engine import engine_of
from dashboard.clinical.folding import index
from dashboard.clinical.joins import Planes
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.sheets import Sheet


@dataclass(frozen=True)
class Join:
    """A sentence made of others: not, known, all, any, at_least (with how many), finding (present, absent)."""

    name: str
    kind: str
    parts: tuple[str, ...]
    wanted: int


@dataclass(frozen=True)
class Group:
    """Findings that speak once for a condition: (finding, weight if present, weight if absent), rule and limits."""

    condition: int
    rule: str
    members: tuple[tuple[str, int, int], ...]
    table: tuple[int, ...]
    """For the rule "count": the weight by state code, the first member counting ones, the next threes …"""
    floor: int | None
    cap: int | None


@dataclass(frozen=True)
class Family:
    """Groups of one condition whose weights together stay between two limits."""

    condition: int
    groups: tuple[int, ...]
    floor: int
    cap: int


class Work:
    """One knowledge's rules and weights, stripped of everything that is Backstride's own."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.engine = engine_of(knowledge)
        self.circuit = knowledge.names.circuit
        differential, flags = self.engine.differential, self.engine.red_flags
        wanted = self.circuit.cone([*differential.places.tolist(), *flags.places.tolist()])
        self.places = [place for place in wanted if not self.circuit.nodes[place].parts]
        self.facts = [f"fact{place}" for place in self.places]
        nodes = [(place, self.circuit.nodes[place]) for place in wanted if self.circuit.nodes[place].parts]
        self.joins = [
            Join(self._name(place), node.kind, tuple(map(self._name, node.parts)), int(str(node.argument or 0)))
            for place, node in nodes
        ]
        self.findings = [self._name(place) for place in differential.places]
        levels = flags.levels[:, 0].tolist()
        self.clauses = [(self._name(place), level) for place, level in zip(flags.places, levels, strict=True)]
        self.conditions = len(differential.conditions)
        self.groups = [self._group(number) for number in range(len(differential.voices))]
        self.families = [Family(b.condition, b.voices, b.floor, b.cap) for b in differential.bounds]
        self._leaves, self.rows_of_facts = Plan(self.circuit, self.places), index(self.places)

    def _name(self, place: int) -> str:
        return f"{'join' if self.circuit.nodes[place].parts else 'fact'}{place}"

    def _group(self, number: int) -> Group:
        differential = self.engine.differential
        voice = differential.voices[number]
        finding = dict(zip(differential.findings, self.findings, strict=True))
        members = tuple((finding[m.line.finding], m.present or 0, m.absent or 0) for m in voice.members)
        table = tuple(voice.table().tolist()) if voice.group.rule == "count" else ()
        return Group(differential.place[voice.condition], voice.group.rule, members, table, voice.floor, voice.cap)

    def given(self, sheet: Sheet) -> NDArray[np.int8]:
        """int8[facts, N]: what every engine starts from."""
        return np.ascontiguousarray(self._leaves.evaluate(sheet)[self.rows_of_facts])

    def assess(self, facts: NDArray[np.int8]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
        """Backstride's own way from the same facts: urgency int8[N] and the weight of the evidence [conditions, N]."""
        return self.joined(self.planes(facts))

    def planes(self, facts: NDArray[np.int8]) -> Planes:
        """The facts as Backstride holds them, two bits each."""
        planes = Planes.blank(len(self.circuit.nodes), facts.shape[1])
        planes.put(self.rows_of_facts, facts)
        return planes

    def joined(self, planes: Planes) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
        """The same from the facts as bits."""
        self.engine.scoring.join(planes)
        findings, clauses = (planes.truths(some.places) for some in (self.engine.differential, self.engine.red_flags))
        return self.engine.red_flags.most_urgent(clauses), self.engine.differential.weighed(findings)[1]

    def expected(self, sheet: Sheet) -> tuple[NDArray[np.int8], NDArray[np.int32]]:
        """Urgency int8[N] and the weight of the evidence int32[N, conditions], as Backstride says them."""
        truths = self.engine.scoring.evaluate(sheet)
        scores = self.engine.differential.scored(sheet, truths)
        return self.engine.red_flags.urgency(truths), scores.total - scores.priors.total

    def rows(self, facts: NDArray[np.int8]) -> list[dict[str, int]]:
        """The same facts as one dictionary a case."""
        return [dict(zip(self.facts, column, strict=True)) for column in facts.T.tolist()]
