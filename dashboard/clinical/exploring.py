"""Hypothetical cases: one case with one or two answers otherwise, and what the reasoning says of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from dashboard.clinical.assessment import outline_batch
from dashboard.clinical.circuit import Circuit, Truths
from dashboard.clinical.engine import engine_of
from dashboard.clinical.outline import Outlines
from dashboard.clinical.possible_answers import Possible, possible_answers
from dashboard.clinical.red_flags import Fired
from dashboard.clinical.vocabulary import Answer, Case

if TYPE_CHECKING:
    from dashboard.clinical.knowledge import Knowledge

RIVALS = 3
"""How many conditions behind the leading one pairs are looked for that would bring them before it."""
MOST_MOVING = 12
"""How many answers that move a rival most are tried in pairs."""
MOST_PAIRS = 2400
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
    outlines = outline_batch([case, *hypothetical(case, knowledge, [(each,) for each in tried])], knowledge)
    base, alone = part(outlines, slice(0, 1)), part(outlines, slice(1, None))
    wanted = _pairs(knowledge, case, tried, base, alone)
    pairs = tuple(wanted[:MOST_PAIRS])
    together = outline_batch(hypothetical(case, knowledge, [(tried[a], tried[b]) for a, b in pairs]), knowledge)
    return Explored(
        case, knowledge.sha256, tried, frozenset(asked) - known, pairs, base, alone, together, len(wanted) > len(pairs)
    )


def hypothetical(case: Case, knowledge: Knowledge, changes: Sequence[Iterable[Possible]]) -> list[Case]:
    """The case under each set of changes, without the answers to questions that are then not asked."""
    rows = [{**case.answers, **{each.item: each.answer for each in some}} for some in changes]
    opening = {item for when in knowledge.conditional.values() for item in when.items}
    touched = [n for n, some in enumerate(changes) if any(each.item in opening for each in some)]
    for place, row in zip(touched, visible(knowledge, [rows[n] for n in touched]), strict=True):
        rows[place] = dict(row)
    return [Case(row) for row in rows]


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
    behind = _behind_the_urgency(engine.red_flags.fired(reading))
    circuit = knowledge.names.circuit
    truths = circuit.truths(knowledge.view([{**case.answers, each.item: each.answer} for each in tried]))
    found = list(combinations([n for n, each in enumerate(tried) if each.item in behind], 2))
    found += combinations(sorted(set(_moving(base, alone))), 2)
    for counted in _counted(knowledge, base):
        now = np.array([reading.truth[place] for place in counted])[:, None]
        found += combinations(np.flatnonzero((truths[counted] != now).any(axis=0)).tolist(), 2)
    for place in _rules(knowledge, base):
        found += completing(circuit, place, reading.truth, truths)
    return list(dict.fromkeys(pair for pair in found if tried[pair[0]].item != tried[pair[1]].item))


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


def _behind_the_urgency(fired: Sequence[Fired]) -> set[str]:
    """The answers that several red flags of the highest urgency rest on: one flag falls with a single answer."""
    top = [flag for flag in fired if flag.urgency == fired[0].urgency]
    return {item for flag in top for item in flag.because} if len(top) > 1 else set()


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
        if len(unmet) > 1 and all(made):
            useful = sorted(set().union(*made))
            covers = {n: frozenset(place for place, some in enumerate(made) if n in some) for n in useful}
            for a, b in combinations(useful, 2):
                both = covers[a] | covers[b]
                if len(both) == len(unmet) and len(covers[a]) < len(unmet) > len(covers[b]):
                    yield a, b


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
