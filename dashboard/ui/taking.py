"""One run's view of an intake being taken: the draft, what is asked, how far it is, and what is said of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from dashboard import instruments, intake
from dashboard.access import Actor
from dashboard.casework import handing_over
from dashboard.casework.handing_over import HandoverView
from dashboard.casework.views import DraftView
from dashboard.clinical.vocabulary import Instrument
from dashboard.doubts import Doubt
from dashboard.ui import cached


@dataclass
class Taking:
    """One run's view of an intake being taken."""

    actor: Actor
    draft: DraftView
    asked_before: Collection[str] = ()
    """Questions drawn although they are not asked (any more), because a browser may hold an answer to one."""
    saved_late: bool = False
    """True once something was saved while drawing: what was drawn above is then out of date."""
    _doubts: dict[str, list[Doubt]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.visible = intake.visible(self.draft.answers)
        self.progress = intake.progress(self.draft.answers, shown=self.visible)
        self.document: Mapping[str, Any] = cached.document(self.draft.answers)
        self.standing = intake.doubts(self.draft.answers, self.draft.notes, self.visible)
        for doubt in self.standing:
            self._doubts.setdefault(intake.place_of(doubt, self.visible), []).append(doubt)
        if not self.saved_late and set(self.asked_before) - set(self.visible):
            self.visible = self.visible | set(self.asked_before)
            self.saved_late = True  # drawn once, to be looked at

    @cached_property
    def measures(self) -> Mapping[str, Instrument]:
        """The outcome measures by the question that takes each."""
        return instruments.measures_of(intake.knowledge())

    @cached_property
    def shelf(self) -> instruments.Shelf:
        """The clinic's instrument files as they are now."""
        return instruments.on_shelf()

    @cached_property
    def sheets(self) -> Mapping[str, tuple[instruments.InstrumentFile, ...]]:
        """The instruments that can be asked item by item, by the question that takes the total."""
        return instruments.in_force()

    @cached_property
    def handovers(self) -> Sequence[HandoverView]:
        """Every time the tablet was handed over for this intake, with what the patient answered on it."""
        return handing_over.handovers_of(self.actor, self.draft.id) if self.draft.handed_over else ()

    def doubts(self, item_id: str) -> Sequence[Doubt]:
        """The soft warnings to show under a question, with the notes on them."""
        return self._doubts.get(item_id, ())

    def derived(self, item_id: str) -> list[Mapping[str, Any]]:
        """The derived values that fall into a named band, to show under the question that completes them."""
        wanted = cached.derived_after(item_id)
        return [each for each in self.document["derived"] if each["id"] in wanted and each["label"]]
