"""Two people's keying of one form side by side: where they agree, where they differ, and what cannot be an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.clinical.answers import BadAnswer
from dashboard.entry import Accepted
from dashboard.on_paper.codes import UNREADABLE, keyed
from dashboard.on_paper.lines import Line, lines

Texts = Mapping[str, str]
"""Item id → what was typed for its line."""
Units = Mapping[str, str | None]
"""Item id → the unit printed beside its line."""
DIFFER = "The two keyings differ."
CANNOT_BE_READ = "Somebody could not read it."
ALREADY = "The draft says otherwise already."


@dataclass(frozen=True)
class Difference:
    """One line that needs a look at the paper, and what stands against taking it as it is."""

    line: Line
    texts: tuple[str, ...]
    """What there is to choose between: both keyings, or the paper and what the draft says."""
    why: str


def differences(
    first: Texts, second: Texts, settled: Texts, units: Units, there: Texts | None = None
) -> tuple[Difference, ...]:
    """The lines still to be settled, in the order of the form; ``there``: what the draft says already."""
    found = (_difference(line, first, second, settled, units, there or {}) for line in lines())
    return tuple(each for each in found if each is not None)


def agreed(first: Texts, second: Texts, settled: Texts, units: Units) -> dict[str, Accepted]:
    """The answers both keyed alike or somebody settled, by question; blank lines give none."""
    found = {}
    for line in lines():
        item = line.item.id
        if item in settled or _difference(line, first, second, {}, units, {}) is None:
            accepted = keyed(line, settled.get(item, first.get(item, "")), units.get(item))
            if accepted.answer is not None:
                found[item] = accepted
    return found


def _difference(
    line: Line, first: Texts, second: Texts, settled: Texts, units: Units, there: Texts
) -> Difference | None:
    item, unit = line.item.id, units.get(line.item.id)
    if item in settled:  # looked at by somebody, and readable when they did
        return None
    one, other = first.get(item, ""), second.get(item, "")
    both = (one, other) if one != other else (one,)
    if UNREADABLE in both:
        return Difference(line, both, CANNOT_BE_READ)
    if why := next(filter(None, (_refused(line, text, unit) for text in both)), ""):
        return Difference(line, both, f"It {why}")
    if keyed(line, one, unit) != keyed(line, other, unit):
        return Difference(line, both, DIFFER)
    if one and item in there and keyed(line, one, unit).answer != keyed(line, there[item], unit).answer:
        return Difference(line, (one, there[item]), ALREADY)
    return None


def _refused(line: Line, text: str, unit: str | None) -> str:
    try:
        keyed(line, text, unit)
    except BadAnswer as why:
        return why.message
    return ""
