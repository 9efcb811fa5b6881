"""The knowledge files as one validated, frozen value with a version and a hash."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from dashboard.clinical.checking import check
from dashboard.clinical.columns import Columns
from dashboard.clinical.criteria import Criterion, Names
from dashboard.clinical.reading import KnowledgeError, Problems, read_record
from dashboard.clinical.settings import Hold, Manifest, Notice, Review, SafetyNet, Settings
from dashboard.clinical.spelling import did_you_mean, simplified
from dashboard.clinical.vocabulary import (
    Advice,
    Answer,
    Citation,
    Condition,
    ConditionPathway,
    Contraindication,
    Derived,
    Family,
    Finding,
    Gate,
    Group,
    ImagingRule,
    Instrument,
    Item,
    OrthobiologicOption,
    PriorModifier,
    RedFlag,
    Section,
    Step,
)

T = TypeVar("T")

__all__ = ["Knowledge", "KnowledgeError", "load", "load_texts"]

FOLDER = Path(__file__).resolve().parent.parent / "knowledge"

TABLES: dict[str, dict[str, type]] = {
    "references*.toml": {"reference": Citation},
    "items*.toml": {"section": Section, "item": Item},
    "derived*.toml": {"derived": Derived},
    "findings*.toml": {"finding": Finding},
    "groups*.toml": {"group": Group, "family": Family, "prior_modifier": PriorModifier},
    "red_flags*.toml": {"red_flag": RedFlag},
    "pathways/ladder.toml": {"step": Step, "imaging": ImagingRule, "review": Review},
    "orthobiologics*.toml": {
        "gate": Gate,
        "contraindication": Contraindication,
        "option": OrthobiologicOption,
        "hold": Hold,
    },
    "advice*.toml": {"advice": Advice},
    "instruments*.toml": {"instrument": Instrument},
}
"""Lists of tables each file may hold, and the noun each becomes."""

SINGLES: dict[str, dict[str, type]] = {
    "red_flags*.toml": {"safety_net": SafetyNet},
    "orthobiologics*.toml": {"notice": Notice},
}
"""Single tables beside the lists."""

WHOLE: dict[str, type] = {
    "manifest.toml": Manifest,
    "settings.toml": Settings,
    "conditions/*.toml": Condition,
    "pathways/*.toml": ConditionPathway,
}
"""Files that are one noun each."""


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
    languages: tuple[str, ...] = ("en",)

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
        return kept[make]

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
        """The one item of several options, and its option, that a spelling names among all of them."""
        return self._options_called.get(simplified(spelling))

    @cached_property
    def _options_called(self) -> Mapping[str, tuple[Item, str]]:
        found: dict[str, set[tuple[str, str]]] = {}
        for item in self.items.values():
            for option in item.options if item.type == "choices" else ():
                for spelling in (option.code, option.label, *option.accepts):
                    found.setdefault(simplified(spelling), set()).add((item.id, option.code))
        only = {spelling: next(iter(named)) for spelling, named in found.items() if len(named) == 1}
        return {spelling: (self.items[item], code) for spelling, (item, code) in only.items()}

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
    return load_texts(_read_folder(folder))


def _read_folder(folder: Path) -> dict[str, str]:
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
    shelf = _Shelf(problems)
    for path in sorted(texts):
        shelf.put(path, texts[path])
    shelf.require("manifest.toml", "settings.toml")
    knowledge = shelf.knowledge(texts)
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


class _Shelf:
    """The nouns read so far, by the name of their table, and the file each came from."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.lists: dict[str, list[Any]] = {name: [] for tables in TABLES.values() for name in tables}
        self.lists |= {"condition": [], "pathway": []}
        self.singles: dict[str, Any] = {"safety_net": None, "notice": None}
        self.places: dict[int, str] = {}
        self.seen: set[str] = set()

    def put(self, path: str, text: str) -> None:
        """Read one file on to the shelf."""
        self.seen.add(path)
        try:
            content = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            self.problems.add(path, f"does not read as TOML: {error}.")
            return
        pattern = next((p for p in [*TABLES, *WHOLE] if fnmatch(path, p)), None)
        if pattern is None:
            known = [*TABLES, *WHOLE]
            cure = f"Files are {', '.join(known)}.{did_you_mean(path, known)}"
            self.problems.add(path, f"is not a knowledge file. {cure}")
        elif pattern in TABLES:
            self._tables(path, content, pattern)
        else:
            self._whole(path, content, WHOLE[pattern])

    def _tables(self, path: str, content: Mapping[str, Any], pattern: str) -> None:
        kinds, singles = TABLES[pattern], SINGLES.get(pattern, {})
        for name, value in content.items():
            if name in singles:
                self.singles[name] = read_record(singles[name], value, f"{path}: {name}", self.problems)
                self.places[id(self.singles[name])] = f"{path}: {name}"
            elif name not in kinds:
                cure = did_you_mean(name, [*kinds, *singles])
                self.problems.add(path, f"has the table '{name}', which does not belong here.{cure}")
            elif not isinstance(value, list):
                self.problems.add(path, f"'{name}' should be a list of tables: write [[{name}]].")
            else:
                self._list(path, name, value, kinds[name])

    def _list(self, path: str, name: str, tables: list[Any], kind: type) -> None:
        for number, table in enumerate(tables, 1):
            id = table.get("id") if isinstance(table, Mapping) else None
            place = f"{path}: {name} {id!r}" if isinstance(id, str) else f"{path}: {name} {number}"
            self._keep(name, read_record(kind, table, place, self.problems), place)

    def _whole(self, path: str, content: Mapping[str, Any], kind: type) -> None:
        record = read_record(kind, content, path, self.problems)
        name = {Condition: "condition", ConditionPathway: "pathway"}.get(kind)
        if name is None:
            self.singles[kind.__name__.lower()] = record
        else:
            self._keep(name, record, path)
            stem = path.rpartition("/")[2].removesuffix(".toml")
            given = getattr(record, "id", None) or getattr(record, "condition", None)
            if record is not None and given != stem:
                self.problems.add(path, f"is about '{given}'. Name the file {given}.toml.")

    def _keep(self, name: str, record: Any, place: str) -> None:
        if record is None:
            return
        self.lists[name].append(record)
        self.places[id(record)] = place

    def require(self, *paths: str) -> None:
        """Complain of each file that is not there."""
        for path in paths:
            if path not in self.seen:
                self.problems.add(path, "is missing. Every knowledge folder has one.")

    def _by_id(self, name: str, key: str = "id") -> Mapping[str, Any]:
        found: dict[str, Any] = {}
        for record in self.lists[name]:
            id_ = getattr(record, key)
            if id_ in found:
                first = self.places[id(found[id_])]
                self.problems.add(self.places[id(record)], f"has the id '{id_}', which is already used in {first}.")
            else:
                found[id_] = record
        return MappingProxyType(found)

    def _in_order(self, name: str) -> tuple[Any, ...]:
        return tuple(self._by_id(name).values())

    def knowledge(self, texts: Mapping[str, str]) -> Knowledge:
        """Everything on the shelf as one value."""
        manifest = self.singles.get("manifest") or Manifest("", date.min, (), (), "")
        settings = self.singles.get("settings")
        safety_net = self.singles["safety_net"] or SafetyNet("")
        notice = self.singles["notice"] or Notice("")
        return Knowledge(
            version=manifest.version,
            effective=manifest.effective,
            authors=manifest.authors,
            reviewers=manifest.reviewers,
            summary=manifest.summary,
            languages=manifest.languages,
            sha256=fingerprint(texts),
            texts=MappingProxyType(dict(texts)),
            sections=self._in_order("section"),
            items=self._by_id("item"),
            derived=self._by_id("derived"),
            findings=self._by_id("finding"),
            conditions=self._by_id("condition"),
            groups=self._by_id("group"),
            families=self._by_id("family"),
            prior_modifiers=self._in_order("prior_modifier"),
            red_flags=self._in_order("red_flag"),
            safety_net=safety_net.text,
            ladder=tuple(sorted(self._in_order("step"), key=lambda step: step.rank)),
            pathways=self._by_id("pathway", "condition"),
            imaging_rules=self._in_order("imaging"),
            reviews=tuple(self.lists["review"]),
            gates=self._in_order("gate"),
            contraindications=self._in_order("contraindication"),
            options=tuple(self.lists["option"]),
            holds=tuple(self.lists["hold"]),
            notice=notice.text,
            advice=self._in_order("advice"),
            instruments=self._by_id("instrument"),
            references=self._by_id("reference"),
            settings=settings,
            safety_net_source=safety_net,
            notice_source=notice,
        )
