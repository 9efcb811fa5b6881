"""Checks of conditions, priors, evidence, groups and families."""

from __future__ import annotations

from typing import Any

from dashboard.clinical.checking import Checker
from dashboard.clinical.vocabulary import Condition, Evidence, Group

SUM_TOLERANCE = 0.002
"""Printed priors are rounded; their sum may miss 1 by this much."""
LARGEST_GROUP = 10
"""Members of one group in one condition; a group's weights are tabulated over all their states."""


def check_evidence(checker: Checker) -> None:
    """Every check of what moves a probability."""
    _check_groups(checker)
    _check_families(checker)
    _check_modifiers(checker)
    _check_references(checker)
    for condition in checker.knowledge.conditions.values():
        _check_condition(checker, condition)
    if checker.knowledge.settings is not None:
        _check_priors(checker)
    _check_residual(checker)


def _check_references(checker: Checker) -> None:
    for reference in checker.knowledge.references.values():
        checker.unless(bool(reference.text), reference, "text", "is empty. Write enough to find the source.")


def _check_groups(checker: Checker) -> None:
    for group in checker.knowledge.groups.values():
        counted = group.rule == "count"
        numbers = bool(group.table) or group.cap is not None or group.floor is not None or group.exponent != 1
        checker.cited(group, needed=numbers)
        checker.known([group.family] if group.family else [], checker.knowledge.families, group, "family", "the family")
        checker.known(group.members, checker.knowledge.findings, group, "members", "the finding")
        checker.unless(0 < group.exponent <= 1, group, "exponent", "should lie above 0 and at most at 1.")
        checker.unless(counted or not group.table, group, "table", f"does not belong to the rule {group.rule}.")
        checker.unless(counted or not group.members, group, "members", f"do not belong to the rule {group.rule}.")
        _check_limits(checker, group)
        if counted:
            _check_table(checker, group)


def _check_limits(checker: Checker, record: Any) -> None:
    checker.unless(record.cap is None or record.cap >= 1, record, "cap", "should be at least 1.")
    checker.unless(record.floor is None or 0 < record.floor <= 1, record, "floor", "should lie between 0 and 1.")
    if getattr(record, "rule", "") == "capped-sum":
        missing = record.cap is None or record.floor is None
        checker.unless(not missing, record, "cap", "and floor are needed by the rule capped-sum.")


def _check_table(checker: Checker, group: Group) -> None:
    size = len(group.members)
    checker.unless(bool(group.members), group, "members", "are needed by the rule count: name the findings counted.")
    checker.unless(len(set(group.members)) == size, group, "members", "names a finding twice.")
    fits = 2 <= len(group.table) <= size + 1
    says = f"has {len(group.table)} entries for {size} members. It needs 2 to {size + 1}: for 0, 1, 2 … present."
    checker.unless(fits, group, "table", says)
    for count, ratio in enumerate(group.table):
        if ratio is None:
            checker.unless(count == 1, group, f"table {count}", 'may say "own" only for one present.')
        else:
            checker.unless(ratio > 0, group, f"table {count}", "should be a likelihood ratio above 0.")


def _check_families(checker: Checker) -> None:
    for family in checker.knowledge.families.values():
        checker.cited(family, needed=True)
        _check_limits(checker, family)


def _check_modifiers(checker: Checker) -> None:
    modifiers = checker.knowledge.prior_modifiers
    for modifier in modifiers:
        checker.criterion(modifier.when, modifier, "when")
        checker.cited(modifier, needed=True)
        checker.known(modifier.multiply, _candidates(checker), modifier, "multiply", "the condition")
        checker.known(modifier.excludes, [m.id for m in modifiers], modifier, "excludes", "the modifier")
        for condition, factor in modifier.multiply.items():
            checker.unless(factor > 0, modifier, f"multiply.{condition}", "should be above 0.")


def _candidates(checker: Checker) -> list[str]:
    return [c.id for c in checker.knowledge.conditions.values() if c.kind == "condition"]


def _check_condition(checker: Checker, condition: Condition) -> None:
    conditions = checker.knowledge.conditions
    if condition.parent is not None:
        checker.known([condition.parent], conditions, condition, "parent", "the condition")
        syndrome = condition.parent not in conditions or conditions[condition.parent].kind == "syndrome"
        checker.unless(syndrome, condition, "parent", f"'{condition.parent}' is not a syndrome.")
    if condition.kind == "syndrome":
        checker.unless(bool(condition.present), condition, "present", "is needed: a syndrome has a criterion.")
        checker.unless(not condition.prior, condition, "prior", "does not belong to a syndrome; its children have it.")
    checker.criterion(condition.present, condition, "present")
    checker.known(condition.prior_cite, checker.knowledge.references, condition, "prior_cite", "the reference")
    _check_evidence_lines(checker, condition)


