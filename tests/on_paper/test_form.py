"""The printed form: every question with its number, room for every answer, and whose it is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dashboard import on_paper, printing
from dashboard.clinic import clinic
from dashboard.on_paper import form
from dashboard.patient_words import LANGUAGES, words
from tests.printed import catalogue, pages, squeezed

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MOST_PAGES = 5
LINES = on_paper.lines()


def printed(*who: str, edition: str = "staff") -> bytes:
    """The form, for somebody or blank."""
    return printing.printed(form.TEMPLATE, form.content(clinic(), who, edition), NOW)


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_patients_form_asks_what_patients_can_answer_in_their_words_under_the_same_numbers(language: str):
    """Whoever keys it in finds the question they know, whatever language it was answered in."""
    plainly = words(language)
    text = squeezed(" ".join(pages(printed(edition=language))))
    own = [each for each in LINES if each.item.id in plainly.questions]
    assert len(own) > 90
    for each in own:
        asked = plainly.questions[each.item.id]
        assert squeezed(f"{each.number}") in text
        assert squeezed(asked.ask) in text, each.number
        for place, option in enumerate(each.options, 1):
            assert squeezed(f"{place}{asked.options[option.code]}") in text, each.number
    assert "phq" not in text.lower()
    assert catalogue(printed(edition=language))["language"] == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_patients_form_fits_on_few_sheets(language: str):
    """In Spanish it is longer."""
    assert len(pages(printed(edition=language))) <= MOST_PAGES + 1


def test_amounts_stand_in_the_clinics_units():
    """A form in pounds is filled in in pounds."""
    lines = [line for section in form.content(clinic())["sections"] for line in section["lines"]]
    (weight,) = [line for line in lines if line["number"] == on_paper.number_of("weight_kg")]
    assert (weight["unit"], weight["other_units"]) == (clinic().weight_unit, ["kg", "st"])
