"""What happens to the cases when one starting probability is halved or doubled."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.clinical.assessment import score_batch
from dashboard.clinical.knowledge import Knowledge
from tests.report.judging import Judged, Share

FACTORS = (0.5, 2.0)


@dataclass(frozen=True)
class Sensitivity:
    """Every condition's starting probability changed in turn, in every case."""

    urgencies: int
    """How many urgencies changed."""
    changes: Share
    """Over conditions × factors × cases: how often another condition leads."""
    leader: Share
    """Over cases: another condition leads once the leader's own starting probability is halved."""
    any: Share
    """Over cases: another condition leads under at least one of the changes."""
    named: Share
    """Over cases: the same, where neither a rule nor a picture names what comes first on the page."""


def sensitivity(knowledge: Knowledge, all_judged: Sequence[Judged]) -> Sensitivity:
    """Work the cases out again under every change of one starting probability."""
    cases = [judged.case for judged in all_judged]
    before = score_batch(cases, knowledge)
    first = before.score_millibans.argmax(axis=1)
    urgencies, changed, halved = 0, [], np.zeros(len(cases), dtype=bool)
    for factor in FACTORS:
        for place, condition in enumerate(before.conditions):
            after = score_batch(cases, _with_prior(knowledge, condition, factor))
            urgencies += int((after.urgency != before.urgency).sum())
            changed.append(after.score_millibans.argmax(axis=1) != first)
            if factor < 1:
                halved |= changed[-1] & (first == place)
    table = np.array(changed)
    ever = table.any(axis=0)
    by_rank = np.array([not judged.by_rule for judged in all_judged])
    shares = (Share.over(told) for told in (table.ravel(), halved, ever, ever & by_rank))
    return Sensitivity(urgencies, *shares)


def _with_prior(knowledge: Knowledge, id_: str, factor: float) -> Knowledge:
    """The knowledge with one condition's starting probability multiplied; nothing else is renormalised."""
    condition = knowledge.conditions[id_]
    prior = {band: share * factor for band, share in condition.prior.items()}
    changed = {**knowledge.conditions, id_: dataclasses.replace(condition, prior=prior)}
    return dataclasses.replace(knowledge, conditions=changed)