def _check_evidence_lines(checker: Checker, condition: Condition) -> None:
    scored: set[str] = set()
    for number, line in enumerate(condition.evidence, 1):
        key = f"evidence {number} ({line.finding})"
        checker.known([line.finding], checker.knowledge.findings, condition, key, "the finding")
        checker.known([line.group], checker.knowledge.groups, condition, key, "the group")
        checker.cited(line, key, needed=True, owner=condition)
        if line.use == "score":
            _check_ratios(checker, condition, line, key)
            twice = f"scores '{line.finding}' twice. Keep one; give the others another use."
            checker.unless(line.finding not in scored, condition, key, twice)
            scored.add(line.finding)
    _check_group_members(checker, condition)


def _check_ratios(checker: Checker, condition: Condition, line: Evidence, key: str) -> None:
    ratios = [r for r in (line.present, line.absent) if r is not None]
    counted = line.group in checker.knowledge.groups and checker.knowledge.groups[line.group].rule == "count"
    checker.unless(bool(ratios) or counted, condition, key, "scores, but has neither present nor absent.")
    checker.unless(all(r > 0 for r in ratios), condition, key, "should have likelihood ratios above 0.")
    if len(ratios) == 2:
        one_way = (ratios[0] - 1) * (ratios[1] - 1) > 0
        says = f"points the same way present ({ratios[0]}) and absent ({ratios[1]}). One side of 1 each."
        checker.unless(not one_way, condition, key, says)
    checker.unless(not condition.residual, condition, key, "scores, but the residual condition has no evidence.")
    checker.unless(condition.kind == "condition", condition, key, "scores, but a syndrome has no probability.")


def _check_group_members(checker: Checker, condition: Condition) -> None:
    lines: dict[str, list[Evidence]] = {}
    for line in condition.evidence:
        if line.use == "score":
            lines.setdefault(line.group, []).append(line)
    for group_id, members in lines.items():
        group = checker.knowledge.groups.get(group_id)
        if group is None:
            continue
        key = f"evidence of group '{group_id}'"
        names = [line.finding for line in members]
        checker.unless(len(names) <= LARGEST_GROUP, condition, key, f"has more than {LARGEST_GROUP}. Split the group.")
        if group.rule == "single":
            says = f"is {', '.join(names)}, but the rule is single. Choose a rule that says how they speak once."
            checker.unless(len(names) == 1, condition, key, says)
        if group.rule == "count":
            _check_counted(checker, condition, group, members)


def _check_counted(checker: Checker, condition: Condition, group: Group, lines: list[Evidence]) -> None:
    key = f"evidence of group '{group.id}'"
    names = {line.finding for line in lines}
    for missing in [member for member in group.members if member not in names]:
        checker.complain(condition, key, f"lacks '{missing}', which the group counts. Add the line or the member.")
    for extra in sorted(names - set(group.members)):
        checker.complain(condition, key, f"has '{extra}', which the group does not count. Add it to members.")
    if len(group.table) > 1 and group.table[1] is None:
        for line in lines:
            says = f"'{line.finding}' has no present ratio, and the table says its own is used."
            checker.unless(line.present is not None, condition, key, says)


def _check_priors(checker: Checker) -> None:
    bands = [band.id for band in checker.knowledge.settings.age_bands]
    candidates = [c for c in checker.knowledge.conditions.values() if c.kind == "condition"]
    for condition in candidates:
        checker.known(condition.prior, bands, condition, "prior", "the age band")
        for band in bands:
            share = condition.prior.get(band)
            says = "is missing. Every condition has a prior in every age band."
            checker.unless(share is not None, condition, f"prior.{band}", says)
            says = "should be above 0: what is impossible can never come back. Write a small number."
            checker.unless(share is None or 0 < share < 1, condition, f"prior.{band}", says)
        checker.unless(bool(condition.prior_cite), condition, "prior_cite", "is empty. A prior names its source.")
        for sex, factor in condition.sex.items():
            checker.known([sex], ["male", "female"], condition, "sex", "the sex")
            checker.unless(factor > 0, condition, f"sex.{sex}", "should be above 0.")
    _check_sums(checker, bands, candidates)


def _check_sums(checker: Checker, bands: list[str], candidates: list[Condition]) -> None:
    for band in bands:
        total = sum(condition.prior.get(band, 0.0) for condition in candidates)
        if abs(total - 1) > SUM_TOLERANCE:
            says = f"adds up to {total:.4f} over {len(candidates)} conditions. It should be 1 within {SUM_TOLERANCE}."
            checker.problems.add(f"conditions/*.toml: prior.{band}", says)


def _check_residual(checker: Checker) -> None:
    residual = [c.id for c in checker.knowledge.conditions.values() if c.residual]
    if len(residual) != 1:
        found = ", ".join(residual) or "none"
        checker.problems.add("conditions/*.toml: residual", f"should be true for exactly one condition, not {found}.")
    names: dict[str, Condition] = {}
    for condition in checker.knowledge.conditions.values():
        for name in (condition.id, *condition.aliases):
            says = f"'{name}' already means '{names[name].id}'." if name in names else ""
            checker.unless(name not in names, condition, "aliases", says)
            names[name] = condition
