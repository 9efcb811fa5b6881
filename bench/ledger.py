"""What left its field, kept outside the server, and whether the clinic's database has all of it and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Revision(NamedTuple):
    """One answer as the database keeps it."""

    item: str
    value: Any
    standing: str


@dataclass(frozen=True)
class Kept:
    """What the database holds of one draft."""

    answers: Mapping[str, Any]
    revisions: Sequence[Revision]


@dataclass(frozen=True)
class Said:
    """One answer that left its field: of which draft, when by the machine's clock, and whether somebody else wrote."""

    draft: str
    item: str
    answer: Any
    at: float
    overtaken: bool = False
    """Given in a tab that was no longer the one that writes: it must be set aside, not put into the draft."""
    replaced: bool = False
    """The same person wrote over it in its own field while the line was down: a browser holds the last only."""


@dataclass
class Found:
    """What is wrong with a draft, one line each."""

    lost: list[str] = field(default_factory=list)
    crossed: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.lost or self.crossed or self.duplicated)


@dataclass
class Ledger:
    """Every answer that left its field, in order."""

    lines: list[Said] = field(default_factory=list)

    def expected(self, draft: str) -> dict[str, Any]:
        """What a draft has to say: of each question the last answer of whoever was writing."""
        return {said.item: said.answer for said in self.of(draft) if not said.overtaken}

    def of(self, draft: str) -> list[Said]:
        """What was said in one draft."""
        return [said for said in self.lines if said.draft == draft]

    def check(self, draft: str, kept: Kept, began_with: Mapping[str, Any]) -> Found:
        """Compare what left its field with what is kept of a draft that began with some answers."""
        found, expected = Found(), {**began_with, **self.expected(draft)}
        self._lost(draft, kept, expected, found)
        self._crossed(draft, kept, began_with, found)
        for (item, value), number in _doubled(kept.revisions).items():
            found.duplicated.append(f"{item} = {value} was kept {number} times more")
        return found

    def _lost(self, draft: str, kept: Kept, expected: Mapping[str, Any], found: Found) -> None:
        for item, answer in expected.items():
            if kept.answers.get(item) != answer:
                found.lost.append(f"{item} = {answer!r}, kept is {kept.answers.get(item)!r}")
        on_record = {(each.item, repr(each.value)) for each in kept.revisions}
        for said in self.of(draft):
            if said.replaced:
                continue
            if (said.item, repr(said.answer)) not in on_record and began_with_it(said, expected) is False:
                found.lost.append(f"{said.item} = {said.answer!r} is nowhere on record")

    def _crossed(self, draft: str, kept: Kept, began_with: Mapping[str, Any], found: Found) -> None:
        """Answers nobody gave here: another patient's, by their canary or because nobody was asked."""
        mine = {(said.item, repr(said.answer)) for said in self.of(draft)}
        mine |= {(item, repr(answer)) for item, answer in began_with.items()}
        told = [(each.item, each.value) for each in kept.revisions] + list(kept.answers.items())
        for item, value in told:
            if value is not None and (item, repr(value)) not in mine:
                found.crossed.append(f"{item} = {value!r} was never given here")


def began_with_it(said: Said, expected: Mapping[str, Any]) -> bool:
    """Whether an answer needs no revision, because the draft said so from the beginning."""
    return expected.get(said.item) == said.answer and said.item in ("age_years", "sex_at_birth")


def _doubled(revisions: Sequence[Revision]) -> Counter[tuple[str, str]]:
    """Answers that were kept again although the question said so already."""
    last: dict[str, str] = {}
    doubled: Counter[tuple[str, str]] = Counter()
    for each in revisions:
        if each.standing != "kept":
            continue
        if last.get(each.item) == repr(each.value):
            doubled[each.item, repr(each.value)] += 1
        last[each.item] = repr(each.value)
    return doubled
