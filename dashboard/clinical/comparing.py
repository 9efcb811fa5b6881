"""Two versions of the knowledge beside each other: what their files say differently, and what they say of cases."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import lru_cache
from typing import Any

from dashboard.clinical.assessment import outline_batch
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.outline import KINDS, Outlines
from dashboard.clinical.shelf import TABLES, WHOLE
from dashboard.clinical.vocabulary import Case, Urgency

Texts = Mapping[str, str]
Table = Mapping[str, Any]

NAMED = ("finding", "item", "condition")
"""Entries others speak of by id."""
NAMING = ("id", "code", "finding", "condition", "drug", "procedure", "topic")
"""Keys that tell the tables of one list apart, in this order."""
WORDING = frozenset((
    "title", "label", "wording", "plain", "says", "note", "notes", "text", "summary", "help", "why", "action",
    "scenario", "first_test", "stance", "dose", "population", "published_present", "published_absent", "entry_says",
    "exit_up_says", "exit_down_says", "imaging", "return_to_run", "referral", "honesty", "not_separable",
    "not_sufficient", "licence", "cite", "prior_cite", "status", "prior_status", "authors", "reviewers", "version",
    "effective", "grade", "before", "after", "content", "trial", "aliases", "accepts",
))  # fmt: skip
"""Keys whose change alters what is read, and nothing that is worked out."""
WORDING_KINDS = frozenset(("reference", "advice", "manifest", "safety_net", "notice", "hold", "section"))
"""Entries that are only read."""


@dataclass(frozen=True)
class Change:
    """One thing the newer files say differently; None stands for "was not there" and "is no longer there"."""

    file: str
    kind: str
    """What it is about: finding, condition, red_flag, settings …"""
    entry: str
    """Its id; empty where the file is one thing, such as the settings."""
    title: str
    path: tuple[str, ...]
    """Keys inside the entry; none when the entry itself came or went."""
    before: Any
    after: Any
    about: str = ""
    """The title of the finding or option inside the entry that the path leads through."""

    @property
    def reasons(self) -> bool:
        """Whether what is worked out may change, and not only the words beside it."""
        return self.kind not in WORDING_KINDS and not WORDING.intersection(self.path)


@dataclass(frozen=True)
class Entry:
    """One table of the knowledge with the file it stands in."""

    file: str
    table: Table

    @property
    def title(self) -> str:
        """What a person calls it."""
        keys = ("title", "label", "wording", "scenario", "topic", "procedure", "drug", "text", "id")
        return next((str(self.table[key]) for key in keys if key in self.table), "")


Place = tuple[str, str]
"""Kind and id."""


def changes(old: Texts, new: Texts) -> tuple[Change, ...]:
    """Everything that differs, in the order of the newer files; both sets of texts have to read as TOML.

    An entry that moved to another file of its kind is the same entry; comments and order of writing are no change.
    """
    before, after = _entries(old), _entries(new)
    titles = {id_: entry.title for (kind, id_), entry in {**before, **after}.items() if kind in NAMED}
    found: list[Change] = []
    for place in dict.fromkeys((*after, *before)):
        found += _of_entry(place, before.get(place), after.get(place), titles)
    return tuple(found)


def _entries(texts: Texts) -> dict[Place, Entry]:
    found: dict[Place, Entry] = {}
    for file in sorted(texts):
        content = _read(texts[file])
        pattern = next((p for p in [*TABLES, *WHOLE] if fnmatch(file, p)), "")
        if pattern in TABLES:
            for kind, tables in content.items():
                listed = named(tables) if isinstance(tables, list) else [("", tables)]
                found |= {(kind, name): Entry(file, table) for name, table in listed}
        elif pattern:
            about = content.get("id") or content.get("condition") if "*" in pattern else ""
            found[WHOLE[pattern].__name__.lower(), str(about or "")] = Entry(file, content)
    return found


@lru_cache(maxsize=256)
def _read(text: str) -> Table:
    """A file's content, read once: most files of two versions are the same."""
    return tomllib.loads(text)


