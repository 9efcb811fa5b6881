"""Two sites with units and days of their own: each writes its own way, and looking changes nothing that is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard import casework
from dashboard.casework.views import DraftView
from tests.pages.test_intake import at_section, draft, fill, kept
from tests.pages.visiting import seen, visit

__all__ = ["draft"]
NORTH = """
date_format = "MM/DD/YYYY"
[[site]]
code = "north"
name = "North"
date_format = "YYYY-MM-DD"
distance_unit = "km"
weight_unit = "kg"
height_unit = "cm"
"""


@pytest.fixture
def metric(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The north site writes kilometres, kilograms, centimetres and the year first."""
    path = tmp_path / "clinic.toml"
    path.write_text(NORTH, encoding="utf-8")
    monkeypatch.setenv("BACKSTRIDE_CLINIC", str(path))


@pytest.mark.usefixtures("metric")
def test_a_field_starts_in_the_unit_of_the_patients_site(draft: DraftView):
    """In the north a distance is asked in kilometres, and a typed one is kept as it is."""
    fill(draft, runner="yes")
    at = at_section(draft, "running")
    assert at.segmented_control(key=f"{draft.id}.weekly_distance_km.unit").value == "km"
    at.number_input(key=f"{draft.id}.weekly_distance_km").set_value(42.195).run()
    assert kept(draft)["weekly_distance_km"] == 42.195


@pytest.mark.usefixtures("metric")
def test_what_was_typed_in_miles_stays_miles_where_kilometres_are_usual(draft: DraftView):
    """Opened and closed again at a site of other units, the answer is shown as typed, and nothing is written."""
    noor = casework.actor_for("noor")
    fill(draft, runner="yes")
    before = casework.save_answer(noor, draft.id, "weekly_distance_km", 26.2, unit="mi")
    at = at_section(draft, "running")
    assert at.number_input(key=f"{draft.id}.weekly_distance_km").value == 26.2
    assert at.segmented_control(key=f"{draft.id}.weekly_distance_km.unit").value == "mi"
    after = casework.read_draft(noor, draft.id)
    assert (after.answers, after.entered) == (before.answers, before.entered)


def test_kilometres_shown_in_miles_are_still_kilometres(draft: DraftView):
    """At a site of miles the field starts from the converted amount, rounded, and does not write it back."""
    fill(draft, runner="yes", weekly_distance_km=42.195)
    at = at_section(draft, "running")
    assert at.number_input(key=f"{draft.id}.weekly_distance_km").value == 26.22
    at.run()
    assert kept(draft)["weekly_distance_km"] == 42.195


@pytest.mark.usefixtures("metric")
def test_a_birthday_is_written_in_the_form_of_the_site(draft: DraftView):
    """The finder says the date of birth as the person's own site writes it."""
    at = visit("noor", "home")
    at.text_input(key="find-patient").set_value("Invented").run()
    assert f"{draft.patient.date_of_birth.isoformat()}" in seen(at)
