"""Why: each condition's score taken apart into the prior, its adjustments and the weight of every finding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from dashboard.clinical.bans import likelihood_ratio
from dashboard.clinical.columns import Columns
from dashboard.clinical.criteria import Criterion
from dashboard.clinical.differential import Differential, Scores
from dashboard.clinical.vocabulary import Condition, Evidence, Group
from dashboard.clinical.weights import Voice

Entry = dict[str, Any]
_PRESENCE = {1: "present", 0: "unknown", -1: "absent"}


class Explainer:
    """Takes the scores of one case of a view apart; the parts add up to the score exactly."""

    def __init__(self, differential: Differential, view: Columns, scores: Scores, row: int) -> None:
        self.differential = differential
        self.knowledge = differential.knowledge
        self.view, self.scores, self.row = view, scores, row
        self.states = scores.findings[row].tolist()
        self.groups, self.families = scores.groups[row].tolist(), scores.families[row].tolist()
        self.by_sex, self.by_modifiers = scores.priors.by_sex[row].tolist(), scores.priors.by_modifiers[row].tolist()
        self.applied = np.flatnonzero(scores.priors.applied[row]).tolist()
        self.reading = self.knowledge.names.circuit.reading(view, row)

    def adjustments(self, place: int) -> list[Entry]:
        """Everything between the prior and the weights: sex, multipliers, and what limits take away or give."""
        condition = self.differential.conditions[place]
        entries = [*self._sex(condition, place), *self._modifiers(place), *self._limits(place)]
        return [entry for entry in entries if entry["millibans"] != 0]

    def _sex(self, condition: Condition, place: int) -> Iterator[Entry]:
        sex = str(self.view.rows[self.row].get("sex_at_birth", ""))
        says = f"Sex at birth: {sex}"
        yield _adjustment("sex", says, self.by_sex[place], condition.prior_cite, condition.prior_status)

    def _modifiers(self, place: int) -> Iterator[Entry]:
        table, together = self.differential.priors, 0
        for number in self.applied:
            modifier, weight = table.modifiers[number], int(table.factors[number, place])
            together += weight
            yield _adjustment(modifier.id, modifier.title, weight, modifier.cite, modifier.status)
        settings = self.knowledge.settings.priors
        says = f"Multipliers of one starting probability stay within {settings.modifier_cap:g} times"
        excess = self.by_modifiers[place] - together
        yield _adjustment("modifier-cap", says, excess, settings.cite, settings.status)

    def _limits(self, place: int) -> Iterator[Entry]:
        for number, voice in self._voices(place):
            change = self.groups[number] - sum(self._shares(voice))
            if change:
                group = voice.group
                yield _adjustment(f"group:{group.id}", group.says, change, group.cite, group.status)
        for number, bound in enumerate(self.differential.bounds):
            if bound.condition == place:
                family = bound.family
                says = family.says
                yield _adjustment(f"family:{family.id}", says, self.families[number], family.cite, family.status)

    def weights(self, place: int) -> list[Entry]:
        """Every finding known to be present or absent, the heaviest first."""
        entries = [entry for _, voice in self._voices(place) for entry in self._voice(voice)]
        entries += self._shown_only(place)
        return sorted(entries, key=lambda entry: (-abs(entry["millibans"]), entry["finding"]))

    def _voices(self, place: int) -> Iterator[tuple[int, Voice]]:
        for number in self.differential.voices_of[place]:
            yield number, self.differential.voices[number]

    def _states(self, voice: Voice) -> list[int]:
        at, states = self.differential.finding_place, self.states
        return [states[at[member.line.finding]] for member in voice.members]

    def _shares(self, voice: Voice) -> list[int]:
        return voice.shares(self._states(voice))

    def _voice(self, voice: Voice) -> Iterator[Entry]:
        states = self._states(voice)
        for member, state, share in zip(voice.members, states, voice.shares(states), strict=True):
            if state != 0:
                own = member.line.present if state > 0 else member.line.absent
                whole = share == member.weight(state) and voice.group.exponent == 1.0 and own is not None
                ratio = own if whole and share else likelihood_ratio(share)
                criterion = self.differential.criteria[self.differential.finding_place[member.line.finding]]
                yield self._entry(member.line, voice.group, criterion, state, share, ratio)

    def _shown_only(self, place: int) -> Iterator[Entry]:
        """Lines that are carried for the reader and never move the probability."""
        for line, criterion in self.differential.shown_only[place]:
            state = self.reading.truth[criterion.place]
            if state != 0:
                yield self._entry(line, self.knowledge.groups[line.group], criterion, state, 0, 1.0)

    def _entry(
        self, line: Evidence, group: Group, criterion: Criterion, state: int, share: int, ratio: float | None
    ) -> Entry:
        return {
            "finding": line.finding,
            "title": self.knowledge.findings[line.finding].title,
            "presence": _PRESENCE[state],
            "millibans": share,
            "likelihood_ratio": ratio,
            "own_likelihood_ratio": line.present if state > 0 else line.absent,
            "citation": list(line.cite),
            "status": line.status,
            "group": group.id,
            "group_says": group.says,
            "counted": share != 0,
            "items": list(self.reading.because(criterion.place)),
            "population": line.population,
            "published": line.published_present if state > 0 else line.published_absent,
            "use": line.use,
            "note": line.note,
        }


def _adjustment(id_: str, says: str, weight: int, cite: tuple[str, ...], status: str) -> Entry:
    return {"id": id_, "says": says, "millibans": weight, "citation": list(cite), "status": status}
