"""Intakes interrupted over real connections: a small round of what `python -m bench interruptions` does."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.interruptions import KINDS, Desk
from bench.ledger import Kept, Ledger, Revision, Said
from tests.running import Server

SEED = 5
ROUND = (*KINDS, "tab closed", "connection dropped")


def test_nothing_that_left_its_field_is_lost_or_crosses_to_another_patient(tmp_path: Path):
    """A closed tab, a cut connection, a killed server, a second device: the database has every answer, each once."""
    with Server(tmp_path / "home") as server:
        desk = Desk(server, SEED, patients=3)
        for kind in ROUND:
            desk.interrupt(kind)
    assert sum(tally.answers for tally in desk.tallies.values()) >= 2 * len(ROUND)
    for tally in desk.tallies.values():
        assert (tally.lost, tally.crossed, tally.duplicated) == ([], [], [])


DRAFT, OTHER = "draft-of-rosa", "draft-of-ravi"
WHOLE = Kept(
    {"nprs_worst": 7, "goal_text": "canary-rosa"},
    [Revision("nprs_worst", 7, "kept"), Revision("goal_text", "canary-rosa", "kept")],
)


@pytest.mark.parametrize(
    ("kept", "wrong"),
    [
        (WHOLE, ""),
        (Kept({"nprs_worst": 7}, WHOLE.revisions), "lost"),
        (Kept({**WHOLE.answers, "nprs_worst": 4}, WHOLE.revisions), "lost"),
        (Kept(WHOLE.answers, WHOLE.revisions[1:]), "lost"),
        (Kept({**WHOLE.answers, "goal_text": "canary-ravi"}, WHOLE.revisions), "crossed"),
        (Kept(WHOLE.answers, [*WHOLE.revisions, Revision("nprs_leg", 2, "kept")]), "crossed"),
        (Kept(WHOLE.answers, [*WHOLE.revisions, Revision("nprs_worst", 7, "kept")]), "duplicated"),
    ],
)
def test_the_ledger_notices_what_is_lost_crossed_or_kept_twice(kept: Kept, wrong: str):
    """A measurement that could not fail would say nothing: each kind of harm is told from the others."""
    told = [Said(DRAFT, "nprs_worst", 7, 0.0), Said(DRAFT, "goal_text", "canary-rosa", 1.0)]
    ledger = Ledger([*told, Said(OTHER, "goal_text", "canary-ravi", 2.0)])
    found = ledger.check(DRAFT, kept, began_with={})
    assert bool(found) == bool(wrong)
    assert not wrong or getattr(found, wrong)
