"""The intake as a whole: what is asked, what is missing, what looks like a slip, and the case it all makes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import intake, units
from dashboard.clinic import clinic
from dashboard.clinical.answers import BadAnswer
from dashboard.clinical.vocabulary import Item
from tests.casework.histories import CHOSEN, a_history, typed

KNOWN = intake.knowledge()
NUMBERS = [item for item in KNOWN.items.values() if item.type in ("integer", "decimal")]
ENTERED_IN = [(item, unit) for item in NUMBERS for unit in item.units]


def a_value(item: Item) -> Any:
    """Some answer an item takes, as a file or a widget would give it."""
    first = item.options[0].code if item.options else ""
    return {
        "flag": "yes",
        "choice": first,
        "choices": [first],
        "sites": [first],
        "integer": int(item.maximum or 0),
        "decimal": item.maximum or 0.0,
        "text": "2031-05-31" if item.coming else "some words",
        "mix": {first: 100},
        "grid": {f"{item.rows[0].code}.{item.sides[0]}": item.maximum} if item.rows else {},
        "activities": [["run", 3], ["sit", None]],
    }[item.type]


# One answer


@pytest.mark.parametrize("item", KNOWN.items.values(), ids=lambda item: item.id)
def test_every_item_takes_an_answer_that_storing_does_not_change(item: Item) -> None:
    """Accepted, put into JSON, thawed and accepted again: the same answer."""
    answer = intake.accept(item, a_value(item)).answer
    assert answer is not None
    assert intake.thawed(intake.plain(answer)) == answer
    assert intake.accept(item, intake.plain(answer)).answer == answer


@pytest.mark.parametrize("blank", [None, "", "   ", [], {}])
def test_blank_is_no_answer_of_any_item(blank: object) -> None:
    """Nothing typed is nothing said, never no."""
    said = {item.id: intake.accept(item, blank) for item in KNOWN.items.values()}
    assert {item for item, accepted in said.items() if accepted != intake.Accepted(None, None)} == set()


def test_zero_and_no_are_answers() -> None:
    """A pain of 0 was asked and answered."""
    assert intake.accept("nprs_leg", 0).answer == 0
    assert intake.accept("rf_fever", False).answer == "no"
    assert intake.accept("rf_fever", "unknown").answer == "unknown"


@pytest.mark.parametrize(("item", "unit"), ENTERED_IN, ids=lambda each: getattr(each, "id", each))
def test_every_unit_an_item_may_be_entered_in_can_be_converted(item: Item, unit: str) -> None:
    """A unit the knowledge offers is one the screen can take."""
    assert units.converted(units.converted(1.0, unit, str(item.unit)), str(item.unit), unit) == pytest.approx(1)


@given(
    entry=st.sampled_from(
        [
            ("weekly_distance_km", "mi", 180),
            ("weight_kg", "lb", 400),
            ("shoe_age_km", "mi", 1800),
            ("height_cm", "in", 80),
        ]
    ),
    share=st.integers(200, 1000),
)
def test_what_was_entered_is_shown_again_exactly(entry: tuple[str, str, int], share: int) -> None:
    """Whatever the conversion does to the last digit, the desk reads what it wrote."""
    item, unit, most = entry
    value = round(share / 1000 * most, 1)
    if item == "height_cm" and value < 40:
        value += 40
    kept = intake.accept(item, value, unit)
    assert intake.shown_value(item, kept.answer, kept.entered, unit) == value
    assert kept.answer == pytest.approx(units.converted(value, unit, KNOWN.items[item].unit or ""), abs=1e-6)


@pytest.mark.parametrize(
    ("item", "raw", "unit", "answer", "shown"),
    [
        ("height_cm", "5 ft 11", "ft", 180.34, "5 ft 11"),
        ("height_cm", [5, 11], "ft", 180.34, [5, 11]),
        ("pace_min_per_km", "8:51", "min/mi", 5.499135, "8:51"),
        ("pace_min_per_km", "5:30", None, 5.5, "5:30"),
        ("pain_duration_days", 6, "weeks", 42, 6),
        ("pain_duration_days", 3, "months", 91.310625, 3),
        ("weekly_distance_km", "26,2", "mi", 42.164813, "26,2"),
        ("exam_temp_c", 101.3, "°F", 38.5, 101.3),
    ],
)
def test_people_say_amounts_their_way(item: str, raw: object, unit: str | None, answer: float, shown: object) -> None:
    """Feet and inches, minutes a mile, weeks, a decimal comma: stored in one unit, shown as typed."""
    kept = intake.accept(item, raw, unit)
    assert kept.answer == pytest.approx(answer)
    assert intake.shown_value(item, kept.answer, kept.entered, unit or KNOWN.items[item].unit) == shown


def test_an_answer_entered_elsewhere_is_shown_in_the_clinics_unit() -> None:
    """Kilometres from a case file appear as miles, feet and minutes a mile where the clinic thinks so."""
    assert intake.shown_value("weekly_distance_km", 42.195, None, "mi") == 26.22
    assert intake.shown_value("height_cm", 180.34, None, "ft") == "5 ft 11 in"
    assert intake.shown_value("pace_min_per_km", 5.5, None, "min/mi") == "8:51"
    assert intake.shown_value("weekly_distance_km", 26.2, {"raw": 26.2, "unit": "mi"}, "km") == 26.2
    assert intake.shown_value("weekly_distance_km", None) is None


@pytest.mark.parametrize(
    ("item", "raw", "unit", "says"),
    [
        ("weekly_distance_km", 400, "mi", "should lie from 0 mi to 186.4 mi"),
        ("height_cm", "9 ft 2", "ft", "should lie from 3 ft 4 in to 7 ft 6 in"),
        ("weekly_distance_km", 10, "lb", "cannot be entered in lb; use km or mi"),
        ("weekly_distance_km", "far", "mi", "is not a number of mi; type it like 12.5"),
        ("height_cm", "tall", "ft", "is not a number of ft; type it like 5 ft 11"),
        ("no_such_item", 1, None, "is not a question of this intake"),
    ],
)
def test_an_error_speaks_in_the_unit_that_was_typed(item: str, raw: object, unit: str | None, says: str) -> None:
    """Whoever types miles is told the limit in miles."""
    with pytest.raises(BadAnswer) as refusal:
        intake.accept(item, raw, unit)
    assert says in refusal.value.message
    assert refusal.value.item == item


def test_the_clinics_units_are_ones_the_items_offer() -> None:
    """Distances, weight, height and pace can each be entered the way the clinic's settings prefer."""
    for item, preferred in {"weekly_distance_km": "mi", "weight_kg": "lb", "height_cm": "ft"}.items():
        known = KNOWN.items[item]
        assert clinic().unit_for((str(known.unit), *known.units)) == preferred


