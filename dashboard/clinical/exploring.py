"""Hypothetical cases: one case with one or two answers otherwise, and what the reasoning says of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from dashboard.clinical.assessment import outline_variants
from dashboard.clinical.circuit import Circuit, Reading, Truths
from dashboard.clinical.engine import Engine, engine_of
from dashboard.clinical.outline import Outlines
from dashboard.clinical.possible_answers import Possible, possible_answers
from dashboard.clinical.vocabulary import Answer, Case

if TYPE_CHECKING:
    from dashboard.clinical.knowledge import Knowledge

RIVALS = 4
"""How many conditions behind the leading one pairs are looked for that would bring them before it."""
MOST_MOVING = 16
"""How many answers that move a rival most are tried in pairs."""
MOST_PAIRS = 3000
"""Pairs tried at most, so that a page waits for none of it."""


@dataclass(frozen=True)
class Explored:
    """A case, every other answer that was tried by itself and in pairs, and what the assessment then comes to."""

    case: Case
    """The case explored: what it holds are the answers to questions that are asked."""
    knowledge_sha256: str
    tried: tuple[Possible, ...]
    unanswered: frozenset[str]
    """The items asked here that have no answer yet."""
    pairs: tuple[tuple[int, int], ...]
    """Places in ``tried``."""
    base: Outlines
    """Of the case itself: one."""
    alone: Outlines
    """One for each of ``tried``."""
    together: Outlines
    """One for each of ``pairs``."""
    pairs_left_out: bool
    """True when there were more pairs worth trying than were tried."""


def explore(case: Case, knowledge: Knowledge) -> Explored:
    """Try every answer a person could give instead of each present one, and the pairs most likely to matter.

    Asked are the questions of desk and clinician that are shown, and everything answered; never age or sex. Pairs are
    tried among the answers that move the nearest rivals of the leading condition most, among those that one rule (a
    red flag, the next step, a gate, a count of findings) reads together, and among those behind the urgency.
    """
    case = Case(visible(knowledge, [case.answers])[0])
    known = knowledge.view(case.answers).known_items(0)
    asked = _asked(knowledge, case, known)
    tried = tuple(possible_answers(knowledge, case.answers, asked))
    outlines = outline_variants(case, [{}, *variants(case, knowledge, [(each,) for each in tried])], knowledge)
    base, alone = part(outlines, slice(0, 1)), part(outlines, slice(1, None))
    wanted = _pairs(knowledge, case, tried, base, alone)
    pairs = tuple(wanted[:MOST_PAIRS])
    both = variants(case, knowledge, [(tried[a], tried[b]) for a, b in pairs])
    together = outline_variants(case, both, knowledge)
    return Explored(
        case, knowledge.sha256, tried, frozenset(asked) - known, pairs, base, alone, together, len(wanted) > len(pairs)
    )


def variants(case: Case, knowledge: Knowledge, several: Sequence[Iterable[Possible]]) -> list[dict[str, Answer | None]]:
    """Each set of answers as a change of the case: None takes away an answer to a question that is then not asked."""
    changes: list[dict[str, Answer | None]] = [{each.item: each.answer for each in some} for some in several]
    opening = {item for when in knowledge.conditional.values() for item in when.items}
    touched = [change for change in changes if not opening.isdisjoint(change)]
    rows: list[dict[str, Any]] = [{**case.answers, **change} for change in touched]
    for change, row, kept in zip(touched, rows, visible(knowledge, rows), strict=True):
        change |= dict.fromkeys(row.keys() - kept.keys())
    return changes


def visible(knowledge: Knowledge, rows: Sequence[Mapping[str, Answer]]) -> list[Mapping[str, Answer]]:
    """Each row's answers to questions that are asked: an answer to one that is not asked shows no other."""
    engine_of(knowledge)
    circuit, conditional = knowledge.names.circuit, knowledge.conditional
    kept = list(rows)
    open_ = [n for n, row in enumerate(rows) if not conditional.keys().isdisjoint(row)]
    for _ in range(len(knowledge.items)):
        if not open_:
            break
        truths = circuit.truths(knowledge.view([kept[n] for n in open_]))
        shut = {item: truths[when.place] != 1 for item, when in conditional.items()}
        changed = []
        for column, n in enumerate(open_):
            now = {item: answer for item, answer in rows[n].items() if item not in shut or not shut[item][column]}
            if now != kept[n]:
                kept[n] = now
                changed.append(n)
        open_ = changed
    return kept


def _asked(knowledge: Knowledge, case: Case, known: frozenset[str]) -> list[str]:
    """Every question shown to desk or clinician, and everything that is answered."""
    truths = knowledge.names.circuit.truths(knowledge.view(case.answers))[:, 0]
    hidden = {item for item, when in knowledge.conditional.items() if truths[when.place] != 1}
    audiences = knowledge.audiences
    return [item for item in knowledge.items if item in known or (item not in hidden and audiences[item] != "file")]


def _pairs(
    knowledge: Knowledge, case: Case, tried: tuple[Possible, ...], base: Outlines, alone: Outlines
) -> list[tuple[int, int]]:
    """Pairs worth trying, the most promising first, each once and never two answers of one item."""
    engine = engine_of(knowledge)
    reading = knowledge.names.circuit.reading(knowledge.view(case.answers), 0)
    circuit = knowledge.names.circuit
    truths = circuit.truths(knowledge.view([{**case.answers, each.item: each.answer} for each in tried]))
    alarms = _alarms(engine, reading, base)
    alone_only = {n for n, each in enumerate(tried) if _is_given_amount(knowledge, case, each)}
    found = list(covering([frozenset(np.flatnonzero(truths[place] != 1).tolist()) for place in alarms]))
    found += combinations(sorted(set(_moving(base, alone))), 2)
    for counted in _counted(knowledge, base):
        now = np.array([reading.truth[place] for place in counted])[:, None]
        found += combinations(np.flatnonzero((truths[counted] != now).any(axis=0)).tolist(), 2)
    for place in _rules(knowledge, base):
        found += completing(circuit, place, reading.truth, truths)
    return list(
        dict.fromkeys(
            (a, b) for a, b in found if tried[a].item != tried[b].item and a not in alone_only and b not in alone_only
        )
    )


