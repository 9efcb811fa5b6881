"""The wall with something behind it, and a clinic whose people may come in."""

from __future__ import annotations

import pytest

from dashboard.gate.wall import Wall
from tests.gate.asking import Inside


@pytest.fixture
def inside() -> Inside:
    """What stands behind the wall."""
    return Inside()


@pytest.fixture
def wall(inside: Inside) -> Wall:
    """The wall in front of it."""
    return Wall(inside)
