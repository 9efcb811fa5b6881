"""Considering an assessment: for those who may read it, under its own knowledge, and from answers alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard import casework
from dashboard.casework import considering
from dashboard.in_force import knowledge
from tests.cast import Clinic
from tests.pages.episodes import an_episode


def test_a_clinician_and_the_desk_may_ask_what_would_change(clinic: Clinic):
    """Both may read the episode."""
    file = an_episode(clinic)
    for person in ("amina", "noor"):
        found = considering.considered(casework.actor_for(person), file)
        assert found.what_if.changes
        assert found.ranking.then
        assert found.knowledge.sha256 == knowledge().sha256


def test_who_may_not_read_episodes_may_not_ask(clinic: Clinic):
    """Chidi sees numbers, not patients."""
    file = an_episode(clinic)
    with pytest.raises(casework.Forbidden):
        considering.considered(casework.actor_for("chidi"), file)


def test_an_assessment_whose_knowledge_was_not_kept_cannot_be_considered(clinic: Clinic):
    """It is said so; nothing is worked out under another knowledge instead."""
    file = an_episode(clinic)
    lost = replace(file, document={**file.document, "knowledge": {"version": "0.0.0", "sha256": "0" * 64}})
    with pytest.raises(casework.NotFound):
        considering.considered(casework.actor_for("amina"), lost)


def test_nobodys_words_are_considered(clinic: Clinic):
    """What the patient said in free words is not part of what is tried, and not remembered."""
    file = an_episode(clinic, goal_text="the invented race")
    assert "invented race" in str(file.answers)
    assert "invented race" not in repr(considering.considered(casework.actor_for("amina"), file).explored.case)
