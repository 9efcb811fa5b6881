"""The wall with something behind it, and a clinic whose people may come in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.gate.wall import Wall
from db.engine import choose_database, file_url, forget
from tests.gate.asking import Inside


@pytest.fixture
def staffed(home: Path, sqlite_templates: dict[bool, Path]) -> Iterator[Path]:
    """A clinic in which the cast works; its home folder."""
    choose_database("clinic")
    shutil.copy(sqlite_templates[True], home / "clinic.sqlite")
    yield home
    forget(file_url(home / "clinic.sqlite"))


@pytest.fixture
def inside() -> Inside:
    """What stands behind the wall."""
    return Inside()


@pytest.fixture
def wall(inside: Inside) -> Wall:
    """The wall in front of it."""
    return Wall(inside)
