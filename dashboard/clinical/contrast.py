"""Why one condition stands before another: the difference of their scores, finding by finding, adding up exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Share:
    """What one thing gives to each of two conditions, in millibans; ``entries`` are the document's own, or None."""

    kind: Literal["start", "adjustment", "weight"]
    id: str
    title: str
    one: int
    other: int
    entries: tuple[Entry | None, Entry | None] = (None, None)

    @property
    def difference(self) -> int:
        """By how much it puts the first before the second; below nought, the second before the first."""
        return self.one - self.other


@dataclass(frozen=True)
class Contrast:
    """Two conditions of one differential taken apart side by side."""

    one: str
    other: str
    shares: tuple[Share, ...]
    """The start first, then what moves them apart most."""
    difference: int
    """The score of the one less that of the other: the sum of the shares' differences."""


def contrast(one: Entry, other: Entry) -> Contrast:
    """Two entries of a differential against each other; what gives neither of them anything is left out."""
    shares = [share for share in _shares(one, other) if share.one or share.other]
    shares.sort(key=lambda share: (share.kind != "start", -abs(share.difference), share.id))
    difference = one["score_millibans"] - other["score_millibans"]
    return Contrast(one["condition"], other["condition"], tuple(shares), difference)


def _shares(one: Entry, other: Entry) -> Iterator[Share]:
    yield Share("start", "start", "Starting point: age", one["prior_millibans"], other["prior_millibans"])
    for kind, key, name, title in (
        ("adjustment", "adjustments", "id", "says"),
        ("weight", "weights", "finding", "title"),
    ):
        mine, theirs = _by(one[key], name), _by(other[key], name)
        for id_ in dict.fromkeys([*mine, *theirs]):
            pair = mine.get(id_), theirs.get(id_)
            amounts = [sum(each["millibans"] for each in some) if some else 0 for some in pair]
            entries = tuple(some[0] if some else None for some in pair)
            named = next(entry for entry in entries if entry is not None)
            yield Share(kind, id_, named[title], amounts[0], amounts[1], entries)  # type: ignore[arg-type]


def _by(entries: list[Entry], name: str) -> dict[str, list[Entry]]:
    """The entries by id: a finding may speak in more than one group."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry[name], []).append(entry)
    return found