def _is_given_amount(knowledge: Knowledge, case: Case, each: Possible) -> bool:
    """Whether it corrects a number that was given: worth a look by itself, but far-fetched as half of a pair."""
    return each.item in case.answers and knowledge.items[each.item].type in ("integer", "decimal")


def _moving(base: Outlines, alone: Outlines) -> list[int]:
    """The answers that bring each of the nearest rivals furthest towards the leading condition."""
    scores, leading = base.score_millibans[0], int(base.leading[0])
    rivals = [int(place) for place in np.argsort(-scores, kind="stable") if place != leading][:RIVALS]
    chosen: list[int] = []
    for rival in rivals:
        nearer = _lead(alone, rival, leading) - _lead(base, rival, leading)[0]
        order = np.argsort(-nearer, kind="stable")[:MOST_MOVING]
        chosen += [int(place) for place in order if nearer[place] > 0]
    return chosen


def _lead(outlines: Outlines, one: int, other: int) -> np.ndarray:
    """int32[N]: how far one condition is before another."""
    lead: np.ndarray = outlines.score_millibans[:, one] - outlines.score_millibans[:, other]
    return lead


def _alarms(engine: Engine, reading: Reading, base: Outlines) -> list[int]:
    """Places of the met clauses that set the urgency: it falls when none of them is met any more."""
    clauses = [each for _, some in engine.red_flags.rules for each in some]
    return [place for clause, place in clauses if reading.truth[place] == 1 and clause.urgency == base.urgency[0] > 0]


def _counted(knowledge: Knowledge, base: Outlines) -> list[list[int]]:
    """Places of the findings that are counted together for one of the conditions in front, a list for each count."""
    order = np.argsort(-base.score_millibans[0], kind="stable")[: RIVALS + 1]
    near = {base.conditions[int(place)] for place in order}
    voices = engine_of(knowledge).differential.voices
    counts = [voice.group for voice in voices if voice.group.rule == "count" and voice.condition in near]
    return [[knowledge.names.finding(finding).place for finding in group.members] for group in counts]


def _rules(knowledge: Knowledge, base: Outlines) -> list[int]:
    """Places of the clauses of a higher urgency, highest first, of the entries around the step, and of the gates."""
    clauses = [each for _, some in engine_of(knowledge).red_flags.rules for each in some]
    higher = [(clause, place) for clause, place in clauses if clause.urgency > base.urgency[0]]
    places = [place for clause, place in sorted(higher, key=lambda each: -each[0].urgency)]
    places += [knowledge.criterion(entry).place for entry in _entries(knowledge, base)]
    return [*places, *(knowledge.criterion(gate.met).place for gate in knowledge.gates)]


def _entries(knowledge: Knowledge, base: Outlines) -> list[str]:
    """The entries of the present step and of the one above, for the leading condition."""
    pathway = knowledge.pathways.get(base.conditions[int(base.leading[0])])
    own = pathway.entry if pathway else {}
    now = int(base.step[0])
    return [own.get(step.id, step.entry) for step in knowledge.ladder[max(now, 1) : now + 2]]


def completing(circuit: Circuit, place: int, now: Sequence[int], alone: Truths) -> Iterator[tuple[int, int]]:
    """Pairs of answers that together make every part of a sentence true that is not, while neither does so alone.

    ``now``: what each node says in the case; ``alone`` int8[nodes, answers]: what it says under each answer by itself.
    """
    for parts in _conjunctions(circuit, place):
        unmet = [part for part in parts if now[part] != 1]
        made = [frozenset(np.flatnonzero(alone[part] == 1).tolist()) for part in unmet]
        yield from covering(made)


def covering(sets: list[frozenset[int]]) -> Iterator[tuple[int, int]]:
    """Pairs that together are in every one of the sets, while neither is by itself."""
    if len(sets) < 2 or not all(sets):
        return
    members = sorted(set().union(*sets))
    covers = {member: frozenset(n for n, some in enumerate(sets) if member in some) for member in members}
    partial = [member for member in members if len(covers[member]) < len(sets)]
    yield from ((a, b) for a, b in combinations(partial, 2) if len(covers[a] | covers[b]) == len(sets))


def _conjunctions(circuit: Circuit, place: int) -> Iterator[list[int]]:
    """The ways a sentence can be met, each as the parts that must all be."""
    node = circuit.nodes[place]
    if node.kind == "any":
        for part in node.parts:
            yield from _conjunctions(circuit, part)
    elif node.kind == "finding":
        yield from _conjunctions(circuit, node.parts[0])
    else:
        yield list(_required(circuit, place))


def _required(circuit: Circuit, place: int) -> Iterator[int]:
    node = circuit.nodes[place]
    if node.kind == "all":
        for part in node.parts:
            yield from _required(circuit, part)
    else:
        yield place


def part(outlines: Outlines, rows: slice) -> Outlines:
    """Some of the outlines."""
    arrays = {
        field.name: getattr(outlines, field.name)[rows]
        for field in fields(Outlines)
        if isinstance(getattr(outlines, field.name), np.ndarray)
    }
    return replace(outlines, **arrays)
