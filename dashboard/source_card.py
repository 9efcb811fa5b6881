"""The source card: what the knowledge is for, what it rests on and how good that is, made from its files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any

from dashboard import labels
from dashboard.citing import short
from dashboard.clinical.knowledge import Knowledge

STANDS = {
    "met": "Met",
    "met-in-intended-use": "Met in the intended use; depends on the user",
    "in-doubt": "In doubt: for counsel",
}
PARTS = {
    "use": "What it is for",
    "inputs": "What goes in",
    "logic": "How it reasons",
    "limits": "Limits",
    "validation": "Validation",
    "fairness": "Fairness",
    "maintenance": "Upkeep",
}
NONE_YET = "none yet: no clinician has accepted this version"
_NOT_STATEMENTS = ("texts", "references")
"""Fields of the knowledge that are no statements of its own."""


@dataclass(frozen=True)
class Line:
    """One line of the card: what it is about, what is said, and where that comes from."""

    term: str
    said: str
    cite: tuple[str, ...] = ()
    status: str | None = None
    below: str = ""


@dataclass(frozen=True)
class CardPart:
    """A part of the card under its heading."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class ScoredNumber:
    """One pair of likelihood ratios that moves a probability, with its source."""

    condition: str
    finding: str
    present: float | None
    absent: float | None
    cite: tuple[str, ...]
    status: str


def parts(knowledge: Knowledge, day: Any) -> tuple[CardPart, ...]:
    """The card part by part; ``day`` writes a date as the clinic does. Parts without anything to say are left out."""
    made = [CardPart("Which knowledge this is", tuple(_identity(knowledge, day)))]
    for code, title in PARTS.items():
        lines = [*_counted(knowledge, code), *_stated(knowledge, code)]
        made.append(CardPart(title, tuple(lines)))
    made.insert(-3, CardPart("How good the evidence is", tuple(_quality(knowledge))))
    made.append(CardPart("Source attributes (45 CFR 170.315(b)(11)(iv)(A))", tuple(_attributes(knowledge))))
    made.append(CardPart("The four criteria for decision support that is no device", tuple(_device(knowledge))))
    return tuple(part for part in made if part.lines)


def statuses(knowledge: Knowledge) -> Counter[str]:
    """How many numbers and statements of the whole knowledge have each status."""
    return Counter(str(value) for key, value in _within(knowledge) if key in ("status", "prior_status"))


def grades(knowledge: Knowledge) -> Counter[str]:
    """How many pieces of care and advice have each grade, by its letter; other words count as themselves."""
    given = (str(value).partition(" ")[0].rstrip("+-") for key, value in _within(knowledge) if key == "grade")
    return Counter(letter if letter in labels.GRADES else "other" for letter in given)


def scored(knowledge: Knowledge) -> tuple[ScoredNumber, ...]:
    """Every likelihood ratio that moves a probability, in the order of the files."""
    return tuple(
        ScoredNumber(
            condition.title,
            knowledge.findings[each.finding].title if each.finding in knowledge.findings else each.finding,
            each.present,
            each.absent,
            each.cite,
            each.status,
        )
        for condition in knowledge.conditions.values()
        for each in condition.evidence
        if each.use == "score"
    )


def sheet(knowledge: Knowledge, day: Any) -> dict[str, Any]:
    """What the template "source_card" prints."""
    facts = knowledge.card.facts
    return {
        "title": facts.title if facts else "Source card",
        "below": f"Version {knowledge.version}, in force since {day(knowledge.effective)}",
        "parts": [
            {"title": part.title, "lines": [_printed(knowledge, line) for line in part.lines]}
            for part in parts(knowledge, day)
        ],
        "numbers_title": "Every likelihood ratio that moves a probability",
        "numbers_head": ["Condition", "Finding", "LR if present", "LR if absent", "Source", "Status"],
        "numbers": [
            [n.condition, n.finding, _ratio(n.present), _ratio(n.absent), cited(knowledge, n.cite), _status(n.status)]
            for n in scored(knowledge)
        ],
        "foot": f"Backstride · knowledge {knowledge.version} · {knowledge.sha256}",
    }


def cited(knowledge: Knowledge, cite: Sequence[str]) -> str:
    """Sources named in passing."""
    known = knowledge.references
    return ", ".join(short(known[each]) if each in known else each for each in cite)


def _printed(knowledge: Knowledge, line: Line) -> dict[str, str]:
    source = f"{cited(knowledge, line.cite)} · {_status(line.status)}" if line.cite else ""
    return {"term": line.term, "said": line.said, "below": line.below, "source": source}


def _status(code: str | None) -> str:
    return labels.said(labels.STATUSES, code).lower()


