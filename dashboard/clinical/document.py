"""The document of an assessment: everything the reasoning says of one case of a batch, ready for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.clinical.answers.asking import derive_in, shown_in
from dashboard.clinical.columns import Columns
from dashboard.clinical.differential import Scores
from dashboard.clinical.engine import Engine
from dashboard.clinical.explanation import Explainer
from dashboard.clinical.orthobiologics import contraindication_entry, gate_entry, options_entry
from dashboard.clinical.pathway import pathway_entry, referral_gates
from dashboard.clinical.red_flags import Fired, to_exclude
from dashboard.clinical.suggested import suggested
from dashboard.clinical.vocabulary import Condition, Urgency

Entry = dict[str, Any]
_PRESENCE = {1: "present", 0: "unknown", -1: "absent"}


class Batch:
    """A view with everything that is worked out for all its cases at once."""

    def __init__(self, engine: Engine, view: Columns) -> None:
        self.engine, self.view = engine, view
        self.knowledge = engine.knowledge
        self.scores: Scores = engine.differential.scores(view)
        self.probability = engine.differential.probabilities(self.scores.total)
        self.pre_test = engine.differential.probabilities(self.scores.priors.total)
        self.urgency = engine.red_flags.urgencies(view)


class Report:
    """One case of a batch, taken apart."""

    def __init__(self, batch: Batch, row: int) -> None:
        self.batch, self.row = batch, row
        self.engine, self.view, self.knowledge = batch.engine, batch.view, batch.knowledge
        self.urgency = Urgency(int(batch.urgency[row]))
        self.shown = shown_in(self.knowledge, self.view, row)
        self.reading = self.knowledge.names.circuit.reading(self.view, row)
        self.fired = self.engine.red_flags.fired(self.reading)
        scores = batch.scores.total[row].tolist()
        self.probabilities, self.pre_test = batch.probability[row].tolist(), batch.pre_test[row].tolist()
        self.ranking = sorted(range(len(scores)), key=lambda place: (-scores[place], place))
        audiences = self.knowledge.audiences
        self.examined = any(audiences[item] == "clinician" for item in self.view.known_items(row))
        self.emergency_items = self._screening(self.engine.red_flags.emergency_items(self.reading))

    def _askable(self, items: Sequence[str]) -> list[str]:
        return self.engine.missing.askable(self.view, self.row, items, self.shown)

    def _askable_now(self, items: Sequence[str]) -> list[str]:
        """What the person in front of the patient can ask; examinations count once one has begun."""
        audiences = self.knowledge.audiences
        return [item for item in self._askable(items) if self.examined or audiences[item] == "staff"]

    def _screening(self, items: Sequence[str]) -> list[str]:
        """Of those, what may not stay open: the staff's required questions and every examination begun."""
        now, audiences = self._askable_now(items), self.knowledge.audiences
        return [item for item in now if self.knowledge.items[item].required or audiences[item] != "staff"]

    @property
    def leading(self) -> str:
        """The most probable condition."""
        return self.engine.differential.conditions[self.ranking[0]].id

    def document(self) -> Entry:
        """Everything, in the order it is read."""
        parts: Entry = {"case": None, "urgency": self.urgency.code}
        parts |= self._red_flags() | self._differential()
        parts["suggested"] = list(suggested(parts))
        return parts | self._care(self.leading) | self._rest()

    # Red flags

    def _red_flags(self) -> Entry:
        return {
            "red_flags": [_fired(fired) for fired in self.fired],
            "red_flags_unknown": self._open_flags(),
            "unknown_emergency_items": self.emergency_items,
            "exclude_first": self._exclude_first(),
            "safety_net": self.knowledge.safety_net,
        }

    def _exclude_first(self) -> list[Entry]:
        """The conditions that the fired rules are there to find; a rank in the differential never stands for them."""
        return [
            {
                "condition": condition,
                "title": self.knowledge.conditions[condition].title,
                "urgency": rules[0].urgency.code,
                "flags": [rule.flag.id for rule in rules],
            }
            for condition, rules in to_exclude(self.fired).items()
        ]

    def _open_flags(self) -> list[Entry]:
        entries = []
        for flag in self.engine.red_flags.open(self.reading):
            missing = self._askable_now(flag.missing)
            if missing:
                named = {"id": flag.flag.id, "title": flag.flag.title, "urgency": flag.urgency.code}
                entries.append(named | {"missing": missing})
        return entries

    # Differential

    def _differential(self) -> Entry:
        explainer = Explainer(self.engine.differential, self.view, self.batch.scores, self.row)
        first, second = (self.ranking * 2)[:2]
        total = self.batch.scores.total[self.row]
        separable = bool(total[first] - total[second] >= self.engine.separable) or len(self.ranking) == 1
        return {
            "differential": [self._condition(place, explainer) for place in self.ranking],
            "syndromes": [self._syndrome(condition) for condition, _ in self.engine.syndromes],
            "separable": separable,
            "sufficient": self.engine.missing.sufficient(self.view, self.row, self.shown),
            "separates_best": [] if separable else self._separates(first, second),
        }

    def _separates(self, first: int, second: int) -> list[str]:
        asked = self._askable(tuple(self.knowledge.items))
        return self.engine.missing.separating(self.batch.scores, self.row, first, second, asked)

    def _condition(self, place: int, explainer: Explainer) -> Entry:
        condition = self.engine.differential.conditions[place]
        probability = self.probabilities[place]
        return {
            "condition": condition.id,
            "title": condition.title,
            "parent": condition.parent,
            "serious": condition.serious,
            "probability": probability,
            "band": self.engine.differential.band(probability),
            "pre_test_probability": self.pre_test[place],
            "prior_millibans": int(self.batch.scores.priors.by_age[self.row, place]),
            "score_millibans": int(self.batch.scores.total[self.row, place]),
            "adjustments": explainer.adjustments(place),
            "weights": explainer.weights(place),
        }

    def _syndrome(self, condition: Condition) -> Entry:
        criterion = self.knowledge.criterion(str(condition.present))
        return {
            "condition": condition.id,
            "title": condition.title,
            "presence": _PRESENCE[int(criterion.presence(self.view, self.row))],
            "because": list(criterion.because(self.view, self.row)),
            "children": [c.id for c in self.engine.differential.conditions if c.parent == condition.id],
        }

    # Care

    def _care(self, leading: str) -> Entry:
        view, row = self.view, self.row
        unanswered = any(self._required(item) for item in self.emergency_items)
        standing = self.engine.orthobiologics.standing(view, row, self._relevant(), self.fired, unanswered)
        open_ = not (standing.shut("prp") and standing.shut("stem-cell"))
        climb = self.engine.pathways.climb(view, row, leading, self.urgency, open_)
        rule = self.engine.pathways.imaging_rule(view, row)
        missing = self._askable(climb.missing or (standing.missing if climb.waits_for_gates else ()))
        return {
            "pathway": pathway_entry(climb, leading, self.fired, missing, rule),
            "gates": [gate_entry(gate) for gate in standing.gates],
            "contraindications": [contraindication_entry(found) for found in standing.contraindications],
            "orthobiologics": options_entry(standing),
            "referral_gates": referral_gates(self.urgency, standing, rule),
        }

    def _required(self, item: str) -> bool:
        return self.knowledge.items[item].required and self.knowledge.audiences[item] == "staff"

    def _relevant(self) -> list[str]:
        """The leading condition and every one at least possible, most probable first."""
        conditions = self.engine.differential.conditions
        least = self.knowledge.settings.bands.possible
        likely = [p for p in self.ranking[1:] if self.batch.probability[self.row, p] >= least]
        return [conditions[place].id for place in (self.ranking[0], *likely)]

    # What is known, and what is not

    def _rest(self) -> Entry:
        values = self.engine.missing.values(self.view, self.batch.scores, self.row, self.batch.probability)
        asked = self._askable(tuple(values))
        ranked = sorted((i for i in asked if i not in self.emergency_items), key=lambda item: -values.get(item, 0))
        missing = [*self.emergency_items, *ranked]
        return {
            "derived": self._derived(),
            "missing": missing,
            "missing_value": {item: values.get(item, 0) for item in missing},
            "knowledge": {"version": self.knowledge.version, "sha256": self.knowledge.sha256},
        }

    def _derived(self) -> list[Entry]:
        found = derive_in(self.knowledge, self.view, self.row)
        entries = []
        for id_, value in found.items():
            derived = self.knowledge.derived[id_]
            band = next((b for b in derived.bands if b.code == value.band), derived)
            entries.append({
                "id": id_, "title": derived.title, "value": value.value, "unit": derived.unit, "band": value.band,
                "label": value.label, "says": value.says, "cite": list(band.cite), "status": band.status,
            })  # fmt: skip
        return entries


def _fired(fired: Fired) -> Entry:
    flag = fired.flag
    return {
        "id": flag.id, "title": flag.title, "urgency": fired.urgency.code, "because": list(fired.because),
        "says": fired.says, "action": flag.action, "cite": list(flag.cite), "status": flag.status,
        "blocks_biologics": fired.blocks_biologics, "note": flag.note, "suspects": list(flag.suspects),
    }  # fmt: skip
