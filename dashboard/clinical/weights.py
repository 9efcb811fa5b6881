"""How one group of correlated findings speaks once for one condition: its weight in every state of its members."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from dashboard.clinical.bans import millibans
from dashboard.clinical.vocabulary import Condition, Evidence, Group

Shares = list[int]
"""Millibans a member contributes, in the order of the members; they add up to the group's weight before its limits."""


@dataclass(frozen=True)
class Member:
    """One line of evidence with its own weights, rounded once; None where the knowledge gives none."""

    line: Evidence
    present: int | None
    absent: int | None

    def weight(self, state: int) -> int:
        """The member's own weight in a state: 1 present, -1 absent, 0 unknown."""
        return (self.present if state > 0 else self.absent if state < 0 else 0) or 0


@dataclass(frozen=True)
class Voice:
    """A group in one condition."""

    condition: str
    group: Group
    members: tuple[Member, ...]
    counts: tuple[int | None, ...]
    """For the rule "count": the weight by how many are present; None: the member's own."""
    floor: int | None
    cap: int | None

    def shares(self, states: Sequence[int]) -> Shares:
        """What each member contributes before the group's limits; not to be changed, it is remembered."""
        key = tuple(states)
        found = self._shared.get(key)
        if found is None:
            found = self._shared[key] = _RULES[self.group.rule](self, states)
        return found

    @cached_property
    def _shared(self) -> dict[tuple[int, ...], Shares]:
        return {}

    def limited(self, weight: int) -> int:
        """A weight between the group's floor and cap."""
        if self.cap is not None and weight > self.cap:
            return self.cap
        return self.floor if self.floor is not None and weight < self.floor else weight

    def table(self) -> NDArray[np.int32]:
        """int32[3**members]: the weight for each state code, the first member counting ones, the next threes …"""
        states = product((-1, 0, 1), repeat=len(self.members))
        return np.array([self.limited(sum(self.shares(s[::-1]))) for s in states], dtype=np.int32)

    def reach(self, place: int) -> tuple[int, int]:
        """How far a member can move its group at most: its weight when present and when absent."""
        member = self.members[place]
        if self.group.rule != "count":
            return member.present or 0, member.absent or 0
        most, least = self.counts[-1] or 0, self.counts[0] or 0
        size = len(self.members)
        return (
            member.present if member.present is not None else most // size,
            member.absent if member.absent is not None else -(-least // size),
        )


def voices_of(condition: Condition, groups: dict[str, Group]) -> tuple[Voice, ...]:
    """The groups that speak for a condition, by id; members ordered so that the file's order never matters."""
    lines: dict[str, list[Evidence]] = {}
    for line in condition.evidence:
        if line.use == "score":
            lines.setdefault(line.group, []).append(line)
    return tuple(_voice(condition.id, groups[group], lines[group]) for group in sorted(lines))


def _voice(condition: str, group: Group, lines: list[Evidence]) -> Voice:
    order = {finding: place for place, finding in enumerate(group.members)}
    ordered = sorted(lines, key=lambda line: (order.get(line.finding, 0), line.finding))
    return Voice(
        condition,
        group,
        tuple(Member(line, _weight(line.present, group), _weight(line.absent, group)) for line in ordered),
        tuple(_weight(ratio, group) for ratio in group.table),
        None if group.floor is None else millibans(group.floor),
        None if group.cap is None else millibans(group.cap),
    )


def _weight(ratio: float | None, group: Group) -> int | None:
    return None if ratio is None else millibans(ratio, group.exponent)


def _everything(voice: Voice, states: Sequence[int]) -> Shares:
    return [member.weight(state) for member, state in zip(voice.members, states, strict=True)]


def _strongest(voice: Voice, states: Sequence[int]) -> Shares:
    """The one weight furthest from nothing; of two as far, the one for."""
    return _only(_everything(voice, states), lambda weights: max(weights, key=lambda w: (abs(w), w)))


def _for_and_against(voice: Voice, states: Sequence[int]) -> Shares:
    """The strongest for and the strongest against."""
    own = _everything(voice, states)
    best = _only([max(w, 0) for w in own], max)
    worst = _only([min(w, 0) for w in own], min)
    return [a + b for a, b in zip(best, worst, strict=True)]


def _only(weights: Shares, choose: Callable[[Shares], int]) -> Shares:
    """The weights with all but the chosen one (the first of equals) silenced."""
    place = weights.index(choose(weights))
    return [weight if number == place else 0 for number, weight in enumerate(weights)]


def _count(voice: Voice, states: Sequence[int]) -> Shares:
    """The table's weight, shared by those who made it: the present ones when it speaks for, the absent when against."""
    weight = _counted_weight(voice, states)
    made = [n for n, s in enumerate(states) if s == (1 if weight > 0 else -1)]
    made = made or [n for n, s in enumerate(states) if s != 0]
    return _split(weight, made, len(states))


def _counted_weight(voice: Voice, states: Sequence[int]) -> int:
    """Partial knowledge never counts more against than what is certain."""
    present, unknown = sum(s > 0 for s in states), sum(s == 0 for s in states)
    if present == 0:
        return _none_present(voice, states, unknown)
    weight = _by_count(voice, states, present)
    if weight >= 0 or unknown == 0:
        return weight
    return min(0, _by_count(voice, states, present + unknown))


def _none_present(voice: Voice, states: Sequence[int], unknown: int) -> int:
    if unknown == len(states):
        return 0
    nothing = _by_count(voice, states, 0)
    if unknown == 0:
        return nothing
    own = [m.absent for m, s in zip(voice.members, states, strict=True) if s < 0 and m.absent is not None]
    return max(nothing, min(own)) if own else max(nothing, 0)


def _by_count(voice: Voice, states: Sequence[int], present: int) -> int:
    weight = voice.counts[min(present, len(voice.counts) - 1)]
    if weight is not None:
        return weight
    own = next((m for m, s in zip(voice.members, states, strict=True) if s > 0), None)
    return own.present or 0 if own is not None else 0


def _split(weight: int, places: list[int], size: int) -> Shares:
    """Equal whole shares that add up exactly; what is left over goes to the first, one each."""
    shares = [0] * size
    if not places:
        return shares
    each, left = divmod(abs(weight), len(places))
    sign = 1 if weight >= 0 else -1
    for number, place in enumerate(places):
        shares[place] = sign * (each + (number < left))
    return shares


_RULES: dict[str, Callable[[Voice, Sequence[int]], Shares]] = {
    "single": _everything,
    "capped-sum": _everything,
    "strongest": _strongest,
    "for-and-against": _for_and_against,
    "count": _count,
}
