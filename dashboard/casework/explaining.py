"""An assessment explained again, under exactly the knowledge that made it and under the one in force."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.access import Actor, Permission
from dashboard.casework import assessing, following
from dashboard.casework.authority import looking
from dashboard.casework.deeds import deed
from dashboard.casework.files import found_assessment

Said = Mapping[str, Any]


@dataclass(frozen=True)
class Explained:
    """What was stored, what the same knowledge says of the same answers now, and what the one in force says."""

    assessment_id: int
    knowledge_version: str
    knowledge_sha256: str
    stored: Said
    again: Said
    in_force_version: str
    in_force: Said | None
    """None while the knowledge that made it is in force."""

    @property
    def same(self) -> bool:
        """Whether it is the same to the bit in everything that was said then."""
        return says_all_of(self.stored, self.again)

    @property
    def more(self) -> tuple[str, ...]:
        """What this program says beside it that the one of then did not say yet: keys of the document."""
        return tuple(key for key in self.again if key not in self.stored)

    @property
    def digests(self) -> tuple[str, str]:
        """SHA-256 of what was stored and of the same parts made again; equal when they are the same to the bit."""
        return digest(self.stored), digest(only_what(self.stored, self.again))


@deed(Permission.EPISODE_READ, of_a_site=True, in_emergency=True)
def explain_again(actor: Actor, assessment_id: int) -> Explained:
    """An assessment made again from its stored answers; nothing is stored or changed by it.

    NotFound when there is no such assessment at the actor's sites, or its knowledge was not kept.
    """
    with looking(actor, Permission.EPISODE_READ) as session:
        row = found_assessment(session, actor, assessment_id)
        known = following.must_have(session, row.knowledge_sha256)
        here = following.current(session)
        other = None if here.sha256 == known.sha256 else assessing.say(row.answers, here).document
        again = assessing.say(row.answers, known).document
        return Explained(assessment_id, known.version, known.sha256, row.document, again, here.version, other)


def says_all_of(then: Any, now: Any) -> bool:
    """Whether everything said then is said now, word for word and to the bit; more keys may stand beside it."""
    if isinstance(then, Mapping) and isinstance(now, Mapping):
        return all(key in now and says_all_of(then[key], now[key]) for key in then)
    if isinstance(then, list | tuple) and isinstance(now, list | tuple):
        return len(then) == len(now) and all(says_all_of(a, b) for a, b in zip(then, now, strict=True))
    return type(then) is type(now) and repr(then) == repr(now)


def only_what(then: Any, now: Any) -> Any:
    """What is said now of the things that were said then."""
    if isinstance(then, Mapping) and isinstance(now, Mapping):
        return {key: only_what(then[key], now[key]) for key in then if key in now}
    if isinstance(then, list | tuple) and isinstance(now, list | tuple) and len(then) == len(now):
        return [only_what(a, b) for a, b in zip(then, now, strict=True)]
    return now


def digest(said: Any) -> str:
    """A document's own hash, whatever the order of its keys."""
    plain = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()