def named(tables: Sequence[Any]) -> Iterator[tuple[str, Table]]:
    """Each table of a list with a name of its own: its id, or what it is about, numbered where that occurs twice."""
    met: dict[str, int] = {}
    for place, table in enumerate(tables, 1):
        parts = [str(table[key]) for key in NAMING if key in table and isinstance(table[key], str)]
        name = (parts[0] if "id" in table or "code" in table else " · ".join(parts)) if parts else str(place)
        met[name] = met.get(name, 0) + 1
        yield (name if met[name] == 1 else f"{name} #{met[name]}"), table


def _of_entry(place: Place, old: Entry | None, new: Entry | None, titles: Mapping[str, str]) -> Iterator[Change]:
    kind, name = place
    there = new or old
    assert there is not None
    title = there.title or titles.get(name, "")
    if old is None or new is None:
        before, after = (old.table if old else None), (new.table if new else None)
        yield Change(there.file, kind, name, title, (), before, after)
        return
    for path, before, after in _inside((), old.table, new.table):
        about = next((titles[key.split(" · ")[0]] for key in path if key.split(" · ")[0] in titles), "")
        yield Change(there.file, kind, name, title, path, before, after, about)


def _inside(path: tuple[str, ...], old: Any, new: Any) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """Every leaf that differs, with the keys that lead to it."""
    if _is_tables(old) and _is_tables(new) and (old or new):
        old, new = dict(named(old)), dict(named(new))
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys((*new, *old)):
            yield from _inside((*path, key), old.get(key), new.get(key))
        if path and list(old) != list(new) and set(old) == set(new):
            yield (*path, "order"), list(old), list(new)
    elif not _same(old, new):
        yield path, old, new


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, Mapping) for each in value)


def _same(old: Any, new: Any) -> bool:
    """Equal as the loader reads them: 2 is 2.0, true is not 1, and spaces around words do not count."""
    if isinstance(old, str) and isinstance(new, str):
        return old.strip() == new.strip()
    return bool(old == new) and isinstance(old, bool) == isinstance(new, bool)


# What is said of cases


@dataclass(frozen=True)
class Outline:
    """What an assessment comes to, in codes that mean the same under every version."""

    urgency: Urgency
    leading: str
    step: str
    gates: Mapping[str, str] = field(default_factory=dict)
    """Gate id → met, not-met or unknown; only the gates that stand before something possible."""
    may_discuss: tuple[str, ...] = ()
    """The procedures every gate is open for: prp, stem-cell."""
    red_flags: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """The same as JSON values."""
        return {
            "urgency": self.urgency.code,
            "leading": self.leading,
            "step": self.step,
            "gates": dict(self.gates),
            "may_discuss": list(self.may_discuss),
            "red_flags": list(self.red_flags),
        }


PARTS = ("urgency", "leading", "step", "gates", "may_discuss", "red_flags")
_GATE = {1: "met", 0: "unknown", -1: "not-met"}


def outlines(cases: Sequence[Case], knowledge: Knowledge) -> list[Outline]:
    """What the assessment of each case comes to, as ``assess`` would say it."""
    if not cases:
        return []
    many = outline_batch(cases, knowledge)
    return [_outline(many, row) for row in range(many.size)]


def _outline(many: Outlines, row: int) -> Outline:
    gates, shown = many.gates[row].tolist(), many.gates_shown[row].tolist()
    return Outline(
        Urgency(int(many.urgency[row])),
        many.conditions[int(many.leading[row])],
        many.steps[int(many.step[row])],
        {id_: _GATE[gate] for id_, gate, seen in zip(many.gate_ids, gates, shown, strict=True) if seen},
        tuple(kind for kind, open_ in zip(KINDS, many.open_for[row].tolist(), strict=True) if open_),
        tuple(id_ for id_, fired in zip(many.flag_ids, many.fired[row].tolist(), strict=True) if fired),
    )


def turned(before: Outline, after: Outline) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parts that differ, before and after, as JSON values; of the gates only those that do. Empty: the same."""
    old, new = before.plain(), after.plain()
    differ = [part for part in PARTS if old[part] != new[part]]
    was, is_ = {part: old[part] for part in differ}, {part: new[part] for part in differ}
    if "gates" in differ:
        moved = [id_ for id_ in {**old["gates"], **new["gates"]} if old["gates"].get(id_) != new["gates"].get(id_)]
        was["gates"] = {id_: old["gates"].get(id_, "not-shown") for id_ in moved}
        is_["gates"] = {id_: new["gates"].get(id_, "not-shown") for id_ in moved}
    return was, is_