# The whole


def test_an_empty_intake_asks_for_what_is_required() -> None:
    """Nothing is done, and every required question without a condition is missing."""
    empty = intake.progress({})
    assert empty.percent == 0
    assert not empty.complete
    missing = {item for items in empty.missing.values() for item in items}
    assert {"age_years", "rf_fever", "nprs_worst", "consent_record"} <= missing
    assert missing <= intake.visible({})


def test_a_complete_history_is_complete() -> None:
    """Hundred per cent, nothing missing, in every section."""
    whole = intake.progress(a_history())
    assert (whole.percent, whole.complete, dict(whole.missing)) == (100, True, {})
    assert all(section.required_done == section.required for section in whole.sections)
    assert [section.id for section in whole.sections] == [section.id for section in intake.asked_sections()]


@given(st.data())
def test_every_answer_taken_away_is_missed_and_only_it(data: st.DataObject) -> None:
    """Progress is exact: it names the required questions left open, no more and no fewer."""
    required = sorted(item for item in typed(CHOSEN) if KNOWN.items[item].required)
    gone = data.draw(st.sets(st.sampled_from(required), min_size=1, max_size=5))
    answers = a_history(**dict.fromkeys(gone))
    shown = intake.visible(answers)
    missing = {item for items in intake.progress(answers).missing.values() for item in items}
    assert missing == {item for item in gone if item in shown}


def test_an_unknown_flag_counts_as_asked() -> None:
    """Asked and not known is an answer of its own."""
    assert intake.progress(a_history(rf_fever="unknown")).complete


def test_clinicians_questions_are_not_missed_at_the_desk() -> None:
    """Progress is about the history; examination and file entries are not asked of staff."""
    staff = {section.id for section in intake.asked_sections("staff")}
    asked = {KNOWN.items[item].section for items in intake.progress({}).missing.values() for item in items}
    assert asked <= staff
    assert intake.asked_sections("clinician")
    assert not staff & {section.id for section in intake.asked_sections("clinician")}


def test_a_hidden_answer_neither_counts_nor_shows_another_question() -> None:
    """Weakness answered no hides how it got worse, and that answer then says nothing."""
    answers = a_history(weakness_self="no", weakness_progressive="over_hours")
    assert "weakness_progressive" not in intake.visible(answers)
    assert "weakness_progressive" not in intake.case_of(answers).answers
    assert intake.preview(answers)["urgency"] == intake.preview(a_history())["urgency"]


@given(st.lists(st.tuples(st.sampled_from(sorted(CHOSEN)), st.booleans()), min_size=1, max_size=8))
def test_many_histories_at_once_are_the_cases_each_makes_alone(changes: list[tuple[str, bool]]) -> None:
    """With answers taken out or to questions that are then hidden, whoever else is among them."""
    whole = typed(a_history(weakness_self="right", weakness_progressive="no"))
    histories = [
        {item: answer for item, answer in (whole | ({"weakness_self": "no"} if hidden else {})).items() if item != gone}
        for gone, hidden in changes
    ]
    cases = intake.cases_of([whole, *histories])
    assert cases == [intake.case_of(history) for history in [whole, *histories]]
    assert [("weakness_progressive" in case.answers) for case in cases[1:]] == [not hidden for _, hidden in changes]
    assert intake.cases_of([]) == []


def test_a_case_holds_no_words() -> None:
    """Free text, details and the names of activities stay out; ratings stay in."""
    answers = a_history(psfs=[["Thursday run with Ines", 3]], goal_text="Boston with Ines", rf_fever_detail="said Ines")
    case = intake.case_of(answers).answers
    assert "Ines" not in str(case)
    assert case["psfs"] == (("activity 1", 3),)
    assert not [item for item in case if KNOWN.items[item].type == "text"]


def test_words_change_nothing_in_what_is_said() -> None:
    """Two patients who differ only in their words have the same assessment."""
    plain, wordy = a_history(), a_history(goal_text="entirely different", rf_fever_detail="words")
    assert intake.preview(plain) == intake.preview(wordy)


# Soft warnings


def test_an_ordinary_history_gives_no_warning() -> None:
    """Warnings that always show are never read."""
    assert intake.warnings(a_history()) == ()
    assert intake.warnings({}) == ()
