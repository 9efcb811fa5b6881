"""Prior plus weights of evidence, group by group, to post-test probability, in whole millibans."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dashboard.clinical.bans import millibans
from dashboard.clinical.circuit import Truths
from dashboard.clinical.columns import Columns
from dashboard.clinical.folding import index
from dashboard.clinical.priors import Priors, PriorTable
from dashboard.clinical.sheets import Sheet
from dashboard.clinical.vocabulary import Family
from dashboard.clinical.weights import voices_of

if TYPE_CHECKING:
    from dashboard.clinical.knowledge import Knowledge

Weights = NDArray[np.float32]
"""Whole millibans, held as float32 for the matrix products."""
_FURTHEST = 20_000
"""Millibans behind the leader (a factor of 10^20) from which a condition's share counts as nothing."""
_SHARES = np.array([10.0 ** (-behind / 1000) for behind in range(_FURTHEST)] + [0.0])
"""10^(-d/1000) from a table, so that one case and many give the same bits."""


@dataclass(frozen=True)
class Scores:
    """What the evidence makes of N cases."""

    priors: Priors
    findings: NDArray[np.int8]
    """int8[N, findings]: presence of every finding that scores."""
    groups: NDArray[np.int32]
    """int32[N, voices]: each group's weight for its condition, within its limits."""
    families: NDArray[np.int32]
    """int32[N, bounds]: what a family's limits add or take."""
    total: NDArray[np.int32]
    """int32[N, conditions]: the score in millibans."""


@dataclass(frozen=True)
class Bound:
    """A family in one condition: which voices it keeps together between two limits."""

    family: Family
    condition: int
    voices: tuple[int, ...]
    floor: int
    cap: int


class Differential:
    """The knowledge arranged for scoring; built once."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.conditions = tuple(c for c in knowledge.conditions.values() if c.kind == "condition")
        self.names = tuple(condition.id for condition in self.conditions)
        self.place = {condition.id: number for number, condition in enumerate(self.conditions)}
        self.priors = PriorTable(knowledge, self.conditions)
        groups = dict(knowledge.groups)
        self.voices = tuple(voice for c in self.conditions for voice in voices_of(c, groups))
        self.voices_of = tuple(
            tuple(n for n, voice in enumerate(self.voices) if voice.condition == c.id) for c in self.conditions
        )
        names = {member.line.finding for voice in self.voices for member in voice.members}
        self.findings = tuple(id_ for id_ in knowledge.findings if id_ in names)
        self.finding_place = {id_: number for number, id_ in enumerate(self.findings)}
        self.criteria = tuple(knowledge.names.finding(id_) for id_ in self.findings)
        self.places = index([criterion.place for criterion in self.criteria])
        self.shown_only = tuple(
            tuple((line, knowledge.names.finding(line.finding)) for line in c.evidence if line.use != "score")
            for c in self.conditions
        )
        """Of each condition the lines that never move its probability, with their findings."""
        self.bounds = self._bounds()
        self._tabulate()
        posterior = knowledge.settings.posterior
        self.floor, self.ceiling = posterior.floor, posterior.ceiling

    def _bounds(self) -> tuple[Bound, ...]:
        found: dict[tuple[int, str], list[int]] = {}
        for number, voice in enumerate(self.voices):
            if voice.group.family is not None:
                found.setdefault((self.place[voice.condition], voice.group.family), []).append(number)
        families = self.knowledge.families
        return tuple(
            Bound(families[id_], place, tuple(voices), millibans(families[id_].floor), millibans(families[id_].cap))
            for (place, id_), voices in found.items()
        )

    def _tabulate(self) -> None:
        """State codes by one matrix product (exact: below 2**24), weights by one look-up, sums by another product."""
        self.powers = np.zeros((len(self.voices), len(self.findings)), dtype=np.float32)
        self.adds = np.zeros((len(self.conditions), len(self.voices) + len(self.bounds)), dtype=np.float32)
        middles, tables, at = [], [], 0
        for number, voice in enumerate(self.voices):
            for power, member in enumerate(voice.members):
                self.powers[number, self.finding_place[member.line.finding]] = 3**power
            self.adds[self.place[voice.condition], number] = 1
            table = voice.table()
            middles.append(at + (len(table) - 1) // 2)
            tables.append(table)
            at += len(table)
        for number, bound in enumerate(self.bounds, start=len(self.voices)):
            self.adds[bound.condition, number] = 1
        self.together = [index(bound.voices) for bound in self.bounds]
        self.middles = np.array(middles, dtype=np.float32)[:, None]
        self.table = np.concatenate([*tables, np.zeros(1, dtype=np.int32)]).astype(np.float32)

    @property
    def needs(self) -> list[int]:
        """The nodes that ``scored`` looks at."""
        return [*self.places.tolist(), *self.priors.places.tolist()]

    def scores(self, view: Columns) -> Scores:
        """Everything the evidence adds up to."""
        circuit = self.knowledge.names.circuit
        return self.scored(circuit.sheet(view), circuit.truths(view))

    def scored(self, sheet: Sheet, truths: Truths) -> Scores:
        """The same from answers in columns and the nodes worked out from them (the needed ones, at least)."""
        priors, findings = self.priors.given(sheet, truths), truths[self.places]
        weights, sums = self.weighed(findings)
        groups, families = np.split(weights.astype(np.int32), [len(self.voices)])
        total = priors.total + sums.T.astype(np.int32)
        return Scores(priors, findings.T, groups.T, families.T, total)

    def weighed(self, findings: NDArray[np.int8]) -> tuple[Weights, Weights]:
        """What each voice and bound says, float32[voices + bounds, N], and their sums float32[conditions, N].

        Of findings int8[findings, N]. Whole numbers far below 2**24 all the way: nothing is ever rounded.
        """
        codes = self.powers @ findings.astype(np.float32)
        codes += self.middles
        weights = np.empty((len(self.voices) + len(self.bounds), findings.shape[1]), dtype=np.float32)
        np.take(self.table, codes.astype(np.intp), out=weights[: len(self.voices)], mode="clip")
        for number, bound in enumerate(self.bounds, start=len(self.voices)):
            together = np.add.reduce(weights[self.together[number - len(self.voices)]], axis=0)
            weights[number] = np.minimum(np.maximum(together, bound.floor), bound.cap) - together
        return weights, self.adds @ weights

    def probabilities(self, total: NDArray[np.int32]) -> NDArray[np.float64]:
        """float64[N, conditions]: shares of 10^(score/1000), clipped; added up in the order of the conditions."""
        behind = np.minimum(total.max(axis=1, keepdims=True) - total, _FURTHEST)
        shares = _SHARES[behind]
        whole = np.zeros(len(shares))
        for column in range(shares.shape[1]):
            whole = whole + shares[:, column]
        probabilities: NDArray[np.float64] = np.clip(shares / whole[:, None], self.floor, self.ceiling)
        return probabilities

    def band(self, probability: float) -> str:
        """The word for a probability."""
        bands = self.knowledge.settings.bands
        if probability > bands.likely:
            return "likely"
        if probability >= bands.possible:
            return "possible"
        return "less-likely" if probability >= bands.less_likely else "not-suggested"
