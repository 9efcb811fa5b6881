"""Answers, dates and times as the screens say and read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from dashboard import intake
from dashboard.clinic import clinic
from dashboard.ui import look, words

BORN = date(1989, 3, 14)


@pytest.mark.parametrize(
    ("form", "typed"),
    [
        ("MM/DD/YYYY", "03/14/1989"),
        ("MM/DD/YYYY", " 3-14-1989 "),
        ("MM/DD/YYYY", "03141989"),
        ("DD/MM/YYYY", "14.3.1989"),
        ("DD/MM/YYYY", "14 03 1989"),
        ("YYYY-MM-DD", "1989-03-14"),
        ("YYYY-MM-DD", "19890314"),
        ("D Mon YYYY", "14 Mar 1989"),
        ("D Mon YYYY", "14 march 1989"),
    ],
)
def test_a_birthday_is_read_in_the_clinics_own_form(monkeypatch: pytest.MonkeyPatch, form: str, typed: str):
    """Whatever stands between its parts, a date typed in the clinic's order is understood."""
    here = clinic().__class__(**{**clinic().__dict__, "date_format": form})
    monkeypatch.setattr(words, "clinic", lambda: here)
    assert words.day_typed(typed) == BORN


@pytest.mark.parametrize(
    ("form", "written"),
    [("MM/DD/YYYY", "MM/DD/YYYY"), ("DD/MM/YYYY", "DD/MM/YYYY"), ("D Mon YYYY", "YYYY-MM-DD")],
)
def test_a_date_field_writes_the_clinics_form_where_it_can(monkeypatch: pytest.MonkeyPatch, form: str, written: str):
    """A month in letters it cannot write; then nobody takes the day for the month."""
    monkeypatch.setattr(words, "clinic", lambda: replace(clinic(), date_format=form))
    assert words.date_field() == written


@pytest.mark.parametrize("typed", ["", "yesterday", "31/31/1989", "14/03", "02/30/2001", "1/2/3/4", "13 Foo 1989"])
def test_what_is_no_date_is_not_guessed(typed: str):
    """A date that cannot be read is none, never a neighbouring one."""
    assert words.day_typed(typed) is None


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(minutes=-5), "0 min"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=47), "47 h"),
        (timedelta(days=2), "2 days"),
        (timedelta(days=90), "3 months"),
    ],
)
def test_waiting_is_said_in_the_unit_people_use(ago: timedelta, said: str):
    """Minutes, hours, days and months, and never a negative time."""
    assert words.since(datetime.now(UTC) - ago) == said


@pytest.mark.parametrize(
    ("item", "value", "entered", "said"),
    [
        ("consent_record", "yes", None, "Yes"),
        (
            "pain_sites",
            ["outer_hip:left", "groin:both"],
            None,
            "Outer hip (left), Groin or front of the hip (both sides)",
        ),
        ("height_cm", 180.34, {"raw": [5, 11], "unit": "ft"}, "5 ft 11 in"),
        ("pain_duration_days", 21, {"raw": 3, "unit": "weeks"}, "3 weeks"),
        ("surface_mix", {"asphalt": 70, "trail": 30}, None, "Asphalt 70 %, Trail 30 %"),
        ("psfs", [["run with friends", 3], ["sleep", None]], None, "run with friends (3/10), sleep (–/10)"),
    ],
)
def test_an_answer_is_said_in_words(item: str, value: object, entered: dict | None, said: str):
    """Labels for codes, sides for places, and amounts in the unit they were entered in."""
    assert words.answer(intake.knowledge().items[item], value, entered) == said


def test_a_name_never_becomes_formatting():
    """Signs that markdown would read are shown as they were typed."""
    assert look.plain("*Ada* [x](y) :red[z]") == "\\*Ada\\* \\[x\\]\\(y\\) \\:red\\[z\\]"


def test_a_label_is_read_aloud_without_escapes():
    """Hyphens, brackets and a colon before a space stay as they are; what would format is still escaped."""
    assert look.label("PHQ-2: pain now, 0 (none) to 10") == "PHQ-2: pain now, 0 (none) to 10"
    assert look.label("*now* :red[x]") == "\\*now\\* \\:red\\[x\\]"


def test_every_question_on_the_intake_is_labelled_in_words():
    """No sign of formatting in what a screen reader says of a question."""
    for item in intake.knowledge().items.values():
        assert "\\" not in look.label(item.wording), item.id


def test_a_moment_of_another_day_says_its_day():
    """ "Saved 13:03" of yesterday would be taken for today's."""
    now = datetime.now(UTC)
    before = datetime(2026, 3, 4, 13, 3, 6, tzinfo=UTC)
    assert words.moment(now) == f"{now:%H:%M}"
    assert (words.moment(before), words.moment(before, seconds=True)) == (
        "4 Mar 2026, 13:03",
        "4 Mar 2026, 13:03:06",
    )
