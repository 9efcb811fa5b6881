"""zen-engine: the rules and weights as one table of expressions, evaluated in Rust, one case at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import zen

from bench.work import Group, Join, Work

NAME = f"zen-engine {version('zen-engine')}"


class RulesInRust:
    """Each sentence, group, score and the urgency is one expression; later ones name earlier ones."""

    def __init__(self, work: Work) -> None:
        self.work = work
        made = {join.name for join in work.joins}
        self.name = {name: f"$.{name}" if name in made else name for name in (*work.facts, *made)}
        told = [(join.name, self._join(join)) for join in work.joins]
        told += [(f"group{number}", self._group(group)) for number, group in enumerate(work.groups)]
        told += [(f"score{condition}", self._score(condition)) for condition in range(work.conditions)]
        levels = (f"({self.name[name]} == 1 ? {level} : 0)" for name, level in work.clauses)
        told.append(("urgency", f"max([{', '.join(levels)}])"))
        self.decision = zen.ZenEngine().create_decision(json.dumps(_graph(told)))

    def assess(self, facts: Mapping[str, int]) -> dict[str, Any]:
        """Urgency and the weight of the evidence for every condition."""
        found = self.decision.evaluate(dict(facts))["result"]
        scores = [int(found[f"score{condition}"]) for condition in range(self.work.conditions)]
        return {"urgency": int(found["urgency"]), "scores": scores}

    def _join(self, join: Join) -> str:
        parts = [self.name[part] for part in join.parts]
        listed = ", ".join(parts)
        if join.kind == "not":
            return f"0 - {parts[0]}"
        if join.kind == "known":
            return f"abs({parts[0]}) * 2 - 1"
        if join.kind == "finding":
            return f"{parts[0]} == 1 ? 1 : ({parts[1]} == 1 ? -1 : 0)"
        if join.kind == "at_least":
            met = " + ".join(f"({part} == 1 ? 1 : 0)" for part in parts)
            possible = " + ".join(f"({part} >= 0 ? 1 : 0)" for part in parts)
            return f"({met}) >= {join.wanted} ? 1 : (({possible}) < {join.wanted} ? -1 : 0)"
        return f"{'min' if join.kind == 'all' else 'max'}([{listed}])"

    def _group(self, group: Group) -> str:
        weights = [f"({self.name[f]} == 1 ? {p} : ({self.name[f]} == -1 ? {a} : 0))" for f, p, a in group.members]
        best, worst = f"max([0, {', '.join(weights)}])", f"min([0, {', '.join(weights)}])"
        if group.rule == "count":
            code = " + ".join(f"{3**n} * {self.name[f]}" for n, (f, _, _) in enumerate(group.members))
            weight = f"[{', '.join(map(str, group.table))}][{code} + {len(group.table) // 2}]"
        elif group.rule == "strongest":
            weight = f"({best} >= 0 - {worst} ? {best} : {worst})"
        elif group.rule == "for-and-against":
            weight = f"({best} + {worst})"
        else:
            weight = f"({' + '.join(weights)})"
        return _limited(weight, group.floor, group.cap)

    def _score(self, condition: int) -> str:
        families = [family for family in self.work.families if family.condition == condition]
        inside = {number for family in families for number in family.groups}
        parts = [f"$.group{n}" for n, g in enumerate(self.work.groups) if g.condition == condition and n not in inside]
        for family in families:
            together = " + ".join(f"$.group{number}" for number in family.groups)
            parts.append(_limited(f"({together})", family.floor, family.cap))
        return " + ".join(["0", *parts])


def _limited(weight: str, floor: int | None, cap: int | None) -> str:
    weight = weight if cap is None else f"min([{cap}, {weight}])"
    return weight if floor is None else f"max([{floor}, {weight}])"


def _graph(told: list[tuple[str, str]]) -> dict[str, Any]:
    at = {"position": {"x": 0, "y": 0}}
    expressions = [{"id": key, "key": key, "value": value} for key, value in told]
    nodes = [
        {"id": "in", "type": "inputNode", "name": "facts", **at},
        {"id": "rules", "type": "expressionNode", "name": "rules", "content": {"expressions": expressions}, **at},
        {"id": "out", "type": "outputNode", "name": "found", **at},
    ]
    ways = (("in", "rules"), ("rules", "out"))
    edges = [{"id": f"{one}-{other}", "type": "edge", "sourceId": one, "targetId": other} for one, other in ways]
    return {"nodes": nodes, "edges": edges}
