"""What a person could answer instead: for each question the answers that some rule can tell apart, no others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dashboard.clinical.columns import Columns, is_known
from dashboard.clinical.nodes import Measure
from dashboard.clinical.vocabulary import Answer, Item, Option

if TYPE_CHECKING:
    from dashboard.clinical.knowledge import Knowledge

NEVER = ("age_years", "sex_at_birth")
"""Who somebody is, is not proposed to be otherwise."""
_WIDE = 200
"""From this range on a number is tried one above and one below a threshold, otherwise a tenth."""

_SHORT = 10
"""A whole number from such a range is tried at every value."""


@dataclass(frozen=True)
class Possible:
    """One answer a person could give to one question, other than the present one."""

    item: str
    answer: Answer
    alike: tuple[Answer, ...] = ()
    """Further answers that every rule reads in the same way."""


class Askings:
    """A knowledge arranged for asking what an item could be answered; built once."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.circuit = knowledge.names.circuit
        self.leaves: dict[str, list[int]] = {}
        """Item id → the places of the sentences that read it directly or in a formula."""
        self.thresholds: dict[str, set[float]] = {}
        """Number item → the constants it is compared with."""
        self.beside: dict[str, set[int]] = {}
        """Number item → measures it is compared with that are not constants."""
        for place, node in enumerate(self.circuit.nodes):
            if not node.parts:
                for item in self.circuit.names[place]:
                    self.leaves.setdefault(item, []).append(place)
            if node.kind == "compare":
                self._compared(*node.measures)
                self._compared(*reversed(node.measures))
        self.places = {item.id: _places_of(knowledge, item) for item in knowledge.items.values()}

    def _compared(self, one: int, other: int) -> None:
        left, right = self.circuit.measures[one], self.circuit.measures[other]
        if left.kind == "answer" and right.kind == "constant":
            self.thresholds.setdefault(left.item, set()).add(float(right.argument))  # type: ignore[arg-type]
        elif left.kind == "answer":
            self.beside.setdefault(left.item, set()).add(other)

    @cached_property
    def grids(self) -> Mapping[str, tuple[float, ...]]:
        """Grid item → the highest entries that lie below, or at, each of the limits it is measured by."""
        found: dict[str, set[float]] = {}
        for node in self.circuit.nodes:
            for one, other in (node.measures, node.measures[::-1]) if node.kind == "compare" else ():
                left, right = self.circuit.measures[one], self.circuit.measures[other]
                if left.item and self.knowledge.items[left.item].type == "grid":
                    found.setdefault(left.item, set()).add(_entry(left, right))
        return {item: tuple(sorted(entries)) for item, entries in found.items()}


def _entry(measure: Measure, limit: Measure) -> float:
    """``lowest(grid) <= 4`` looks for 4, ``below(grid, 5)`` for 4."""
    if measure.kind == "lowest":
        return float(limit.argument)  # type: ignore[arg-type]
    return float(measure.argument) - 1  # type: ignore[arg-type]


def _places_of(knowledge: Knowledge, item: Item) -> str | None:
    """The places question a "which of these" question chooses from, if it is one."""
    codes = {option.code for option in item.options}
    same = (each for each in knowledge.items_of(item.section) if each.type == "sites")
    if item.type != "choice" or not codes:
        return None
    return next((each.id for each in same if codes <= {option.code for option in each.options}), None)


def possible_answers(knowledge: Knowledge, answers: Mapping[str, Answer], items: Iterable[str]) -> list[Possible]:
    """For each item every other answer that can be told apart from the present one, in the order of the items.

    Of answers that all rules read alike one stands for the others: for a number the one nearest to the present
    answer, otherwise the first. Never age or sex; never "unknown"; nothing for free words.
    """
    askings = knowledge.arranged(Askings)
    base = knowledge.view(answers)
    tried = [(item, list(_tried(askings, knowledge.items[item], base))) for item in items if item not in NEVER]
    rows: list[Mapping[str, Answer]] = [answers]
    rows += [{**answers, item: answer} for item, several in tried for answer in several]
    truths = askings.circuit.truths(knowledge.view(rows))
    found: list[Possible] = []
    at = 1
    for item, several in tried:
        leaves = truths[askings.leaves.get(item, [])]
        said = [leaves[:, at + number].tobytes() for number in range(len(several))]
        found += _told_apart(knowledge.items[item], answers.get(item), leaves[:, 0].tobytes(), several, said)
        at += len(several)
    return found


