"""A knowledge to propose: the texts in force with some files changed, its version raised, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dashboard.clinical import knowledge as library
from dashboard.clinical.comparing import Change, changes
from dashboard.clinical.knowledge import Knowledge, KnowledgeError

MANIFEST = "manifest.toml"
_VERSION = re.compile(r"(?m)^version\s*=\s*\"[^\"\n]*\"")
_EFFECTIVE = re.compile(r"(?m)^effective\s*=\s*\S+")
_PLACE = re.compile(r"(?s)(?P<file>[\w/.-]+\.toml)[:,] (?P<says>.*)")
_NUMBER = re.compile(r"\d{1,4}\.\d{1,4}\.\d{1,4}")


@dataclass(frozen=True)
class Problem:
    """What is wrong, with the cure; ``file`` is empty where it concerns the proposal as a whole."""

    file: str
    says: str


@dataclass(frozen=True)
class Checked:
    """A proposal looked at: what is wrong with it, or the knowledge it makes and what that changes."""

    texts: Mapping[str, str]
    problems: tuple[Problem, ...]
    known: Knowledge | None = None
    changes: tuple[Change, ...] = ()

    @property
    def fine(self) -> bool:
        """Whether it may be kept as a candidate."""
        return self.known is not None and not self.problems


def looked_at(
    start: Mapping[str, str], base: Knowledge, changed: Mapping[str, str], version: str, day: date
) -> Checked:
    """The files to start from with these changed and the version raised: checked, and compared with the base."""
    texts = {**start, **changed}
    wrong = _about_version(version, base.version)
    if not wrong:
        texts[MANIFEST] = stamped(texts.get(MANIFEST, ""), version, day)
    try:
        known = library.load_texts(texts)
    except KnowledgeError as error:
        return Checked(texts, (*wrong, *map(_problem, error.problems)))
    said = changes(base.texts, texts)
    if start and not _differ(base.texts, texts):
        wrong = (*wrong, Problem("", "Nothing was changed yet: every file says what the version in force says."))
    return Checked(texts, wrong, known, said)


def stamped(manifest: str, version: str, day: date) -> str:
    """The manifest with another version and the day it was written; one that says this version stays as it is."""
    said = _VERSION.search(manifest)
    if said and said[0].endswith(f'"{version}"'):
        return manifest
    raised = _VERSION.sub(f'version = "{version}"', manifest, count=1)
    return _EFFECTIVE.sub(f"effective = {day.isoformat()}", raised, count=1)


def next_version(version: str) -> str:
    """The smallest raise: 1.0.0 → 1.0.1."""
    major, minor, patch = number(version)
    return f"{major}.{minor}.{patch + 1}"


def number(version: str) -> tuple[int, int, int]:
    """A version as numbers, to be compared; (0, 0, 0) for one that is not three numbers."""
    if not _NUMBER.fullmatch(version):
        return (0, 0, 0)
    major, minor, patch = map(int, version.split("."))
    return major, minor, patch


def _about_version(version: str, in_force: str) -> tuple[Problem, ...]:
    if not _NUMBER.fullmatch(version):
        return (Problem("", f"The version “{version}” is not three numbers. Write it like {next_version(in_force)}."),)
    if number(version) <= number(in_force):
        says = f"The version {version} is not above {in_force}, which is in force. Raise it, such as to "
        return (Problem("", f"{says}{next_version(in_force)}."),)
    return ()


def _problem(words: str) -> Problem:
    """A loader's problem in two: the file, and the place in it with what is wrong and the cure."""
    named = _PLACE.match(words)
    return Problem(named["file"], named["says"]) if named else Problem("", words)


def _differ(old: Mapping[str, str], new: Mapping[str, str]) -> bool:
    """Whether any file but the manifest differs, be it in a comment only."""
    return any(old.get(path) != new.get(path) for path in {*old, *new} - {MANIFEST})
