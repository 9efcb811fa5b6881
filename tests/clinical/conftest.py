"""The two knowledges the tests of the reasoning speak of: a small invented one, and the real one."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.clinical.knowledge import Knowledge, load

SMALL = Path(__file__).with_name("small_knowledge")


@pytest.fixture(scope="session")
def small() -> Knowledge:
    """A small invented knowledge with one of everything."""
    return load(SMALL)


@pytest.fixture(scope="session")
def real() -> Knowledge:
    """The knowledge Backstride ships."""
    return load()


@pytest.fixture
def small_texts() -> dict[str, str]:
    """The files of the small knowledge, to be spoilt."""
    return {path.relative_to(SMALL).as_posix(): path.read_text() for path in sorted(SMALL.rglob("*.toml"))}
