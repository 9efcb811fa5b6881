"""The knowledge files as one validated, frozen value with a version and a hash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from dashboard.clinical.checking import check
from dashboard.clinical.columns import Columns
from dashboard.clinical.criteria import Criterion, Names
from dashboard.clinical.reading import KnowledgeError, Problems
from dashboard.clinical.settings import Asking, Hold, Manifest, Notice, Review, SafetyNet, Settings
from dashboard.clinical.shelf import Shelf
from dashboard.clinical.spelling import simplified
from dashboard.clinical.vocabulary import (
    Advice,
    Answer,
    BodyChart,
    Card,
    Citation,
    Coding,
    Condition,
    ConditionPathway,
    Contraindication,
    Cost,
    Derived,
    Family,
    Finding,
    Gate,
    Group,
    ImagingRule,
    Instrument,
    Item,
    LoadRules,
    OrthobiologicOption,
    PriorModifier,
    RedFlag,
    Section,
    Step,
)

T = TypeVar("T")

__all__ = ["Knowledge", "KnowledgeError", "load", "load_texts"]

FOLDER = Path(__file__).resolve().parent.parent / "knowledge"


@dataclass(frozen=True)
class Knowledge:
    """Everything the reasoning knows, as loaded and checked; immutable."""

    version: str
    effective: date
    authors: tuple[str, ...]
    reviewers: tuple[str, ...]
    summary: str
    sha256: str
    texts: Mapping[str, str] = field(repr=False)
    sections: tuple[Section, ...]
    items: Mapping[str, Item]
    derived: Mapping[str, Derived]
    findings: Mapping[str, Finding]
    conditions: Mapping[str, Condition]
    groups: Mapping[str, Group]
    families: Mapping[str, Family]
    prior_modifiers: tuple[PriorModifier, ...]
    red_flags: tuple[RedFlag, ...]
    safety_net: str
    ladder: tuple[Step, ...]
    pathways: Mapping[str, ConditionPathway]
    imaging_rules: tuple[ImagingRule, ...]
    reviews: tuple[Review, ...]
    gates: tuple[Gate, ...]
    contraindications: tuple[Contraindication, ...]
    options: tuple[OrthobiologicOption, ...]
    holds: tuple[Hold, ...]
    notice: str
    advice: tuple[Advice, ...]
    instruments: Mapping[str, Instrument]
    references: Mapping[str, Citation]
    settings: Settings
    safety_net_source: SafetyNet
    notice_source: Notice
    load: LoadRules
    codings: Mapping[str, Coding]
    card: Card
    languages: tuple[str, ...] = ("en",)
    costs: tuple[Cost, ...] = ()
    asking: Asking | None = None
    body: BodyChart = field(default_factory=lambda: BodyChart(None, {}, {}, {}))

    @cached_property
    def names(self) -> Names:
        """What a criterion may speak of; keeps every criterion compiled."""
        return Names(self.items, self.derived, self.findings)

    def criterion(self, text: str) -> Criterion:
        """The compiled criterion of a text, the same object every time."""
        return self.names.criterion(text)

    def arranged(self, make: Callable[[Knowledge], T]) -> T:
        """What a maker makes of this knowledge, made once and kept with it."""
        kept: dict[Callable[[Knowledge], Any], Any] = self.__dict__.setdefault("_arranged", {})
        if make not in kept:
            kept[make] = make(self)
        made: T = kept[make]
        return made

    def items_of(self, section_id: str) -> tuple[Item, ...]:
        """The items of a section, in the order they are asked."""
        return tuple(item for item in self.items.values() if item.section == section_id)

    def view(self, answers: Mapping[str, Answer] | Sequence[Mapping[str, Answer]]) -> Columns:
        """Canonical answers of one case, or of many, as the columns criteria look at."""
        return Columns(self.items, [answers] if isinstance(answers, Mapping) else answers)

    def item_called(self, name: str) -> Item | None:
        """The item of an id or another accepted name, whatever its case."""
        return self.items.get(name) or self._called.get(name.casefold())

    @cached_property
    def _called(self) -> Mapping[str, Item]:
        return {name.casefold(): item for item in self.items.values() for name in (*item.aliases, item.id)}

    def option_called(self, spelling: str) -> tuple[Item, str] | None:
        """The one item of options, and its option, that a spelling names among all of them."""
        return self._options_called.get(simplified(spelling))

    @cached_property
    def _options_called(self) -> Mapping[str, tuple[Item, str]]:
        found: dict[str, set[tuple[str, str]]] = {}
        for item in self.items.values():
            for option in item.options if item.type in ("choice", "choices") else ():
                for spelling in (option.code, option.label, *option.accepts):
                    found.setdefault(simplified(spelling), set()).add((item.id, option.code))
        only = {spelling: next(iter(named)) for spelling, named in found.items() if len(named) == 1}
        return {spelling: (self.items[item], code) for spelling, (item, code) in only.items()}

    def cost_of(self, item_id: str) -> Cost | None:
        """What is said of the time an item takes: of the item itself, else of its section."""
        return self._costs.get(item_id) or self._costs.get(f"section {self.items[item_id].section}")

    def minutes(self, item_id: str) -> float:
        """The minutes it takes to find an answer out; where nothing is said of it, the time the question takes."""
        cost = self.cost_of(item_id)
        return cost.minutes if cost else self.items[item_id].seconds / 60

    @cached_property
    def _costs(self) -> Mapping[str, Cost]:
        named = {item: cost for cost in self.costs for item in cost.items}
        return named | {f"section {section}": cost for cost in self.costs for section in cost.sections}

    @cached_property
    def always_asked(self) -> frozenset[str]:
        """Ids of the items that are asked of everyone."""
        return frozenset(item.id for item in self.items.values() if item.show_if is None)

    @cached_property
    def conditional(self) -> Mapping[str, Criterion]:
        """Item id → when it is asked, for the others."""
        return {item.id: self.criterion(item.show_if) for item in self.items.values() if item.show_if is not None}

    @cached_property
    def audiences(self) -> Mapping[str, str]:
        """Item id → who answers it: staff, clinician or file."""
        of_section = {section.id: section.audience for section in self.sections}
        return {item.id: of_section[item.section] for item in self.items.values()}


def load(folder: Path | None = None) -> Knowledge:
    """The knowledge of a folder of TOML files; KnowledgeError lists every problem in it."""
    folder = FOLDER if folder is None else Path(folder)
    if not folder.is_dir():
        raise KnowledgeError([f"{folder}: there is no such folder. Name a folder of knowledge files."])
    return load_texts(texts_in(folder))


def texts_in(folder: Path) -> dict[str, str]:
    """The TOML files of a folder, unchecked: {relative path: text}; KnowledgeError names those that are not UTF-8."""
    texts, problems = {}, []
    for path in sorted(folder.rglob("*.toml")):
        try:
            texts[path.relative_to(folder).as_posix()] = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            problems.append(f"{path.relative_to(folder)}: is not UTF-8 text (byte {error.start}). Save it as UTF-8.")
    if problems:
        raise KnowledgeError(problems)
    return texts


def load_texts(texts: Mapping[str, str]) -> Knowledge:
    """The same from stored texts: {relative path: TOML text}."""
    problems = Problems()
    shelf = Shelf(problems)
    for path in sorted(texts):
        shelf.put(path, texts[path])
    shelf.require("manifest.toml", "settings.toml")
    knowledge = _assembled(shelf, texts)
    check(knowledge, shelf.places, problems)
    if problems.found:
        raise KnowledgeError(problems.found)
    return knowledge


def fingerprint(texts: Mapping[str, str]) -> str:
    """SHA-256 over sorted paths and bytes, each with its length, so no two sets of files share one."""
    digest = hashlib.sha256()
    for path in sorted(texts):
        for part in (path.encode(), texts[path].encode()):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _assembled(shelf: Shelf, texts: Mapping[str, str]) -> Knowledge:
    """Everything on the shelf as one value."""
    manifest = shelf.singles.get("manifest") or Manifest("", date.min, (), (), "")
    settings: Any = shelf.singles.get("settings")
    safety_net = shelf.singles["safety_net"] or SafetyNet("")
    notice = shelf.singles["notice"] or Notice("")
    return Knowledge(
        version=manifest.version,
        effective=manifest.effective,
        authors=manifest.authors,
        reviewers=manifest.reviewers,
        summary=manifest.summary,
        languages=manifest.languages,
        sha256=fingerprint(texts),
        texts=MappingProxyType(dict(texts)),
        sections=shelf.in_order("section"),
        items=shelf.by_id("item"),
        derived=shelf.by_id("derived"),
        findings=shelf.by_id("finding"),
        conditions=shelf.by_id("condition"),
        groups=shelf.by_id("group"),
        families=shelf.by_id("family"),
        prior_modifiers=shelf.in_order("prior_modifier"),
        red_flags=shelf.in_order("red_flag"),
        safety_net=safety_net.text,
        ladder=tuple(sorted(shelf.in_order("step"), key=lambda step: step.rank)),
        pathways=shelf.by_id("pathway", "condition"),
        imaging_rules=shelf.in_order("imaging"),
        reviews=tuple(shelf.lists["review"]),
        gates=shelf.in_order("gate"),
        contraindications=shelf.in_order("contraindication"),
        options=tuple(shelf.lists["option"]),
        holds=tuple(shelf.lists["hold"]),
        notice=notice.text,
        advice=shelf.in_order("advice"),
        instruments=shelf.by_id("instrument"),
        references=shelf.by_id("reference"),
        settings=settings,
        safety_net_source=safety_net,
        notice_source=notice,
        costs=shelf.in_order("cost"),
        asking=shelf.singles["asking"],
        load=_load_rules(shelf),
        codings=shelf.by_id("coding", "condition"),
        card=_card(shelf),
        body=_body(shelf),
    )


def _load_rules(shelf: Shelf) -> LoadRules:
    return LoadRules(
        numbers=shelf.by_id("number"),
        pain_bands=shelf.in_order("pain_band"),
        irritabilities=shelf.in_order("irritability"),
        stages=shelf.in_order("run_stage"),
        clearances=shelf.by_id("clearance", "condition"),
        stops=shelf.in_order("run_stop"),
        advice=shelf.in_order("run_advice"),
    )


def _card(shelf: Shelf) -> Card:
    lists = (shelf.in_order(name) for name in ("statement", "attribute", "device"))
    return Card(shelf.singles["card"], *lists)


def _body(shelf: Shelf) -> BodyChart:
    return BodyChart(
        facts=shelf.singles["chart"],
        figures=shelf.by_id("figure"),
        regions=shelf.by_id("region"),
        dermatomes=shelf.by_id("dermatome"),
    )
