"""Why: each condition's score taken apart into the prior, its adjustments and the weight of every finding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

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
        self.reading = self.knowledge.names.circuit.reading(view, row)

    def adjustments(self, place: int) -> list[Entry]:
        """Everything between the prior and the weights: sex, multipliers, and what limits take away or give."""
        condition = self.differential.conditions[place]
        entries = [*self._sex(condition, place), *self._modifiers(place), *self._limits(place)]
        return [entry for entry in entries if entry["millibans"] != 0]

    def _sex(self, condition: Condition, place: int) -> Iterator[Entry]:
        weight = int(self.scores.priors.by_sex[self.row, place])
        sex = str(self.view.rows[self.row].get("sex_at_birth", ""))
        yield _adjustment("sex", f"Sex at birth: {sex}", weight, condition.prior_cite, condition.prior_status)

    def _modifiers(self, place: int) -> Iterator[Entry]:
        table, priors = self.differential.priors, self.scores.priors
        together = 0
        for number, modifier in enumerate(table.modifiers):
            if priors.applied[self.row, number]:
                weight = int(table.factors[number, place])
                together += weight
                yield _adjustment(modifier.id, modifier.title, weight, modifier.cite, modifier.status)
        settings = self.knowledge.settings.priors
        excess = int(priors.by_modifiers[self.row, place]) - together
        says = f"Multipliers of one starting probability stay within {settings.modifier_cap:g} times"
        yield _adjustment("modifier-cap", says, excess, settings.cite, settings.status)

    def _limits(self, place: int) -> Iterator[Entry]:
        for number, voice in self._voices(place):
            change = int(self.scores.groups[self.row, number]) - sum(self._shares(voice))
            yield _adjustment(f"group:{voice.group.id}", voice.group.says, change, voice.group.cite, voice.group.status)
        for number, bound in enumerate(self.differential.bounds):
            if bound.condition == place:
                change = int(self.scores.families[self.row, number])
                family = bound.family
                yield _adjustment(f"family:{family.id}", family.says, change, family.cite, family.status)

    def weights(self, place: int) -> list[Entry]:
        """Every finding known to be present or absent, the heaviest first."""
        entries = [entry for _, voice in self._voices(place) for entry in self._voice(voice)]
        entries += self._shown_only(self.differential.conditions[place])
        return sorted(entries, key=lambda entry: (-abs(entry["millibans"]), entry["finding"]))

    def _voices(self, place: int) -> Iterator[tuple[int, Voice]]:
        for number in self.differential.voices_of[place]:
            yield number, self.differential.voices[number]

    def _states(self, voice: Voice) -> list[int]:
        at = self.differential.finding_place
        return [self.states[at[member.line.finding]] for member in voice.members]

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

    def _shown_only(self, condition: Condition) -> Iterator[Entry]:
        """Lines that are carried for the reader and never move the probability."""
        for line in condition.evidence:
            if line.use == "score":
                continue
            criterion = self.knowledge.names.finding(line.finding)
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
