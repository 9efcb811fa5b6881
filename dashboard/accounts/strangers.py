"""Refusals of names that are nobody's: noted once a minute with their number, so that no flood fills the trail."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Lock

from db import engine

NOTED_EVERY = timedelta(minutes=1)
_MOST_DATABASES = 8

_turn = Lock()
_since: dict[str, tuple[datetime, int]] = {}
"""Of each database: when such a refusal was last noted, and how many there were since."""


def to_note(now: datetime) -> int:
    """How many refusals, with this one, are to be noted now; 0: none yet."""
    place = engine.database_url()
    with _turn:
        noted, waiting = _since.pop(place, (None, 0))
        is_due = noted is None or not timedelta(0) <= now - noted < NOTED_EVERY
        while len(_since) >= _MOST_DATABASES:
            del _since[next(iter(_since))]
        _since[place] = (now, 0) if is_due or noted is None else (noted, waiting + 1)
        return waiting + 1 if is_due else 0
