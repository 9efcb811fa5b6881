"""A knowledge arranged for reasoning: everything that does not depend on the case."""

from __future__ import annotations

from dashboard.clinical.bans import millibans
from dashboard.clinical.circuit import Plan
from dashboard.clinical.differential import Differential
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.missing import Missing
from dashboard.clinical.orthobiologics import Orthobiologics
from dashboard.clinical.pathway import Pathways
from dashboard.clinical.red_flags import RedFlags


class Engine:
    """A knowledge arranged for reasoning: everything that does not depend on the case."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        _compile(knowledge)
        self.differential = Differential(knowledge)
        self.red_flags = RedFlags(knowledge)
        self.scoring = Plan(knowledge.names.circuit, [*self.differential.needs, *self.red_flags.places.tolist()])
        """Only what scores and urgencies need, for many cases."""
        self.pathways = Pathways(knowledge)
        self.orthobiologics = Orthobiologics(knowledge)
        self.missing = Missing(knowledge, self.differential)
        self.separable = millibans(knowledge.settings.separable.ratio)
        self.syndromes = tuple(
            (condition, knowledge.criterion(condition.present))
            for condition in knowledge.conditions.values()
            if condition.present is not None
        )


def _compile(knowledge: Knowledge) -> None:
    """Every criterion that may be asked for, so that one pass over the cases works all of them out."""
    for finding in knowledge.findings:
        knowledge.names.finding(finding)
    for derived in knowledge.derived:
        knowledge.names.derived_number(derived)
    for pathway in knowledge.pathways.values():
        for entry in pathway.entry.values():
            knowledge.criterion(entry)
    for step in knowledge.ladder:
        knowledge.criterion(step.entry)
    for item in knowledge.items.values():
        if item.show_if is not None:
            knowledge.criterion(item.show_if)


def engine_of(knowledge: Knowledge) -> Engine:
    """The engine of a knowledge, arranged once for as long as the knowledge lives."""
    return knowledge.arranged(Engine)
