"""Intakes interrupted over real connections: a small round of what `python -m bench interruptions` does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.interruptions import KINDS, Desk
from bench.ledger import Kept, Ledger, Revision, Said
from bench.tab import Tab
from tests.running import Server

SEED = 5
ROUND = (*KINDS, "tab closed", "connection dropped")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A server with a few patients whose intakes are open."""
    with Server(tmp_path_factory.mktemp("interrupted") / "home") as server:
        yield Desk(server, SEED, patients=5)


def test_a_tab_that_a_new_session_meets_puts_nothing_back_and_loses_nothing(desk: Desk):
    """After a restart a browser brings its fields: what it only saw is not put back, what was typed is not lost."""
    draft = desk.drafts.pop()
    stale = Tab(desk.server.address, desk.tokens["noor"], draft).open()
    stale.put("nprs_worst", 4.0)
    stale.run()
    stale.cut()
    other = Tab(desk.server.address, desk.tokens["bruno"], draft).open()
    other.press("take-over")
    other.put("nprs_worst", 9.0)
    other.run()
    stale.put("nprs_back_now", 3.0)  # typed while the line was down
    stale.session_id = ""  # what a restarted server makes of it
    stale.reconnect()
    stale.run()
    kept = desk.kept(draft)
    assert kept.answers["nprs_worst"] == 9
    assert "nprs_back_now" not in kept.answers
    assert [(each.item, each.value) for each in kept.revisions if each.standing == "aside"] == [("nprs_back_now", 3)]
    assert stale.field("nprs_worst").is_locked
    assert stale.field("nprs_worst").value == 9
    other.close()
    stale.close()


def test_what_a_tab_held_is_found_wherever_somebody_else_has_turned(desk: Desk):
    """In another section, and of a question that the other's answer has made disappear: set aside, not forgotten."""
    draft = desk.drafts.pop()
    stale = Tab(desk.server.address, desk.tokens["noor"], draft).open()
    stale.press("rail-goals")
    stale.put("biologic_interest", ["Would like to know more"])
    stale.run()
    stale.cut()
    other = Tab(desk.server.address, desk.tokens["bruno"], draft).open()
    other.press("take-over")
    other.press("rail-goals")
    other.put("biologic_interest", ["None"])
    other.run()
    other.press("rail-pain")
    stale.put("bleeding_disorder", ["Unknown"])  # typed while the line was down
    stale.session_id = ""
    stale.reconnect()
    aside = [(each.item, each.value) for each in desk.kept(draft).revisions if each.standing == "aside"]
    assert aside == [("bleeding_disorder", "unknown")]
    with pytest.raises(KeyError):
        stale.field("bleeding_disorder")
    other.close()
    stale.close()


def test_nothing_that_left_its_field_is_lost_or_crosses_to_another_patient(desk: Desk):
    """A closed tab, a cut connection, a killed server, a second device: the database has every answer, each once."""
    for kind in ROUND:
        desk.interrupt(kind)
    assert sum(tally.answers for tally in desk.tallies.values()) >= 2 * len(ROUND)
    for tally in desk.tallies.values():
        assert (tally.lost, tally.crossed, tally.duplicated) == ([], [], [])


def test_a_server_that_says_saved_and_keeps_nothing_is_found_out(tmp_path: Path):
    """The same interruption against a server that forgets every number: the checker names it lost."""
    with Server(tmp_path / "home", program=("bench/forgetful.py",)) as server:
        desk = Desk(server, SEED, patients=1)
        draft = desk.drafts[0]
        tab = Tab(server.address, desk.tokens["noor"], draft).open()
        tab.put("nprs_worst", 7.0)
        desk.ledger.lines.append(Said(draft, "nprs_worst", 7, 0.0))
        tab.run()
        assert tab.failures == []
        tab.close()
        found = desk.ledger.check(draft, desk.kept(draft), desk.began[draft])
        assert found.lost == ["nprs_worst = 7, kept is None", "nprs_worst = 7 is nowhere on record"]
        assert not found.crossed


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
