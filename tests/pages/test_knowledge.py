"""The knowledge page: every condition, rule, number and source can be read, found and judged."""

from __future__ import annotations

import pytest

from dashboard.in_force import knowledge
from dashboard.ui.panels import library
from dashboard.ui.panels.markup import text
from tests.cast import Clinic
from tests.pages.visiting import seen, visit

TABS = (
    "Conditions",
    "Red flags",
    "Ladder and imaging",
    "Orthobiologics",
    "Prevention",
    "Questions",
    "Outcome measures",
    "Sources",
    "Changes",
)


def open_tab(tab: str, search: str = "") -> str:
    """What one tab shows, searched for something."""
    at = visit("noor", "knowledge")
    at.session_state["knowledge-tab"] = tab
    if search:
        at.text_input(key="search").input(search)
    at.run()
    assert not at.exception, at.exception
    return seen(at)


def test_which_knowledge_it_is_stands_first(clinic: Clinic):
    """Version, whole hash, and how much of it is checked."""
    shown = seen(visit("chidi", "knowledge")).replace("\\", "")
    assert knowledge().version in shown
    assert knowledge().sha256 in shown
    counted = library.statuses(knowledge().sha256)
    assert sum(counted.values()) > 300
    for status in ("source-seen", "to-check", "expert"):
        assert f"{counted[status]} of {sum(counted.values())}" in shown


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens(clinic: Clinic, tab: str):
    """Each on its own."""
    open_tab(tab)


def test_every_condition_shows_every_piece_of_its_evidence(clinic: Clinic):
    """Each finding of each condition, with its ratios."""
    at = visit("noor", "knowledge")
    for condition in knowledge().conditions.values():
        at.selectbox(key="condition").select(condition.id).run()
        assert not at.exception, (condition.id, at.exception)
        shown = seen(at)
        for row in condition.evidence:
            assert text(knowledge().findings[row.finding].title) in shown, (condition.id, row.finding)
            if row.present is not None:
                assert f">{row.present:g}</td>" in shown


def test_every_red_flag_rule_can_be_read(clinic: Clinic):
    """Title, each way it fires, what to do, and what it is there to find."""
    shown = open_tab("Red flags")
    conditions = knowledge().conditions
    for rule in knowledge().red_flags:
        if rule.suspects:
            assert text("Looks for: " + ", ".join(conditions[id_].title for id_ in rule.suspects)) in shown
        assert text(f"{rule.id} {rule.title}") in shown
        assert text(rule.action) in shown
        for clause in rule.clauses:
            assert text(clause.says) in shown


def test_every_gate_contraindication_procedure_and_trial_can_be_read(clinic: Clinic):
    """The negative trials as well as the positive ones."""
    shown = open_tab("Orthobiologics").replace("\\", "")
    for each in (*knowledge().gates, *knowledge().contraindications):
        assert text(each.title) in shown
    trials = [trial for option in knowledge().options for trial in option.trials]
    assert any(trial.direction == "negative" for trial in trials)
    for trial in trials:
        assert text(trial.text) in shown


def test_every_question_every_measure_and_every_source_can_be_read(clinic: Clinic):
    """Nothing the reasoning uses is hidden."""
    questions, measures, sources = open_tab("Questions"), open_tab("Outcome measures"), open_tab("Sources")
    for item in knowledge().items.values():
        assert text(item.id) in questions
    for cost in knowledge().costs:
        assert text(cost.says) in questions
        assert f"{cost.minutes:g} min" in questions
    for measure in knowledge().instruments.values():
        assert text(measure.title) in measures
    for reference in knowledge().references.values():
        assert text(reference.text) in sources


def test_a_search_leaves_what_holds_every_word(clinic: Clinic):
    """In any order, whatever the capitals."""
    shown = open_tab("Questions", "FEVER")
    assert "rf_fever" in shown
    assert "shoe_drop_mm" not in shown


def test_a_search_that_finds_nothing_says_so(clinic: Clinic):
    """On every tab that lists something."""
    for tab in TABS[:-1]:
        assert "Nothing here holds" in open_tab(tab, "xyzzyplugh").replace("\\", ""), tab


def test_an_address_opens_a_condition(clinic: Clinic):
    """A link from elsewhere leads to it."""
    at = visit("noor", "knowledge", condition=knowledge().conditions["sacral_bone_stress_injury"].title)
    assert at.selectbox(key="condition").value == "sacral_bone_stress_injury"


def test_what_changed_is_told(clinic: Clinic):
    """The knowledge's own change log names the version in force."""
    assert knowledge().version in open_tab("Changes")
