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
    """How many urgencies changed when all starting probabilities are halved, and when all are doubled."""
    changes: Share
    """Over conditions × factors × cases: how often another condition leads."""
    leader: Share
    """Over cases: another condition leads once the leader's own starting probability is halved."""
    any: Share
    """Over cases: another condition leads under at least one of the changes."""
    named: Share
    """Over cases: the same, where neither a rule nor a picture names what comes first on the page."""


def sensitivity(knowledge: Knowledge, all_judged: Sequence[Judged]) -> Sensitivity:
    """Work the cases out again with the starting probabilities changed.

    All are changed at once; what each condition's score gains is its own change alone, so the same two runs tell what
    happens when one of them is changed and the others are not.
    """
    cases = [judged.case for judged in all_judged]
    before = score_batch(cases, knowledge)
    first = before.score_millibans.argmax(axis=1)
    urgencies, changed, halved = 0, [], np.zeros(len(cases), dtype=bool)
    for factor in FACTORS:
        after = score_batch(cases, with_priors(knowledge, factor))
        urgencies += int((after.urgency != before.urgency).sum())
        for place in range(len(before.conditions)):
            scores = before.score_millibans.copy()
            scores[:, place] = after.score_millibans[:, place]
            changed.append(scores.argmax(axis=1) != first)
            if factor < 1:
                halved |= changed[-1] & (first == place)
    table = np.array(changed)
    ever = table.any(axis=0)
    by_rank = np.array([not judged.by_rule for judged in all_judged])
    shares = (Share.over(told) for told in (table.ravel(), halved, ever, ever & by_rank))
    return Sensitivity(urgencies, *shares)


def with_priors(knowledge: Knowledge, factor: float, *ids: str) -> Knowledge:
    """The knowledge with the starting probabilities of some conditions (all, if none is named) multiplied."""
    changed = {
        id_: dataclasses.replace(condition, prior={band: share * factor for band, share in condition.prior.items()})
        for id_, condition in knowledge.conditions.items()
        if not ids or id_ in ids
    }
    return dataclasses.replace(knowledge, conditions={**knowledge.conditions, **changed})
