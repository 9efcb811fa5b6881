"""The printed form: every question with its number, room for every answer, and whose it is."""

from __future__ import annotations

from datetime import UTC, datetime

from dashboard import on_paper, printing
from dashboard.clinic import clinic
from dashboard.on_paper import form
from tests.printed import catalogue, pages, squeezed

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MOST_PAGES = 5
LINES = on_paper.lines()


def printed(*who: str) -> bytes:
    """The form, for somebody or blank."""
    return printing.printed(form.TEMPLATE, form.content(clinic(), who), NOW)


def test_every_line_stands_on_the_form_with_its_number_and_its_options():
    """Whoever keys it in finds each under the number on the screen."""
    text = squeezed(" ".join(pages(printed())))
    for line in LINES:
        assert line.number in text
        assert line.is_detail or squeezed(line.item.wording) in text
        for place, option in enumerate(line.options, 1):
            assert squeezed(f"{place}{option.label}") in text, line.number


def test_it_fits_on_few_sheets_and_is_a_tagged_document():
    """A form nobody has the patience for is not filled in."""
    made = printed()
    assert len(pages(made)) <= MOST_PAGES
    assert catalogue(made) == {"title": "Intake on paper", "language": "en", "tagged": True}


def test_a_form_for_somebody_says_whose_and_a_blank_one_leaves_room():
    """Name, day of birth and record number, so that no paper crosses patients."""
    named = " ".join(pages(printed("Ines Testova", "05/17/1990", "TEST-00001")))
    blank = " ".join(pages(printed()))
    assert "Ines Testova · 05/17/1990 · TEST-00001" in named
    assert "Record number" in blank
    assert "Testova" not in blank


def test_amounts_stand_in_the_clinics_units():
    """A form in pounds is filled in in pounds."""
    lines = [line for section in form.content(clinic())["sections"] for line in section["lines"]]
    (weight,) = [line for line in lines if line["number"] == on_paper.number_of("weight_kg")]
    assert (weight["unit"], weight["other_units"]) == (clinic().weight_unit, ["kg", "st"])
