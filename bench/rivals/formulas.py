"""OpenFisca: every sentence, group and score a variable with a vector formula, worked out when asked for."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from bench.work import Group, Join, Work

NAME = f"OpenFisca-Core {version('openfisca-core')}"
_WHEN = "2026-01-01"
Get = Callable[[str], NDArray[Any]]


class Formulas:
    """The work as a system of variables of one kind of entity, the case."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.case = build_entity("case", "cases", "One case", is_person=True)
        self.system = TaxBenefitSystem([self.case])
        for name in work.facts:
            self._add(name, None)
        for join in work.joins:
            self._add(join.name, _joined(join))
        for number, group in enumerate(work.groups):
            self._add(f"group{number}", _grouped(group))
        for condition in range(work.conditions):
            self._add(f"score{condition}", self._score(condition))
        self._add("urgency", lambda get: np.maximum.reduce([(get(name) == 1) * level for name, level in work.clauses]))

    def _add(self, name: str, formula: Callable[[Get], NDArray[Any]] | None) -> None:
        said: dict[str, Any] = {
            "value_type": int,
            "entity": self.case,
            "definition_period": DateUnit.DAY,
            "label": name,
        }
        if formula is not None:
            said["formula"] = _of_case(formula)
        self.system.add_variable(type(name, (Variable,), said))

    def assess(self, facts: NDArray[np.int8]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Urgency [N] and the weight of the evidence [N, conditions]; a new simulation, because it remembers."""
        simulation = SimulationBuilder().build_default_simulation(self.system, facts.shape[1])
        for name, column in zip(self.work.facts, facts, strict=True):
            simulation.set_input(name, _WHEN, column)
        scores = [simulation.calculate(f"score{condition}", _WHEN) for condition in range(self.work.conditions)]
        return simulation.calculate("urgency", _WHEN), np.stack(scores, axis=1)

    def _score(self, condition: int) -> Callable[[Get], NDArray[Any]]:
        families = [family for family in self.work.families if family.condition == condition]
        inside = {number for family in families for number in family.groups}
        alone = [n for n, group in enumerate(self.work.groups) if group.condition == condition and n not in inside]

        def formula(get: Get) -> NDArray[Any]:
            total = sum((get(f"group{number}") for number in alone), start=np.zeros_like(get(self.work.facts[0])))
            for family in families:
                together = sum(get(f"group{number}") for number in family.groups)
                total = total + np.clip(together, family.floor, family.cap)
            return total

        return formula


def _of_case(formula: Callable[[Get], NDArray[Any]]) -> Callable[[Any, Any], NDArray[Any]]:
    return lambda cases, period: formula(lambda other: cases(other, period))


def _joined(join: Join) -> Callable[[Get], NDArray[Any]]:
    one, *others = join.parts
    if join.kind == "not":
        return lambda get: -get(one)
    if join.kind == "known":
        return lambda get: np.abs(get(one)) * 2 - 1
    if join.kind == "finding":
        return lambda get: np.where(get(one) == 1, 1, np.where(get(others[0]) == 1, -1, 0))
    if join.kind == "at_least":
        return lambda get: _at_least([get(part) for part in join.parts], join.wanted)
    join_all = np.minimum if join.kind == "all" else np.maximum
    return lambda get: join_all.reduce([get(part) for part in join.parts])


def _at_least(values: list[NDArray[Any]], wanted: int) -> NDArray[Any]:
    met, possible = sum(value == 1 for value in values), sum(value >= 0 for value in values)
    return np.where(met >= wanted, 1, np.where(possible < wanted, -1, 0))


def _grouped(group: Group) -> Callable[[Get], NDArray[Any]]:
    table = np.array(group.table, dtype=np.int32)

    def formula(get: Get) -> NDArray[Any]:
        states = [get(finding) for finding, _, _ in group.members]
        if group.rule == "count":
            weight = table[sum(state * 3**n for n, state in enumerate(states)) + len(table) // 2]
        else:
            weight = _weight(group, states)
        floor, cap = group.floor, group.cap
        return weight if floor is None and cap is None else np.clip(weight, floor, cap)

    return formula


def _weight(group: Group, states: list[NDArray[Any]]) -> NDArray[Any]:
    pairs = zip(states, group.members, strict=True)
    weights = [np.where(state == 1, p, np.where(state == -1, a, 0)) for state, (_, p, a) in pairs]
    if group.rule not in ("strongest", "for-and-against"):
        return sum(weights[1:], start=weights[0])
    best = np.maximum(np.maximum.reduce(weights), 0)
    worst = np.minimum(np.minimum.reduce(weights), 0)
    return best + worst if group.rule == "for-and-against" else np.where(best >= -worst, best, worst)
