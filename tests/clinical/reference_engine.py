"""A second, naive engine to judge the first: plain dictionaries and loops, one case, one value at a time.

It shares the nouns of the knowledge with the engine and nothing else: it reads the criteria with its own interpreter,
works in Python scalars (None is an unknown number) and follows the written rules line by line.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from functools import cache
from typing import Any

from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.vocabulary import Condition, Evidence, Group, Item

URGENCIES = {"routine": 0, "urgent": 1, "same-day": 2, "emergency": 3}


@cache
def parsed(text: str) -> ast.expr:
    """A criterion as a tree."""
    return ast.parse(" ".join(text.split()), mode="eval").body


@cache
def bans(ratio: float, exponent: float = 1.0) -> int:
    """Millibans, rounded half away from zero."""
    weight = 1000 * exponent * math.log10(ratio)
    return math.floor(abs(weight) + 0.5) * (1 if weight >= 0 else -1)


class ReferenceEngine:
    """One case under one knowledge."""

    def __init__(self, knowledge: Knowledge, answers: Mapping[str, Any]) -> None:
        self.knowledge = knowledge
        self.answers = answers
        self.conditions = [c for c in knowledge.conditions.values() if c.kind == "condition"]
        self._findings: dict[str, int] = {}

    # Criteria

    def truth(self, text: str) -> int:
        return self._truth(parsed(text))

    def _truth(self, node: ast.expr) -> int:
        if isinstance(node, ast.BoolOp):
            values = [self._truth(value) for value in node.values]
            return min(values) if isinstance(node.op, ast.And) else max(values)
        if isinstance(node, ast.UnaryOp):
            return -self._truth(node.operand)
        if isinstance(node, ast.Compare):
            return self._chain(node)
        if isinstance(node, ast.Call):
            return self._call(node)
        assert isinstance(node, ast.Name)
        if node.id in self.knowledge.findings:
            return self.finding(node.id)
        return {"yes": 1, "no": -1}.get(self.answers.get(node.id), 0)

    def _chain(self, node: ast.Compare) -> int:
        left, lowest = node.left, 1
        for operator, right in zip(node.ops, node.comparators, strict=True):
            lowest = min(lowest, self._compare(left, operator, right))
            left = right
        return lowest

    def _compare(self, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> int:
        if isinstance(operator, ast.In | ast.NotIn):
            found = self._membership(left, right)
            return -found if isinstance(operator, ast.NotIn) else found
        if isinstance(left, ast.Constant) and isinstance(left.value, str):
            left, right = right, left
        if isinstance(right, ast.Constant) and isinstance(right.value, str):
            found = self._is_one_of(left.id, {right.value})
            return -found if isinstance(operator, ast.NotEq) else found
        one, other = self._number(left), self._number(right)
        if one is None or other is None:
            return 0
        holds = {
            ast.Eq: one == other, ast.NotEq: one != other, ast.Lt: one < other,
            ast.LtE: one <= other, ast.Gt: one > other, ast.GtE: one >= other,
        }  # fmt: skip
        return 1 if holds[type(operator)] else -1

    def _membership(self, left: ast.expr, right: ast.expr) -> int:
        if isinstance(left, ast.Constant) and isinstance(left.value, str):
            return self._holds(right.id, left.value)
        if isinstance(left, ast.Name) and left.id in self.knowledge.items and self.knowledge.items[left.id].options:
            return self._is_one_of(left.id, {entry.value for entry in right.elts})
        number = self._number(left)
        candidates = [self._number(entry) for entry in right.elts]
        if number is None:
            return 0
        return 1 if number in candidates else (0 if None in candidates else -1)

    def _is_one_of(self, item_id: str, codes: set[str]) -> int:
        """A choice that leaves codes open affirms a set only when it leaves nothing else open."""
        item, answer = self.knowledge.items[item_id], self.answers.get(item_id)
        option = next((o for o in item.options if o.code == answer), None)
        if option is None or option.unknown:
            return 0
        if answer in codes:
            return 1
        left_open = set(option.leaves_open)
        if not left_open & codes:
            return -1
        return 1 if left_open <= codes else 0

    def _holds(self, item_id: str, code: str) -> int:
        item, answer = self.knowledge.items[item_id], self.answers.get(item_id)
        if not answer:
            return 0
        chosen = {entry.split(":")[0] for entry in answer}
        picked = [option for option in item.options if option.code in chosen]
        if code in chosen:
            return 1
        if any(option.unknown or code in option.leaves_open for option in picked):
            return 0
        return -1

    def _call(self, node: ast.Call) -> int:
        name, arguments = node.func.id, node.args
        if name in ("yes", "no"):
            return 1 if name == "yes" else -1
        if name == "at_least":
            values = [self._truth(argument) for argument in arguments[1:]]
            if values.count(1) >= arguments[0].value:
                return 1
            return -1 if values.count(1) + values.count(0) < arguments[0].value else 0
        known = self._known(arguments[0])
        return (1 if known else -1) * (-1 if name == "unknown" else 1)

    def _known(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Name) and node.id in self.knowledge.findings:
            return self.finding(node.id) != 0
        if isinstance(node, ast.Name) and node.id in self.knowledge.derived:
            return self._number(node) is not None
        if isinstance(node, ast.Name):
            return self.answered(self.knowledge.items[node.id])
        return self._truth(node) != 0

    def answered(self, item: Item) -> bool:
        answer = self.answers.get(item.id)
        if answer is None or answer in ("", ()) or answer == {}:
            return False
        if item.type == "flag":
            return answer in ("yes", "no")
        if item.options and item.type != "mix":
            entries = [answer] if item.type == "choice" else answer
            codes = {option.code for option in item.options if not option.unknown}
            return any(entry.split(":")[0] in codes for entry in entries)
        return True

    def _number(self, node: ast.expr) -> float | None:
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            if node.id in self.knowledge.derived:
                return self.derived(node.id)
            return self.answers.get(node.id)
        if isinstance(node, ast.UnaryOp):
            value = self._number(node.operand)
            return None if value is None else (-value if isinstance(node.op, ast.USub) else value)
        if isinstance(node, ast.Call):
            return self._measure(node)
        assert isinstance(node, ast.BinOp)
        one, other = self._number(node.left), self._number(node.right)
        if one is None or other is None or (isinstance(node.op, ast.Div) and other == 0):
            return None
        return self._arithmetic(node.op, one, other)

    @staticmethod
    def _arithmetic(operator: ast.operator, one: float, other: float) -> float:
        if isinstance(operator, ast.Add):
            return one + other
        if isinstance(operator, ast.Sub):
            return one - other
        if isinstance(operator, ast.Mult):
            return one * other
        if isinstance(operator, ast.Div):
            return one / other
        product = one
        for _ in range(int(other) - 1):
            product *= one
        return product

    def _measure(self, node: ast.Call) -> float | None:
        if node.func.id == "first_known":
            one, other = (self._number(part) for part in node.args)
            return other if one is None else one
        answer = self.answers.get(node.args[0].id)
        if not answer:
            return None
        if node.func.id == "share":
            return answer.get(node.args[1].value, 0.0)
        if node.func.id == "lowest":
            return min(answer.values())
        low = [cell for cell, value in answer.items() if value < node.args[1].value]
        part = {"below": lambda c: c, "rows_below": lambda c: c.split(".")[0], "sides_below": lambda c: c.split(".")[1]}
        return len({part[node.func.id](cell) for cell in low})

    def finding(self, id: str) -> int:
        if id not in self._findings:
            finding = self.knowledge.findings[id]
            present = self.truth(finding.present)
            if finding.absent is None:
                self._findings[id] = present
            elif present == 1:
                self._findings[id] = 1
            else:
                self._findings[id] = -1 if self.truth(finding.absent) == 1 else 0
        return self._findings[id]

    def derived(self, id: str) -> float | None:
        return self._number(parsed(self.knowledge.derived[id].formula))

    # Red flags and questions

    def urgency(self) -> str:
        reached = "routine"
        for flag in self.knowledge.red_flags:
            for clause in flag.clauses:
                if self.truth(clause.when) == 1 and URGENCIES[clause.urgency.code] > URGENCIES[reached]:
                    reached = clause.urgency.code
        return reached

    def fired(self) -> set[str]:
        return {f.id for f in self.knowledge.red_flags if any(self.truth(c.when) == 1 for c in f.clauses)}

    def shown(self) -> set[str]:
        asked = set(self.knowledge.items)
        while True:
            visible = {item: answer for item, answer in self.answers.items() if item in asked}
            judge = ReferenceEngine(self.knowledge, visible)
            items = self.knowledge.items.values()
            again = {item.id for item in items if item.show_if is None or judge.truth(item.show_if) == 1}
            if again == asked:
                return asked
            asked = again

    # Differential

    def prior(self, condition: Condition) -> int:
        bands, age = self.knowledge.settings.age_bands, self.answers.get("age_years")
        if age is None:
            return bans(sum(condition.prior[band.id] for band in bands) / len(bands))
        chosen = bands[0]
        for band in bands:
            if age >= band.from_:
                chosen = band
        return bans(condition.prior[chosen.id])

    def adjustment(self, condition: Condition) -> int:
        sex = self.answers.get("sex_at_birth")
        weight = bans(condition.sex[sex]) if sex in condition.sex else 0
        met = {m.id: m for m in self.knowledge.prior_modifiers if self.truth(m.when) == 1}
        replaced = {other for modifier in met.values() for other in modifier.excludes}
        together = 0
        for id_, modifier in met.items():
            if id_ not in replaced and condition.id in modifier.multiply:
                together += bans(modifier.multiply[condition.id])
        return weight + min(together, bans(self.knowledge.settings.priors.modifier_cap))

    def group_weight(self, group: Group, lines: list[Evidence]) -> int:
        states = {line.finding: self.finding(line.finding) for line in lines}
        own = {}
        for line in lines:
            ratio = {1: line.present, -1: line.absent, 0: None}[states[line.finding]]
            own[line.finding] = 0 if ratio is None else bans(ratio, group.exponent)
        if group.rule == "count":
            weight = self._count(group, lines, states)
        elif group.rule == "strongest":
            weight = max(own.values(), key=lambda w: (abs(w), w))
        elif group.rule == "for-and-against":
            weight = max([0, *own.values()]) + min([0, *own.values()])
        else:
            weight = sum(own.values())
        if group.cap is not None:
            weight = min(weight, bans(group.cap))
        return weight if group.floor is None else max(weight, bans(group.floor))

    def _count(self, group: Group, lines: list[Evidence], states: dict[str, int]) -> int:
        present = [line for line in lines if states[line.finding] == 1]
        absent = [line for line in lines if states[line.finding] == -1]
        unknown = len(lines) - len(present) - len(absent)
        if unknown == len(lines):
            return 0

        def table(count: int) -> int:
            ratio = group.table[min(count, len(group.table) - 1)]
            if ratio is None:
                return bans(present[0].present, group.exponent)
            return bans(ratio, group.exponent)

        if not present:
            if unknown == 0:
                return table(0)
            against = [bans(line.absent, group.exponent) for line in absent if line.absent is not None]
            return max(table(0), min(against) if against else 0)
        weight = table(len(present))
        if weight >= 0 or unknown == 0:
            return weight
        return min(0, table(len(present) + unknown))

    def score(self, condition: Condition) -> int:
        by_group: dict[str, list[Evidence]] = {}
        for line in condition.evidence:
            if line.use == "score":
                by_group.setdefault(line.group, []).append(line)
        total, families = 0, {}
        for id_, lines in by_group.items():
            group = self.knowledge.groups[id_]
            weight = self.group_weight(group, lines)
            if group.family is None:
                total += weight
            else:
                families[group.family] = families.get(group.family, 0) + weight
        for id_, weight in families.items():
            family = self.knowledge.families[id_]
            total += max(bans(family.floor), min(bans(family.cap), weight))
        return self.prior(condition) + self.adjustment(condition) + total

    def scores(self) -> dict[str, int]:
        return {condition.id: self.score(condition) for condition in self.conditions}

    def probabilities(self) -> dict[str, float]:
        scores = self.scores()
        best = max(scores.values())
        shares = {id_: 10.0 ** (-(best - score) / 1000) for id_, score in scores.items()}
        whole = 0.0
        for share in shares.values():
            whole += share
        limits = self.knowledge.settings.posterior
        return {id_: max(limits.floor, min(limits.ceiling, share / whole)) for id_, share in shares.items()}

    # Care

    def step(self, leading: str, biologics_open: bool) -> str:
        if self.urgency() != "routine":
            return "act_on_red_flag"
        pathway = self.knowledge.pathways.get(leading)
        entries = dict(pathway.entry) if pathway else {}
        ladder = sorted(self.knowledge.ladder, key=lambda step: step.rank)
        reached = ladder[1]
        for step in ladder[2:]:
            met = self.truth(entries.get(step.id, step.entry)) == 1
            if not met or (step.id == "orthobiologic_discussion" and not biologics_open):
                break
            reached = step
        return reached.id
