"""The cohort page: numbers that can be defended, filters in the address, and no one to be found in it."""

from __future__ import annotations

import pytest

from dashboard.disclosure import BAND
from tests.cast import Clinic
from tests.pages.episodes import an_episode
from tests.pages.visiting import seen, visit
from tests.populace import populate


def metrics(at: object) -> dict[str, str]:
    """The headline's numbers by label."""
    return {each.label: each.value for each in at.metric}  # type: ignore[attr-defined]


TOTAL, SELECTED = "Intakes submitted, whole clinic, all time", "In this selection"


def test_the_managers_total_rises_by_one_with_every_intake(clinic: Clinic):
    """Exact, for it tells of nobody; what is selected stays a band."""
    assert metrics(visit("chidi", "cohort"))[TOTAL] == "0"
    an_episode(clinic)
    at = visit("chidi", "cohort")
    assert metrics(at) == {TOTAL: "1", SELECTED: BAND}
    an_episode(clinic, family_name="Other")
    assert metrics(visit("chidi", "cohort"))[TOTAL] == "2"


@pytest.mark.parametrize("person", ["amina", "chidi"])
def test_every_figure_has_a_finding_a_denominator_a_definition_and_an_alternative_text(clinic: Clinic, person: str):
    """For clinicians and for the manager."""
    populate(clinic, 60)
    at = visit(person, "cohort")
    assert not at.exception
    figures = at.get("plotly_chart")
    assert len(figures) >= 4
    for figure in figures:
        assert figure.proto.alt
    shown = seen(at)
    for words in ("How many runners come", "How urgent", "What becomes of", "How far do referrals", "intakes"):
        assert words in shown


def test_the_table_and_the_definition_are_one_press_away(clinic: Clinic):
    """Opening "how this number was made" shows the table, the definition, the selection and a download."""
    populate(clinic, 60)
    at = visit("amina", "cohort")
    at.session_state["more-urgency"] = True
    at.run()
    shown = seen(at).replace("\\", "")
    assert "How this number was made" in shown
    assert "red-flag rules" in shown
    assert "<table>" in shown
    assert "Selection:" in shown


def test_a_filter_narrows_what_is_counted(clinic: Clinic):
    """The selection of one site is that site's intakes."""
    made = populate(clinic, 60)
    at = visit("amina", "cohort")
    assert metrics(at)[SELECTED] == str(len(made.intakes))
    at.multiselect(key="site").select("north").run()
    north = sum(intake.site_id == clinic.sites["north"].id for intake in made.intakes)
    assert metrics(at) == {TOTAL: str(len(made.intakes)), SELECTED: str(north)}
    at.button(key="clear-filters").click().run()
    assert metrics(at)[SELECTED] == str(len(made.intakes))


def test_months_narrow_what_is_counted(clinic: Clinic):
    """From one month to another, both included."""
    made = populate(clinic, 60)
    at = visit("amina", "cohort")
    at.selectbox(key="from").select("2025-12")
    at.selectbox(key="to").select("2026-01").run()
    inside = sum("2025-12" <= intake.month <= "2026-01" for intake in made.intakes)
    assert metrics(at)[SELECTED] == str(inside)


def test_a_shared_address_opens_the_same_view(clinic: Clinic):
    """The filter stands in the address and is read from it."""
    made = populate(clinic, 60)
    at = visit("amina", "cohort", site="North Harbor")
    north = sum(intake.site_id == clinic.sites["north"].id for intake in made.intakes)
    assert metrics(at)[SELECTED] == str(north)


def test_no_patient_is_named_to_anyone(clinic: Clinic):
    """Neither name nor number, whoever looks."""
    an_episode(clinic, family_name="Secretova")
    for person in ("amina", "chidi"):
        shown = seen(visit(person, "cohort"))
        assert "Secretova" not in shown
        assert "PAGE-" not in shown


def test_an_empty_clinic_says_so(clinic: Clinic):
    """Every figure has an empty state that says what to do."""
    at = visit("amina", "cohort")
    assert not at.exception
    assert "Nothing to count in this selection" in seen(at)
    assert not at.get("plotly_chart")


@pytest.mark.parametrize("person", ["amina", "chidi"])
def test_what_becomes_of_suggestions_has_a_tab_of_its_own(clinic: Clinic, person: str):
    """Acceptance by rule, condition, step and version, reasons, calibration: for clinicians and for the manager."""
    populate(clinic, 160, seed=8)
    at = visit(person, "cohort")
    assert "red-flag rules followed" not in seen(at).replace("\\", "")
    at.session_state["cohort-tab"] = "The suggestions"
    at.run()
    assert not at.exception
    shown = seen(at).replace("\\", "")
    for words in ("red-flag rules followed", "leading conditions accepted", "overridden", "called likely", "turns out"):
        assert words in shown, words
    for figure in at.get("plotly_chart"):
        assert figure.proto.alt
    at.session_state["more-calibration"] = True
    at.run()
    assert "Wilson" in seen(at).replace("\\", "")
