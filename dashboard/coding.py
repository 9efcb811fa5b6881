"""Help with codes for the record: which candidates fit, what is not billable, what excludes what and which stays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

from dashboard.clinical.columns import Columns
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.vocabulary import Case, CodeChoice, Coding, Presence
from dashboard.code_book import Code, CodeBook

Fit = Literal["fits", "open", "against"]
_FITS: dict[Presence, Fit] = {Presence.PRESENT: "fits", Presence.UNKNOWN: "open", Presence.ABSENT: "against"}
_REFERENCES = re.compile(r"\(([^()]*)\)")
_CODE = re.compile(r"[A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]*)?-?")


@dataclass(frozen=True)
class Candidate:
    """One candidate code for a decided condition, and how it stands to the answers."""

    code: str
    title: str
    """The release's own title; empty when the release has no such code."""
    fit: Fit
    says: str
    billable: bool
    below: tuple[Code, ...]
    """What to choose from instead when it is not billable."""
    seventh: Mapping[str, str]
    because: tuple[str, ...]
    """Item ids: the answers that fit or speak against it, or that leave it open."""


@dataclass(frozen=True)
class Exclusion:
    """Two codes the release does not allow together, which of them stays, and in whose words."""

    kept: str
    dropped: str
    bearer: str
    """The code whose Excludes1 note says so."""
    note: str
    why: str


def all_codes(knowledge: Knowledge) -> tuple[str, ...]:
    """Every candidate code of the knowledge, in order, once."""
    return tuple(sorted({choice.code for coding in knowledge.codings.values() for choice in coding.codes}))


def candidates(knowledge: Knowledge, book: CodeBook, condition: str, case: Case) -> tuple[Candidate, ...]:
    """The candidate codes of a condition: those that fit first, in the order of the knowledge; none if it has none."""
    coding = knowledge.codings.get(condition)
    if coding is None:
        return ()
    view = knowledge.view(case.answers)
    made = [_candidate(knowledge, book, coding, choice, view) for choice in coding.codes]
    order: dict[Fit, int] = {"fits": 0, "open": 1, "against": 2}
    return tuple(sorted(made, key=lambda each: order[each.fit]))


def side_of(coding: Coding, answers: Mapping[str, Any]) -> str | None:
    """The side the answers tell for a condition: right, left, both, or None while they do not."""
    told = {side for item in coding.side_from for side in _sides(answers.get(item), coding.sites)}
    if "both" in told or {"right", "left"} <= told:
        return "both"
    return next(iter(told), None)


def _sides(answer: object, sites: Sequence[str]) -> Iterator[str]:
    if isinstance(answer, str):
        yield from (answer,) if answer in ("right", "left", "both") else ()
    elif isinstance(answer, (tuple, list)):
        for place, _, side in (str(each).partition(":") for each in answer):
            if side and place in sites:
                yield side


def _candidate(knowledge: Knowledge, book: CodeBook, coding: Coding, choice: CodeChoice, view: Columns) -> Candidate:
    entry, answers = book.codes.get(choice.code), view.rows[0]
    side = side_of(coding, answers)
    states = [_side_fit(coding, choice, side)]
    because: list[str] = []
    if choice.when is not None:
        criterion = knowledge.criterion(choice.when)
        states.append(criterion.presence(view))
        because += criterion.because(view)
    if choice.side and side is not None:
        because += [item for item in coding.side_from if any(_sides(answers.get(item), coding.sites))]
    return Candidate(
        code=choice.code,
        title=entry.title if entry else "",
        fit=_FITS[min(states)],
        says=choice.says,
        billable=bool(entry and entry.billable),
        below=book.billable_below(choice.code) if entry and not entry.billable else (),
        seventh=entry.seventh if entry else {},
        because=tuple(dict.fromkeys(because)),
    )


def _side_fit(coding: Coding, choice: CodeChoice, side: str | None) -> Presence:
    """A code without a side and a criterion of its own is open: nothing in the answers chooses it."""
    if not choice.side:
        return Presence.PRESENT if choice.when is not None or len(coding.codes) == 1 else Presence.UNKNOWN
    if side is None:
        return Presence.UNKNOWN
    for_both = any(other.side == "both" for other in coding.codes)
    fits = choice.side == side or (side == "both" and not for_both)
    return Presence.PRESENT if fits else Presence.ABSENT


def exclusions(book: CodeBook, chosen: Iterable[str]) -> tuple[Exclusion, ...]:
    """Each pair of chosen codes that an Excludes1 note of the release keeps apart."""
    found = (_exclusion(book, one, other) for one, other in combinations(sorted(set(chosen)), 2))
    return tuple(each for each in found if each is not None)


def not_billable(book: CodeBook, chosen: Iterable[str]) -> tuple[tuple[str, tuple[Code, ...]], ...]:
    """Chosen codes that are families, each with the billable codes below it; unknown codes come with none."""
    families = (code for code in dict.fromkeys(chosen) if code not in book.codes or not book.codes[code].billable)
    return tuple((code, book.billable_below(code)) for code in families)


def _exclusion(book: CodeBook, one: str, other: str) -> Exclusion | None:
    """The note between two codes; one that sends to the more exact code is preferred to one that names the vaguer."""
    notes = [*_notes(book, one, other), *_notes(book, other, one)]
    return min(notes, key=lambda each: "NOS" in each.note, default=None)


def _notes(book: CodeBook, bearer: str, named: str) -> Iterator[Exclusion]:
    """What the notes on a code, and on all above it, say of another code."""
    for above in book.line(bearer):
        for note in above.excludes1:
            if any(_covers(reference, named) for reference in references(note)):
                vague = bool(re.search(r"\bNOS\b", note))
                kept, dropped = (bearer, named) if vague else (named, bearer)
                why = (
                    f"{dropped} says less (not otherwise specified), so the more exact {kept} stays"
                    if vague
                    else f"the note on {above.code} sends this to {kept}"
                )
                yield Exclusion(kept, dropped, above.code, note, why)


def references(note: str) -> tuple[str, ...]:
    """The codes an Excludes note names in its brackets, such as "M51.1-" or "S32.-"."""
    return tuple(code for inside in _REFERENCES.findall(note) for code in _CODE.findall(inside))


def _covers(reference: str, code: str) -> bool:
    """Whether a reference means a code: itself, or anything below it."""
    return code.replace(".", "").startswith(reference.rstrip("-").replace(".", ""))
