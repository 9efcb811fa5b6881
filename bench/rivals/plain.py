"""A plain-Python loop: dictionaries, rules interpreted one by one, and what each finding contributed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.clinical.bans import millibans
from dashboard.clinical.engine import engine_of
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.nodes import Measure, Node
from dashboard.clinical.sheets import affirms, option_states
from dashboard.clinical.weights import Voice

_COMPARE = {
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}  # fmt: skip
_ARITHMETIC = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b if b else None,
}  # fmt: skip


class PlainLoop:
    """The knowledge's parsed rules and weights, walked for one case at a time; each rule is looked at once a case."""

    def __init__(self, knowledge: Knowledge) -> None:
        engine = engine_of(knowledge)
        self.knowledge, self.differential = knowledge, engine.differential
        self.nodes, self.measures = knowledge.names.circuit.nodes, knowledge.names.circuit.measures
        self.says = {n: self._said(node) for n, node in enumerate(self.nodes) if node.kind == "one_of"}
        self.clauses = [(clause.urgency, place) for _, clauses in engine.red_flags.rules for clause, place in clauses]

    def _said(self, node: Node) -> dict[str, int]:
        codes: frozenset[str] = node.argument  # type: ignore[assignment]
        return {option.code: affirms(option, codes) for option in self.knowledge.items[node.item].options}

    def assess(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """Urgency, scores in millibans, and for each condition what every known finding contributed."""
        case = _Case(self, answers)
        urgency = max((level for level, place in self.clauses if case.truth(place) == 1), default=0)
        named = zip(self.differential.findings, self.differential.criteria, strict=True)
        findings = {id_: case.truth(criterion.place) for id_, criterion in named}
        scores, contributions = {}, {}
        for place, condition in enumerate(self.differential.conditions):
            scores[condition.id], contributions[condition.id] = self._condition(case, place, findings)
        return {"urgency": int(urgency), "scores": scores, "contributions": contributions}

    def _condition(self, case: _Case, place: int, findings: dict[str, int]) -> tuple[int, list[dict[str, Any]]]:
        score, told = self._prior(case, place), []
        together: dict[int, int] = {}
        for number in self.differential.voices_of[place]:
            voice = self.differential.voices[number]
            weight = self._voice(voice, findings, told)
            bound = next((n for n, b in enumerate(self.differential.bounds) if number in b.voices), None)
            if bound is None:
                score += weight
            else:
                together[bound] = together.get(bound, 0) + weight
        for number, weight in together.items():
            score += max(self.differential.bounds[number].floor, min(self.differential.bounds[number].cap, weight))
        return score, told

    def _voice(self, voice: Voice, findings: dict[str, int], told: list[dict[str, Any]]) -> int:
        states = [findings[member.line.finding] for member in voice.members]
        shares = voice.shares(states)
        for member, state, share in zip(voice.members, states, shares, strict=True):
            if state:
                line = member.line
                told.append({"finding": line.finding, "presence": state, "millibans": share, "cite": line.cite})
        return voice.limited(sum(shares))

    def _prior(self, case: _Case, place: int) -> int:
        table, answers = self.differential.priors, case.answers
        condition, age = self.differential.conditions[place], answers.get("age_years")
        band = len(table.bands) if age is None else sum(age >= start for start in table.starts)
        met = [n for n, criterion in enumerate(table.criteria) if case.truth(criterion.place) == 1]
        applied = [n for n in met if not any(other in met for other in table.replaced_by[n])]
        factor = condition.sex.get(answers.get("sex_at_birth", ""), 1.0)
        weights = sum(int(table.factors[n, place]) for n in applied)
        return int(table.ages[band, place]) + millibans(factor) + min(weights, table.cap)


class _Case:
    """One case's answers and the truths worked out so far."""

    def __init__(self, loop: PlainLoop, answers: Mapping[str, Any]) -> None:
        self.loop, self.answers = loop, answers
        self.truths: dict[int, int] = {}

    def truth(self, place: int) -> int:
        value = self.truths.get(place)
        if value is None:
            value = self.truths[place] = self._truth(place, self.loop.nodes[place])
        return value

    def _truth(self, place: int, node: Node) -> int:
        kind, answer = node.kind, self.answers.get(node.item) if node.item else None
        if kind == "flag":
            return 1 if answer == "yes" else -1 if answer == "no" else 0
        if kind == "all":
            lowest = 1
            for part in node.parts:
                if (lowest := min(lowest, self.truth(part))) == -1:
                    break
            return lowest
        if kind == "any":
            highest = -1
            for part in node.parts:
                if (highest := max(highest, self.truth(part))) == 1:
                    break
            return highest
        if kind == "not":
            return -self.truth(node.parts[0])
        if kind == "one_of":
            return 0 if answer is None else self.loop.says[place].get(answer, 0)
        if kind == "compare":
            one, other = (self.number(self.loop.measures[m]) for m in node.measures)
            return 0 if one is None or other is None else 1 if _COMPARE[str(node.argument)](one, other) else -1
        if kind == "holds":
            return self._holds(node, answer)
        if kind == "finding":
            return 1 if self.truth(node.parts[0]) == 1 else -1 if self.truth(node.parts[1]) == 1 else 0
        if kind == "at_least":
            values = [self.truth(part) for part in node.parts]
            wanted: int = node.argument  # type: ignore[assignment]
            return 1 if values.count(1) >= wanted else -1 if len(values) - values.count(-1) < wanted else 0
        if kind == "known":
            return 1 if self.truth(node.parts[0]) else -1
        if kind == "known_number":
            return -1 if self.number(self.loop.measures[node.measures[0]]) is None else 1
        return int(node.argument) if kind == "always" else self._answered(node, answer)  # type: ignore[call-overload]

    def _holds(self, node: Node, answer: Any) -> int:
        options = self.loop.knowledge.items[node.item].options
        place = next(n for n, option in enumerate(options) if option.code == node.argument)
        return option_states(options, answer)[place] if answer else 0

    def _answered(self, node: Node, answer: Any) -> int:
        item = self.loop.knowledge.items[node.item]
        if item.type == "flag":
            return 1 if answer in ("yes", "no") else -1
        if item.type in ("choice", "choices", "sites"):
            chosen = (answer,) if item.type == "choice" else answer or ()
            return 1 if any(one and one.partition(":")[0] not in item.unknown_codes for one in chosen) else -1
        return -1 if answer is None or answer in ("", ()) or answer == {} else 1

    def number(self, measure: Measure) -> float | None:
        """A measure's value, None while it is unknown."""
        kind = measure.kind
        if kind == "constant":
            return measure.argument  # type: ignore[return-value]
        if kind == "answer":
            return self.answers.get(measure.item)
        if measure.item:
            return self._cells(measure, self.answers.get(measure.item))
        parts = [self.number(self.loop.measures[part]) for part in measure.parts]
        if None in parts:
            return None
        if kind == "negative":
            return -parts[0]  # type: ignore[operator]
        if kind == "power":
            product = parts[0]
            for _ in range(int(measure.argument) - 1):  # type: ignore[call-overload]
                product *= parts[0]  # type: ignore[operator]
            return product
        return _ARITHMETIC[kind](*parts)

    def _cells(self, measure: Measure, answer: Mapping[str, float] | None) -> float | None:
        if not answer:
            return None
        if measure.kind == "share":
            return answer.get(str(measure.argument), 0.0)
        if measure.kind == "lowest":
            return min(answer.values())
        low = [cell.split(".") for cell, value in answer.items() if value < measure.argument]  # type: ignore[operator]
        if measure.kind == "below":
            return len(low)
        return len({row if measure.kind == "rows_below" else side for row, side in low})
