"""Which questions are asked in many cases, and whether one that must be could still raise an emergency."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dashboard.clinical.circuit import Plan, Truths
from dashboard.clinical.sheets import Sheet
from dashboard.clinical.vocabulary import Urgency

if TYPE_CHECKING:
    from dashboard.clinical.knowledge import Knowledge
    from dashboard.clinical.red_flags import RedFlags

Marks = NDArray[np.bool_]


class Screening:
    """The knowledge's questions and emergency rules, arranged for asking what is still open; built once."""

    def __init__(self, knowledge: Knowledge, red_flags: RedFlags) -> None:
        self.circuit = knowledge.names.circuit
        self.place = {item: number for number, item in enumerate(knowledge.items)}
        self.emergencies = [
            place for _, rules in red_flags.rules for clause, place in rules if clause.urgency == Urgency.EMERGENCY
        ]
        self.hidden = [self.place[item] for item in knowledge.conditional]
        """The items that are not asked of everyone, and when they are."""
        self.whens = [criterion.place for criterion in knowledge.conditional.values()]
        audiences = [knowledge.audiences[item] for item in knowledge.items]
        self.of_file = np.array([audience == "file" for audience in audiences])
        self.must_ask = np.array(
            [
                item.required and audience == "staff"
                for item, audience in zip(knowledge.items.values(), audiences, strict=True)
            ]
        )
        self.asking = Plan(self.circuit, self.whens)

    def shown(self, sheet: Sheet, truths: Truths) -> Marks:
        """bool[items, N]: the items asked; an answer to a question that is not asked shows no other question."""
        layout = self.circuit.layout
        shown, known = self._asked(truths), layout.known(sheet)
        for _ in self.place:
            ignored = known & ~shown
            cases = np.flatnonzero(ignored.any(axis=0))
            if not len(cases):
                return shown
            again = self._asked(self.asking.evaluate(layout.without(sheet.chosen(cases), ignored[:, cases])))
            if (again == shown[:, cases]).all():
                return shown
            shown[:, cases] = again
        return shown

    def _asked(self, truths: Truths) -> Marks:
        asked = np.ones((len(self.place), truths.shape[1]), dtype=np.bool_)
        asked[self.hidden] = truths[self.whens] == 1
        return asked

    def unanswered(self, sheet: Sheet, truths: Truths) -> Marks:
        """bool[N]: whether a question the staff must ask, and has not, could still raise an emergency.

        A hidden question whose own condition is open stands for the questions that decide it.
        """
        known, shown = self.circuit.layout.known(sheet), self.shown(sheet, truths)
        open_items = self._behind(self.emergencies, truths, known)
        found = open_items & shown
        for item, when in zip(self.hidden, self.whens, strict=True):
            waiting = open_items[item] & ~shown[item] & (truths[when] == 0)
            if not self.of_file[item] and waiting.any():
                found |= self._behind([when], truths, known) & shown & waiting
        answer: Marks = found[self.must_ask].any(axis=0)
        return answer

    def _behind(self, places: Iterable[int], truths: Truths, known: Marks) -> Marks:
        """bool[items, N]: the unanswered items that leave one of some criteria open, where it is open."""
        items = np.zeros_like(known)
        reached = {place: truths[place] == 0 for place in places}
        while reached:
            place = max(reached)  # parts stand before what is made of them, so nothing is reached again later
            here, node = reached.pop(place), self.circuit.nodes[place]
            if node.parts and node.kind != "finding":
                for part in node.parts:
                    reached[part] = reached.get(part, False) | (here & (truths[part] == 0))
            else:
                named = [self.place[item] for item in self.circuit.names[place]]
                items[named] |= here & ~known[named]
        return items
