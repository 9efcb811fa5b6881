"""Checks of red flags, the ladder, pathways, gates, options, advice and instruments."""

from __future__ import annotations

from typing import Any

from dashboard.clinical.checking import Checker, nested
from dashboard.clinical.checking_measures import check_measure
from dashboard.clinical.orthobiologics import NO_OPEN_RED_FLAG
from dashboard.clinical.vocabulary import ConditionPathway, Step

RUNGS = ("act_on_red_flag", "self_care", "supervised_care", "imaging_specialist", "orthobiologic_discussion")
"""The ladder's steps, from rank 0 to rank 4."""


def check_care(checker: Checker) -> None:
    """Every check of what is done about it."""
    _check_red_flags(checker)
    _check_ladder(checker)
    for pathway in checker.knowledge.pathways.values():
        _check_pathway(checker, pathway)
    _check_gates(checker)
    _check_options(checker)
    _check_texts(checker)


def _check_red_flags(checker: Checker) -> None:
    knowledge = checker.knowledge
    for flag in knowledge.red_flags:
        checker.cited(flag, needed=True)
        checker.unless(bool(flag.clauses), flag, "clause", "is missing. Write at least one [[red_flag.clause]].")
        checker.unless(bool(flag.action), flag, "action", "is empty. Say what must be done.")
        checker.known(flag.suspects, knowledge.conditions, flag, "suspects", "the condition")
        for number, clause in enumerate(flag.clauses, 1):
            checker.criterion(clause.when, flag, f"clause {number}, when")
    place = "red_flags.toml: safety_net"
    if not knowledge.safety_net:
        checker.problems.add(place, "is missing. Write [safety_net] with text, cite and status.")
    checker.cited(knowledge.safety_net_source, owner=knowledge.safety_net_source)


def _check_ladder(checker: Checker) -> None:
    ladder = checker.knowledge.ladder
    for rank, id_ in enumerate(RUNGS):
        if not any(step.id == id_ and step.rank == rank for step in ladder):
            checker.problems.add("pathways/ladder.toml", f"lacks the step '{id_}' with rank {rank}.")
    for step in ladder:
        checker.known([step.id], RUNGS, step, "id", "the step")
        _check_step(checker, step)
    for rule in checker.knowledge.imaging_rules:
        checker.criterion(rule.when, rule, "when")
        checker.cited(rule, needed=True)
    for review in checker.knowledge.reviews:
        checker.criterion(review.when, review, "when")
        checker.cited(review, needed=True)


def _check_step(checker: Checker, step: Step) -> None:
    checker.criterion(step.entry, step, "entry")
    checker.criterion(step.exit_up or None, step, "exit_up")
    checker.cited(step, needed=bool(step.minimum_weeks or step.review_weeks))
    _check_contents(checker, step, "content")


def _check_contents(checker: Checker, record: Any, *fields: str) -> None:
    for key, content in nested(record, *fields):
        _check_content(checker, record, key, content)


def _check_content(checker: Checker, record: Any, key: str, content: Any) -> None:
    checker.cited(content, key, needed=True, owner=record)
    checker.unless(bool(content.grade), record, f"{key}, grade", "is empty. Grade it honestly: A B C D or X.")


def _check_pathway(checker: Checker, pathway: ConditionPathway) -> None:
    checker.known([pathway.condition], checker.knowledge.conditions, pathway, "condition", "the condition")
    checker.cited(pathway, needed=True)
    for key in ("entry", "entry_says", "content"):
        checker.known(getattr(pathway, key), RUNGS, pathway, key, "the step")
    for step, text in pathway.entry.items():
        checker.criterion(text, pathway, f"entry.{step}")
        checker.unless(step in pathway.entry_says, pathway, f"entry_says.{step}", "is missing. Say the entry in words.")
    for step, contents in pathway.content.items():
        for number, content in enumerate(contents, 1):
            _check_content(checker, pathway, f"content.{step} {number}", content)


def _check_gates(checker: Checker) -> None:
    flagless = [gate for gate in checker.knowledge.gates if gate.id == NO_OPEN_RED_FLAG and not gate.applies_to]
    if checker.knowledge.options and not flagless:
        says = f"lacks the gate '{NO_OPEN_RED_FLAG}' before every condition: nothing is offered while a flag is open."
        checker.problems.add("orthobiologics.toml", says)
    for gate in checker.knowledge.gates:
        checker.criterion(gate.met, gate, "met")
        checker.cited(gate, needed=True)
        checker.known(gate.applies_to, checker.knowledge.conditions, gate, "applies_to", "the condition")
    for contraindication in checker.knowledge.contraindications:
        checker.criterion(contraindication.when, contraindication, "when")
        checker.cited(contraindication, needed=True)
    for hold in checker.knowledge.holds:
        checker.cited(hold, needed=True)


def _check_options(checker: Checker) -> None:
    seen: set[tuple[str, str]] = set()
    for option in checker.knowledge.options:
        checker.known([option.condition], checker.knowledge.conditions, option, "condition", "the condition")
        checker.cited(option, needed=True)
        key = (option.condition, option.procedure)
        checker.unless(key not in seen, option, "procedure", f"'{option.procedure}' is written twice.")
        seen.add(key)
        for number, trial in enumerate(option.trials, 1):
            checker.cited(trial, f"trial {number}", needed=True, owner=option)


def _check_texts(checker: Checker) -> None:
    knowledge = checker.knowledge
    for advice in knowledge.advice:
        checker.cited(advice, needed=True)
    for instrument in knowledge.instruments.values():
        checker.cited(instrument, needed=True)
        checker.unless(instrument.minimum < instrument.maximum, instrument, "maximum", "should be above minimum.")
        check_measure(checker, instrument)
    checker.cited(knowledge.notice_source, owner=knowledge.notice_source)