def _told_apart(
    item: Item, present: Answer | None, now: bytes, several: list[Answer], said: list[bytes]
) -> Iterator[Possible]:
    alike: dict[bytes, list[Answer]] = {}
    for answer, says in zip(several, said, strict=True):
        if says != now:
            alike.setdefault(says, []).append(answer)
    for answers in alike.values():
        first = answers[0] if item.type not in ("integer", "decimal") else _nearest(answers, several, present)
        yield Possible(item.id, first, tuple(answer for answer in answers if answer != first))


def _nearest(answers: list[Any], several: list[Any], present: Any) -> Any:
    """The number nearest to the present one; without one the edge of the stretch that lies inside the range."""
    if isinstance(present, int | float):
        return min(answers, key=lambda each: abs(each - present))
    return max(answers) if min(several) in answers else min(answers)


def _tried(askings: Askings, item: Item, base: Columns) -> Iterator[Answer]:
    """Every answer worth trying, the present one left out."""
    if item.id not in askings.leaves:
        return
    present = base.rows[0].get(item.id)
    known = present if is_known(item, present) else None
    for answer in _MADE.get(item.type, _none)(askings, item, known, base):
        if answer != present:
            yield answer


def _none(askings: Askings, item: Item, known: Any, base: Columns) -> Iterator[Answer]:
    return iter(())


def _flag(askings: Askings, item: Item, known: Any, base: Columns) -> Iterator[Answer]:
    yield from ("yes", "no")


def _offered(item: Item) -> list[Option]:
    return [option for option in item.options if option.asked and not option.unknown]


def _choice(askings: Askings, item: Item, known: Any, base: Columns) -> Iterator[Answer]:
    """Each option; of "which of these places" only the places named."""
    places: Any = base.rows[0].get(askings.places[item.id] or "")
    named = {entry.partition(":")[0] for entry in places} if isinstance(places, tuple) else None
    yield from (option.code for option in _offered(item) if named is None or option.code in named)


def _several(askings: Askings, item: Item, known: Any, base: Columns) -> Iterator[Answer]:
    """Each option by itself while nothing is known; otherwise one more, one fewer, or "none of these"."""
    offered = _offered(item)
    chosen: tuple[str, ...] = known or ()
    codes = {entry.partition(":")[0] for entry in chosen}
    alone = {option.code for option in item.options if option.exclusive}
    order = {option.code: place for place, option in enumerate(item.options)}
    for option in offered:
        if option.code in alone or not codes - alone:
            yield (option.code,)
        elif option.code not in codes:
            more = [*(entry for entry in chosen if entry.partition(":")[0] not in alone), option.code]
            yield tuple(sorted(more, key=lambda entry: order[entry.partition(":")[0]]))
    for entry in chosen if len(codes) > 1 else ():
        yield tuple(each for each in chosen if each != entry)


def _number(askings: Askings, item: Item, known: Any, base: Columns) -> Iterator[Answer]:
    """At and beside every limit it is compared with, on a short scale each number, for it may be added to others.

    Nothing where only a ratio to another amount matters.
    """
    low, high = float(item.minimum or 0), float(item.maximum or 0)
    if item.type == "integer" and high - low <= _SHORT:
        yield from range(int(low), int(high) + 1)
        return
    step = 1.0 if item.type == "integer" or high - low >= _WIDE else 0.1
    marks = set(askings.thresholds.get(item.id, ()))
    for measure in askings.beside.get(item.id, ()) if item.type == "integer" else ():
        beside = float(askings.circuit.numbers(base, measure)[0])
        marks |= {beside} if beside == beside else set()
    tried = {mark + aside for mark in marks for aside in (-step, 0.0, step)}
    whole = item.type == "integer"
    made = sorted({round(each, 0 if step == 1.0 else 1) for each in tried if low <= each <= high})
    yield from (int(each) if whole else float(each) for each in made)


def _grid(askings: Askings, item: Item, known: Any, base: Columns) -> Iterator[Answer]:
    """All normal, or one row lower on one side or on both; the other cells as they are, normal while unknown."""
    entries = [entry for entry in askings.grids.get(item.id, ()) if (item.minimum or 0) <= entry <= (item.maximum or 0)]
    whole = min(max(entries, default=0.0) + 1, item.maximum or 0)
    normal = {f"{row.code}.{side}": whole for row in item.rows for side in item.sides}
    yield normal
    present = {**normal, **(known or {})}
    for entry in entries:
        for row in item.rows:
            cells = [f"{row.code}.{side}" for side in item.sides]
            for lowered in (*([cell] for cell in cells), cells):
                yield {**present, **dict.fromkeys(lowered, entry)}


_MADE: Mapping[str, Any] = {
    "flag": _flag,
    "choice": _choice,
    "choices": _several,
    "sites": _several,
    "integer": _number,
    "decimal": _number,
    "grid": _grid,
}
