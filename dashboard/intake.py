"""The intake as a whole: which questions are asked, what is still missing, and the Case its answers make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard import doubts as noted
from dashboard.cautions import Caution, cautions
from dashboard.clinical import answers as reading
from dashboard.clinical import assessment
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.vocabulary import Answer, Case, Item, Section
from dashboard.entry import Accepted, accept, is_blank, plain, question, shown_value, thawed
from dashboard.in_force import knowledge

__all__ = [
    "Accepted", "Caution", "Progress", "SectionProgress", "accept", "asked_sections", "case_of", "cases_of", "doubts",
    "is_blank", "knowledge", "place_of", "plain", "preview", "progress", "question", "shown_value", "thawed", "visible",
    "warnings",
]  # fmt: skip


@dataclass(frozen=True)
class SectionProgress:
    """How far one section is: questions asked now, answered, and the required ones still open."""

    id: str
    title: str
    done: int
    total: int
    required_done: int
    required: int
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Progress:
    """How far an intake is; ``percent`` counts required questions, and ``missing`` lists them by section."""

    percent: int
    sections: tuple[SectionProgress, ...]
    missing: Mapping[str, tuple[str, ...]]
    """Section id → required items without an answer; sections with none are not there."""

    @property
    def complete(self) -> bool:
        """Whether every required question asked has an answer ("unknown" is one)."""
        return not self.missing


def visible(answers: Mapping[str, Any], known: Knowledge | None = None) -> frozenset[str]:
    """Ids of the items asked now; the answer of a hidden item never makes another item appear."""
    known = known or knowledge()
    return reading.shown(known, {item: thawed(answers[item]) for item in answers if item in known.items})


def case_of(answers: Mapping[str, Any], known: Knowledge | None = None) -> Case:
    """The case these answers make: without hidden questions' answers and without anyone's free words."""
    return cases_of([answers], known)[0]


def cases_of(histories: Sequence[Mapping[str, Any]], known: Knowledge | None = None) -> list[Case]:
    """The case each of many histories makes, much sooner than one by one; the same cases whoever is among them."""
    known = known or knowledge()
    told = [{item: thawed(answers[item]) for item in answers if item in known.items} for answers in histories]
    return [
        Case({item: _without_words(known.items[item], each[item]) for item in each if _counts(known, item, shown)})
        for each, shown in zip(told, reading.shown_many(known, told), strict=True)
    ]


def _counts(known: Knowledge, item: str, shown: frozenset[str]) -> bool:
    return item in shown and known.items[item].type != "text"


def preview(answers: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of these answers as they stand: the assessment's document."""
    return assessment.assess(case_of(answers), knowledge()).document()


def asked_sections(audience: str = "staff", known: Knowledge | None = None) -> tuple[Section, ...]:
    """The sections someone of that audience fills in, in order."""
    known = known or knowledge()
    return tuple(section for section in known.sections if section.audience == audience)


def progress(
    answers: Mapping[str, Any], known: Knowledge | None = None, shown: frozenset[str] | None = None
) -> Progress:
    """How far the history taken at the desk is; ``shown``: the items asked, where they are known already."""
    known = known or knowledge()
    shown = visible(answers, known) if shown is None else shown
    sections = tuple(_section_progress(section, answers, shown, known) for section in asked_sections(known=known))
    required = sum(section.required for section in sections)
    done = sum(section.required_done for section in sections)
    missing = {section.id: section.missing for section in sections if section.missing}
    return Progress(100 * done // required if required else 100, sections, missing)


def warnings(
    answers: Mapping[str, Any], shown: frozenset[str] | None = None, known: Knowledge | None = None
) -> tuple[Caution, ...]:
    """Answers that are allowed but look like a slip of the keys; nothing is ever blocked by them."""
    known = known or knowledge()
    shown = visible(answers, known) if shown is None else shown
    return cautions(known, {item: thawed(answers[item]) for item in answers if item in shown})


def doubts(
    answers: Mapping[str, Any],
    notes: noted.Notes | None,
    shown: frozenset[str] | None = None,
    known: Knowledge | None = None,
) -> tuple[noted.Doubt, ...]:
    """The same, each with the note that the desk made of it."""
    return noted.doubts(warnings(answers, shown, known), plain(answers), notes)


def place_of(doubt: noted.Doubt, shown: frozenset[str], known: Knowledge | None = None) -> str:
    """The question a doubt stands under: of those it is about the last one asked, where the slip shows."""
    order = {item: place for place, item in enumerate((known or knowledge()).items)}
    return max((item for item in doubt.caution.items if item in shown), key=lambda item: order.get(item, 0))


def _section_progress(
    section: Section, answers: Mapping[str, Any], shown: frozenset[str], known: Knowledge
) -> SectionProgress:
    items = [item for item in known.items_of(section.id) if item.id in shown]
    required = [item for item in items if item.required]
    missing = tuple(item.id for item in required if is_blank(answers.get(item.id)))
    done = sum(not is_blank(answers.get(item.id)) for item in items)
    return SectionProgress(
        section.id, section.title, done, len(items), len(required) - len(missing), len(required), missing
    )


def _without_words(item: Item, answer: Any) -> Answer:
    """Activities keep their ratings only: what a patient wants to do again may tell who they are."""
    if item.type == "activities":
        return tuple((f"activity {place}", rating) for place, (_, rating) in enumerate(answer, 1))
    canonical: Answer = thawed(answer)
    return canonical