def _ratio(value: float | None) -> str:
    return "by count" if value is None else f"{value:g}"


def _identity(knowledge: Knowledge, day: Any) -> Iterator[Line]:
    facts = knowledge.card.facts
    yield Line("Version", f"{knowledge.version}, in force since {day(knowledge.effective)}")
    yield Line("Hash (SHA-256)", knowledge.sha256)
    yield Line("What it holds", knowledge.summary)
    yield Line("Authors", ", ".join(knowledge.authors))
    yield Line("Reviewers", ", ".join(knowledge.reviewers) or NONE_YET)
    if facts:
        yield Line("Developer", facts.developer, facts.cite, facts.status)
        yield Line("Funding and interests", facts.funding, facts.cite, facts.status)
        yield Line("Sources and law last checked", day(date.fromisoformat(facts.checked_on)))


def _stated(knowledge: Knowledge, part: str) -> Iterator[Line]:
    for statement in knowledge.card.statements:
        if statement.part == part:
            yield Line(statement.title, statement.text, statement.cite, statement.status)


def _counted(knowledge: Knowledge, part: str) -> Iterator[Line]:
    """What a part says that is counted from the other files."""
    if part == "inputs":
        asked = Counter(knowledge.audiences.values())
        yield Line(
            "Questions",
            f"{asked['staff']} of the history ({sum(item.required for item in knowledge.items.values())} required), "
            f"{asked['clinician']} of the examination and before procedures, {asked['file']} of records and laboratory",
        )
    if part == "logic":
        conditions = [each for each in knowledge.conditions.values() if each.kind == "condition"]
        yield Line(
            "How much of it",
            f"{len(conditions)} conditions, {len(knowledge.findings)} findings, {len(scored(knowledge))} pairs of "
            f"likelihood ratios that score, {len(knowledge.groups)} groups, {len(knowledge.red_flags)} red-flag rules, "
            f"{len(knowledge.ladder)} steps, {len(knowledge.gates)} gates, {len(knowledge.contraindications)} "
            "contraindications",
        )
    if part == "limits":
        yield from (Line("Said beside every list", said) for said in knowledge.settings.session_text.honesty[:1])


def _quality(knowledge: Knowledge) -> Iterator[Line]:
    counted = statuses(knowledge)
    total = sum(counted.values())
    for code, words in labels.STATUSES.items():
        yield Line(words, f"{counted[code]} of {total} numbers and statements. {labels.STATUS_HELP[code]}")
    given = grades(knowledge)
    told = [f"{letter} ({words}): {given[letter]}" for letter, words in labels.GRADES.items()]
    yield Line(
        "Grades of care and advice", "; ".join(told) + (f"; in other words: {given['other']}" * bool(given["other"]))
    )
    ratios = Counter(number.status for number in scored(knowledge))
    said = ", ".join(f"{ratios[code]} {words.lower()}" for code, words in labels.STATUSES.items())
    yield Line("Likelihood ratios that score", f"{sum(ratios.values())}: {said}. Each is listed with its source.")
    negative = sum(trial.direction == "negative" for option in knowledge.options for trial in option.trials)
    trials = sum(len(option.trials) for option in knowledge.options)
    yield Line("Trials of orthobiologics", f"{trials} shown, {negative} of them negative")
    seen = Counter(str(reference.status) for reference in knowledge.references.values())
    sources = ", ".join(f"{seen[code]} {words.lower()}" for code, words in labels.STATUSES.items())
    yield Line("Sources", f"{len(knowledge.references)}: {sources}")


def _attributes(knowledge: Knowledge) -> Iterator[Line]:
    for each in knowledge.card.attributes:
        yield Line(f"{each.number}. {each.title}", each.text, each.cite, each.status)


def _device(knowledge: Knowledge) -> Iterator[Line]:
    for each in knowledge.card.device:
        depends = f" Depends on: {each.depends_on}" if each.depends_on else ""
        said = f"{STANDS[each.stands]}. {each.answer}"
        below = f"The law asks: {each.requires}{depends}"
        yield Line(f"{each.number}. {each.title}", said, each.cite, each.status, below)


def _within(noun: object) -> Iterable[tuple[str, object]]:
    """Every key with its value in a noun and in everything inside it, whatever the file it came from."""
    if is_dataclass(noun) and not isinstance(noun, type):
        for each in fields(noun):
            if each.name not in _NOT_STATEMENTS:
                value = getattr(noun, each.name)
                if isinstance(value, str):
                    yield each.name, value
                else:
                    yield from _within(value)
    elif isinstance(noun, tuple):
        for part in noun:
            yield from _within(part)
    elif hasattr(noun, "values"):
        for part in noun.values():
            yield from _within(part)
