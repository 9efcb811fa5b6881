"""Where each table of the knowledge files belongs, and the nouns read from them so far."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from fnmatch import fnmatch
from types import MappingProxyType
from typing import Any

from dashboard.clinical.reading import Problems, read_record
from dashboard.clinical.settings import Asking, Hold, Manifest, Notice, Review, SafetyNet, Settings
from dashboard.clinical.spelling import did_you_mean
from dashboard.clinical.vocabulary import (
    Advice,
    CardFacts,
    CardStatement,
    ChartFacts,
    Citation,
    Clearance,
    Coding,
    Condition,
    ConditionPathway,
    Contraindication,
    Cost,
    Derived,
    Dermatome,
    DeviceCriterion,
    Family,
    Figure,
    Finding,
    Gate,
    Group,
    ImagingRule,
    Instrument,
    Irritability,
    Item,
    LoadNumber,
    OrthobiologicOption,
    PainBand,
    PriorModifier,
    RedFlag,
    Region,
    RunAdvice,
    RunStage,
    RunStop,
    Section,
    SourceAttribute,
    Step,
)

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
    "costs*.toml": {"cost": Cost},
    "instruments*.toml": {"instrument": Instrument},
    "load*.toml": {
        "number": LoadNumber,
        "pain_band": PainBand,
        "irritability": Irritability,
        "run_stage": RunStage,
        "clearance": Clearance,
        "run_stop": RunStop,
        "run_advice": RunAdvice,
    },
    "coding*.toml": {"coding": Coding},
    "body_chart*.toml": {"figure": Figure, "region": Region, "dermatome": Dermatome},
    "source_card*.toml": {"statement": CardStatement, "attribute": SourceAttribute, "device": DeviceCriterion},
}
"""Lists of tables each file may hold, and the noun each becomes."""

SINGLES: dict[str, dict[str, type]] = {
    "red_flags*.toml": {"safety_net": SafetyNet},
    "orthobiologics*.toml": {"notice": Notice},
    "source_card*.toml": {"card": CardFacts},
    "costs*.toml": {"asking": Asking},
    "body_chart*.toml": {"chart": ChartFacts},
}
"""Single tables beside the lists."""

WHOLE: dict[str, type] = {
    "manifest.toml": Manifest,
    "settings.toml": Settings,
    "conditions/*.toml": Condition,
    "pathways/*.toml": ConditionPathway,
}
"""Files that are one noun each."""

MOST_PARTS = 50
_LONG_KEY = re.compile(rf"(?<![\w\"'-])(?:[\w\"'-]++[ \t]*+\.[ \t]*+){{{MOST_PARTS},}}")
"""A key of thousands of parts would keep the TOML reader, and with it the clinic, busy for hours."""


class Shelf:
    """The nouns read so far, by the name of their table, and the file each came from."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.lists: dict[str, list[Any]] = {name: [] for tables in TABLES.values() for name in tables}
        self.lists |= {"condition": [], "pathway": []}
        self.singles: dict[str, Any] = {name: None for singles in SINGLES.values() for name in singles}
        self.places: dict[int, str] = {}
        self.seen: set[str] = set()

    def put(self, path: str, text: str) -> None:
        """Read one file on to the shelf."""
        self.seen.add(path)
        if _LONG_KEY.search(text):
            self.problems.add(
                path, f"has a key or a text of more than {MOST_PARTS} parts with dots between. Shorten it."
            )
            return
        try:
            content = tomllib.loads(text)
        except RecursionError:
            self.problems.add(path, "is nested too deeply. Knowledge files are lists of flat tables.")
            return
        except ValueError as error:  # not TOML, or a number of thousands of digits
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

    def by_id(self, name: str, key: str = "id") -> Mapping[str, Any]:
        """The records of a table by id; an id used twice is complained of."""
        found: dict[str, Any] = {}
        for record in self.lists[name]:
            id_ = getattr(record, key)
            if id_ in found:
                first = self.places[id(found[id_])]
                self.problems.add(self.places[id(record)], f"has the id '{id_}', which is already used in {first}.")
            else:
                found[id_] = record
        return MappingProxyType(found)

    def in_order(self, name: str) -> tuple[Any, ...]:
        """The records of a table in the order of the files."""
        return tuple(self.by_id(name).values())
