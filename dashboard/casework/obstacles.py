"""What keeps a clinic from working: its settings, the knowledge or its database, each with the cure."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.casework import following, storage
from dashboard.clinic import ClinicError, clinic
from dashboard.clinical.knowledge import KnowledgeError
from dashboard.in_force import knowledge
from db import trouble

MOST_TOLD = 8
"""Problems of the knowledge told on the screen; the command tells all."""


@dataclass(frozen=True)
class Obstacle:
    """What cannot be used, and for each problem one line naming place and cure."""

    what: str
    lines: tuple[str, ...]


class Unready(RuntimeError):  # noqa: N818 - the clinic's words
    """Something was found wrong before anything was done; ``obstacle`` says what."""

    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(" | ".join((obstacle.what, *obstacle.lines)))
        self.obstacle = obstacle


def require_ready() -> None:
    """Settings and knowledge read, the open database up to date: at once when it was so before; raises Unready."""
    try:
        clinic()
        storage.be_up_to_date()
        following.catch_up()
        knowledge()
    except Exception as error:
        found = obstacle(error) or (_database(error) if isinstance(error, OSError) else None)
        if found is None:
            raise
        raise Unready(found) from None


def obstacle(error: BaseException) -> Obstacle | None:
    """What an exception says about the clinic's surroundings; None when it is a fault of the program."""
    if isinstance(error, Unready):
        return error.obstacle
    if isinstance(error, ClinicError):
        return Obstacle("The clinic's settings cannot be used", (str(error),))
    if isinstance(error, KnowledgeError):
        return _knowledge(error)
    return _database(error) if trouble.is_trouble(error) else None


def _knowledge(error: KnowledgeError) -> Obstacle:
    more = len(error.problems) - MOST_TOLD
    rest = (f"and {more} more; python -m dashboard.clinical check lists them all",) if more > 0 else ()
    return Obstacle("The knowledge cannot be used", error.problems[:MOST_TOLD] + rest)


def _database(error: BaseException) -> Obstacle:
    return Obstacle("The clinic's database cannot be used", (trouble.says(error),))
