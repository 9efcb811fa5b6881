"""The clinic's folder of instrument files: which are in force, and what is wrong with the others.

``instruments/`` in the clinic's home folder (BACKSTRIDE_HOME), or the folder that BACKSTRIDE_INSTRUMENTS names.
A file that cannot be used never stops the intake: its instrument is asked as a total, and the fault is said.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dashboard import in_force as knowledge_in_force
from dashboard.clinical.knowledge import Knowledge
from dashboard.instruments.reader import MOST_BYTES, FileError, read
from dashboard.instruments.shapes import InstrumentFile
from dashboard.letters import one_line

MOST_FILES = 40
MOST_KEPT = 8
Signature = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Standing:
    """One file of the folder: what it holds, or what is wrong with it and the cure."""

    name: str
    file: InstrumentFile | None = None
    wrong: str = ""
    meant: str = ""
    """The instrument that a faulty file seems to be meant for, by its name; empty where nobody can tell."""


@dataclass(frozen=True)
class Shelf:
    """Everything in the folder, by file name."""

    folder: str
    standings: tuple[Standing, ...]

    @property
    def files(self) -> Sequence[InstrumentFile]:
        """The instruments in force."""
        return [each.file for each in self.standings if each.file is not None]

    def fault_of(self, instrument: str) -> str:
        """What is wrong with the file meant for an instrument; empty when nothing is."""
        return next((each.wrong for each in self.standings if each.wrong and each.meant == instrument), "")


def files_folder() -> Path:
    """Where the clinic's instrument files are."""
    given = os.environ.get("BACKSTRIDE_INSTRUMENTS")
    return Path(given) if given else Path(os.environ.get("BACKSTRIDE_HOME") or "data").absolute() / "instruments"


_read_so_far: dict[tuple[Path, Signature, str], Shelf] = {}


def on_shelf(known: Knowledge | None = None) -> Shelf:
    """Every file of the folder as it is now; read again only when a file or the knowledge changed."""
    known = known or knowledge_in_force.knowledge()
    folder = files_folder()
    key = (folder, _signature(folder), known.sha256)
    found = _read_so_far.get(key)
    if found is None:
        if len(_read_so_far) >= MOST_KEPT:
            _read_so_far.clear()
        found = _read_so_far[key] = _read_all(folder, key[1], known)
    return found


def in_force(known: Knowledge | None = None) -> Mapping[str, tuple[InstrumentFile, ...]]:
    """The instruments that can be asked item by item, by the item that takes the total; one a language."""
    known = known or knowledge_in_force.knowledge()
    found: dict[str, tuple[InstrumentFile, ...]] = {}
    for file in on_shelf(known).files:
        item = known.instruments[file.id].taken_from
        found[item] = (*found.get(item, ()), file)
    return found


def _signature(folder: Path) -> Signature:
    """Names, sizes and times of the files; empty where there is no such folder."""
    try:
        with os.scandir(folder) as entries:
            told = [(each.name, each.stat()) for each in entries if each.name.endswith(".toml") and each.is_file()]
    except OSError:
        return ()
    return tuple(sorted((name, stat.st_mtime_ns, stat.st_size) for name, stat in told))


def _read_all(folder: Path, signature: Signature, known: Knowledge) -> Shelf:
    standings: list[Standing] = []
    for name, _, size in signature[:MOST_FILES]:
        standing = _standing(folder / name, size, known)
        standings.append(_alone(standing, standings))
    left = [name for name, _, _ in signature[MOST_FILES:]]
    wrong = f"is not read: the folder holds more than {MOST_FILES} files."
    return Shelf(str(folder), (*standings, *(Standing(_said(name), wrong=f"{_said(name)}: {wrong}") for name in left)))


def _standing(path: Path, size: int, known: Knowledge) -> Standing:
    name, meant = _said(path.name), _meant(path, known)
    try:
        content = path.read_bytes() if size <= MOST_BYTES else b" " * (MOST_BYTES + 1)
        return Standing(name, read(name, content, known))
    except FileError as why:
        return Standing(name, wrong=str(why), meant=meant)
    except OSError as why:
        wrong = f"{name}: cannot be read ({why.strerror}). Check who may read it."
        return Standing(name, wrong=wrong, meant=meant)


def _alone(standing: Standing, before: Sequence[Standing]) -> Standing:
    """The standing, refused where an earlier file holds the same instrument in the same language."""
    file = standing.file
    if file is None:
        return standing
    same = [each for each in before if each.file and (each.file.id, each.file.language) == (file.id, file.language)]
    if not same:
        return standing
    wrong = f"{standing.name}: id and language are those of {same[0].name}, which is in force. Take one of them away."
    return Standing(standing.name, wrong=wrong)


def _meant(path: Path, known: Knowledge) -> str:
    """The instrument whose id the file's name begins with."""
    stem = path.stem.lower()
    return max((each for each in known.instruments if stem.startswith(each)), key=len, default="")


def _said(name: str) -> str:
    """A file's name, short and on one line."""
    return one_line(name)[:80]
