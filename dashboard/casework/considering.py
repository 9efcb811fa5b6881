"""What would change an assessment and what to ask next, worked out once for the same answers and the same knowledge."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from dashboard import intake
from dashboard.access import Actor, Permission
from dashboard.casework import following
from dashboard.casework.authority import looking
from dashboard.casework.deeds import deed
from dashboard.casework.opened import may_see
from dashboard.casework.views import EpisodeFile
from dashboard.clinical import next_question, what_if
from dashboard.clinical.exploring import Explored, explore
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.next_question import Question, Ranking
from dashboard.clinical.vocabulary import Case
from dashboard.clinical.what_if import Change, WhatIf
from dashboard.in_force import knowledge

KEPT = 64
"""How many considered cases a process remembers: codes and numbers only, no words and no identity."""


@dataclass(frozen=True)
class Considered:
    """One case with everything that was tried in it, under the knowledge that assessed it."""

    explored: Explored
    knowledge: Knowledge = field(repr=False)
    what_if: WhatIf
    ranking: Ranking

    def flips(self, first: str, second: str) -> tuple[Change, ...]:
        """The changes that would put the condition now behind of two before the other."""
        return what_if.flips(self.explored, self.knowledge, first, second)

    def separating(self, one: str, other: str) -> tuple[Question, ...]:
        """The open questions that would tell two conditions apart best."""
        return next_question.separating(self.explored, self.knowledge, one, other)

    def telling(self, condition: str) -> tuple[Question, ...]:
        """The open questions that would tell most of one condition."""
        return next_question.telling(self.explored, self.knowledge, condition)


@dataclass(frozen=True)
class _Matter:
    """What is to be considered; two are the same when answers, knowledge and emergency questions are."""

    answers_sha256: str
    knowledge_sha256: str
    first: tuple[str, ...]
    case: Case = field(compare=False, repr=False)
    knowledge: Knowledge = field(compare=False, repr=False)


@deed(Permission.EPISODE_READ, of_a_site=True, in_emergency=True)
def considered(actor: Actor, file: EpisodeFile) -> Considered:
    """What would change the latest assessment of an episode, under exactly the knowledge that made it.

    NotFound when that knowledge was not kept.
    """
    known = _knowledge(actor, file)
    case = intake.case_of(file.answers, known)
    first = tuple(file.document["unknown_emergency_items"])
    return _considered(_Matter(_digest(case.answers), known.sha256, first, case, known))


@lru_cache(maxsize=KEPT)
def _considered(matter: _Matter) -> Considered:
    explored = explore(matter.case, matter.knowledge)
    changes = what_if.what_if(explored, matter.knowledge)
    ranked = next_question.ranking(explored, matter.knowledge, matter.first)
    return Considered(explored, matter.knowledge, changes, ranked)


def _knowledge(actor: Actor, file: EpisodeFile) -> Knowledge:
    """The knowledge that made the latest assessment, for whoever may read this episode now."""
    with looking(actor, Permission.EPISODE_READ) as session:
        may_see(session, actor, file.episode.site_id, file.patient.id)
        sha256 = file.document["knowledge"]["sha256"]
        return knowledge() if sha256 == knowledge().sha256 else following.must_have(session, sha256)


def _digest(answers: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(answers, sort_keys=True).encode()).hexdigest()
