"""Printing is a deed: who may, who may not, and what the trail keeps of it."""

from __future__ import annotations

import pytest

from dashboard import casework
from tests.casework.conftest import Cast, Trail, coded, refused

SHA = "0123456789abcdef"


@pytest.mark.parametrize("sheet", ["return-to-run", "shared-decision", "assessment"])
def test_printing_leaves_an_audit_event_with_codes_only(cast: Cast, trail: Trail, sheet: str) -> None:
    """Which sheet, of which episode, under which knowledge, by whom; no name and no word of the patient."""
    episode = cast.episode().episode.id
    casework.note_sheet(cast.noor, episode, sheet, SHA)
    (event,) = trail("sheet:print")
    assert (event.person_name, event.record, event.record_id) == ("Noor", "episode", str(episode))
    assert coded(event) == ({}, {"sheet": sheet, "knowledge": SHA[:12]})
    assert "Testova" not in f"{event.before}{event.after}{event.reason}"


def test_managers_administrators_mallory_and_other_sites_print_nothing_of_a_patient(cast: Cast, trail: Trail) -> None:
    """Refused by role, not found by site; each try is noted with the reason, and prints nothing."""
    episode = cast.episode().episode.id
    refused(cast, lambda a: casework.note_sheet(a, episode, "assessment", SHA), "chidi", "dana", "mallory")
    with pytest.raises(casework.NotFound):
        casework.note_sheet(cast.sofia, episode, "assessment", SHA)
    assert trail("sheet:print") == []
    tried = [(event.person_name, event.reason) for event in trail("refused")]
    assert tried == [("Chidi", ""), ("Dana", ""), ("Mallory", ""), ("Sofia", "not-found")]


def test_a_sheet_there_is_not_is_refused(cast: Cast) -> None:
    """The trail holds codes, and only those there are."""
    with pytest.raises(casework.BadAnswer):
        casework.note_sheet(cast.amina, cast.episode().episode.id, "Ines Testova", SHA)


def test_everyone_who_reads_the_knowledge_prints_its_card(cast: Cast, trail: Trail) -> None:
    """It holds no patient; still it is kept who took it."""
    for code in ("noor", "amina", "chidi", "dana"):
        casework.note_source_card(cast.people[code], SHA)
    assert [event.person_name for event in trail("sheet:print")] == ["Noor", "Amina", "Chidi", "Dana"]
    refused(cast, lambda a: casework.note_source_card(a, SHA), "mallory")


def test_a_table_of_the_cohort_leaves_with_its_question_and_selection_in_the_trail(cast: Cast, trail: Trail) -> None:
    """Codes only; what is no code of a question is refused and not repeated."""
    selection = {"first_month": "2026-01", "sites": ("main",), "sexes": ()}
    casework.note_table(cast.people["chidi"], "urgency", selection)
    (event,) = trail("export:table")
    assert coded(event) == ({}, {"table": "urgency", "first_month": "2026-01", "sites": ["main"]})
    with pytest.raises(casework.BadAnswer):
        casework.note_table(cast.people["chidi"], "all about Mr. Testov", {})
    refused(cast, lambda a: casework.note_table(a, "urgency", {}), "noor", "dana")
