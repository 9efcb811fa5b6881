"""What was typed comes back as it was typed, in every unit and in every form of a day, whatever is kept inside."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import dates, intake, units
from dashboard.clinic import clinic, read_clinic
from dashboard.clinical.answers import BadAnswer
from dashboard.clinical.vocabulary import Item
from dashboard.ui import field_numbers, words

NUMBERS = [item for item in intake.knowledge().items.values() if item.type in ("integer", "decimal")]
TYPED_IN = [(item, unit) for item in NUMBERS for unit in dict.fromkeys((item.unit, *item.units))]
SPOKEN = [(item, unit) for item, unit in TYPED_IN if unit and units.is_spoken(unit)]
PLAIN = [each for each in TYPED_IN if each not in SPOKEN]


def ends(item: Item, unit: str | None) -> tuple[float, float]:
    """The least and the most of an item, in a unit."""
    low, high = float(item.minimum or 0), float(item.maximum or 0)
    if unit in (None, item.unit):
        return low, high
    return units.converted(low, str(item.unit), str(unit)), units.converted(high, str(item.unit), str(unit))


def stored(item: Item, raw: object, unit: str | None) -> tuple[object, dict | None]:
    """An answer as the database gives it back: through JSON, with its typed form beside it."""
    kept = intake.accept(item, raw, unit if item.units else None)
    entered = None if kept.entered is None else dict(kept.entered)
    return tuple(json.loads(json.dumps([intake.plain(kept.answer), entered])))


@given(which=st.sampled_from(PLAIN), share=st.floats(0.002, 0.998), decimals=st.integers(0, 3))
def test_a_typed_number_is_said_and_shown_digit_for_digit(
    which: tuple[Item, str | None], share: float, decimals: int
) -> None:
    """Every item, every unit, any amount it takes: the field and the review show what was typed, to the last digit."""
    item, unit = which
    low, high = ends(item, unit)
    whole = item.type == "integer" and unit == item.unit
    raw = f"{low + share * (high - low):.{0 if whole else decimals}f}"
    if not low <= float(raw) <= high:
        return
    number = int(raw) if whole else float(raw)
    answer, entered = stored(item, number, unit)
    assert intake.shown_value(item, answer, entered, unit) == number
    said = words.answer(item, answer, entered or {"raw": number, "unit": unit})
    assert said == f"{units.figure(number)}{f' {unit}' if unit else ''}"
    assert float(units.figure(number)) == float(raw)
    typed_as_text, as_text = stored(item, raw, unit)
    assert intake.shown_value(item, typed_as_text, as_text, unit) == raw


@given(which=st.sampled_from(SPOKEN), share=st.floats(0.01, 0.99))
def test_feet_and_inches_and_paces_come_back_as_they_were_typed(which: tuple[Item, str], share: float) -> None:
    """5 ft 11 and 8:30, typed in one field or in two, are shown and said again exactly so."""
    item, unit = which
    low, high = ends(item, unit)
    value = low + share * (high - low)
    if unit == "ft":
        feet, inches = divmod(round(value * 12), 12)
        for raw in (f"{feet} ft {inches}", [feet, inches]):
            answer, entered = stored(item, raw, unit)
            assert intake.shown_value(item, answer, entered, unit) == raw
            assert field_numbers.start(item, answer, entered, unit) == [feet, inches]
            assert words.answer(item, answer, entered).removesuffix(" in") == f"{feet} ft {inches}"
    else:
        raw = units.spoken(value, unit)
        answer, entered = stored(item, raw, unit)
        assert intake.shown_value(item, answer, entered, unit) == raw
        assert words.answer(item, answer, entered) == f"{raw} {unit}"


@given(which=st.sampled_from(TYPED_IN), share=st.floats(0.01, 0.99), data=st.data())
def test_showing_an_answer_in_another_unit_changes_nothing_that_is_stored(
    which: tuple[Item, str | None], share: float, data: st.DataObject
) -> None:
    """A field drawn from an answer holds what was drawn, so that nothing is taken for a change; back it is as typed."""
    item, unit = which
    low, high = ends(item, unit)
    raw: object = low + share * (high - low)
    if which in SPOKEN:
        raw = units.spoken(raw, unit)
    elif item.type == "integer" and unit == item.unit:
        raw = round(raw)
    answer, entered = stored(item, raw, unit)
    other = data.draw(st.sampled_from(field_numbers.units_of(item) or (None,)))
    drawn = field_numbers.start(item, answer, entered, other)
    assert held_by_the_widget(other, drawn) == drawn
    assert stored(item, raw, unit) == (answer, entered)
    assert intake.shown_value(item, answer, entered, unit) == raw


def held_by_the_widget(unit: str | None, drawn: object) -> object:
    """What the browser holds of a field drawn so: two numbers, words, or a number without a needless fraction."""
    if unit == "ft":
        feet, inches = drawn  # type: ignore[misc]
        return [feet, field_numbers._whole(float(inches))]
    return drawn if isinstance(drawn, str) else field_numbers._whole(float(drawn))  # type: ignore[arg-type]


@pytest.mark.parametrize(("item", "unit"), TYPED_IN, ids=lambda each: getattr(each, "id", str(each)))
def test_the_limits_named_are_taken_when_they_are_typed(item: Item, unit: str | None) -> None:
    """Whoever types exactly the bound that the message names is not refused once more."""
    with pytest.raises(BadAnswer) as refusal:
        intake.accept(item, 1e9 if unit != "ft" else [9999, 0], unit if item.units else None)
    said = refusal.value.message.partition("from ")[2].rstrip(".")
    for bound in said.split(" to "):
        raw = bound.removesuffix(f" {unit}") if unit != "ft" else bound
        raw = raw if ":" in raw or unit == "ft" else float(raw.partition(" ")[0])
        assert intake.accept(item, raw, unit if item.units else None).answer is not None, bound


@given(tenths=st.integers(955, 1075))
def test_fahrenheit_comes_back_as_it_was_typed(tenths: int) -> None:
    """A temperature of an American thermometer is kept in Celsius and shown as it was read."""
    item, typed = intake.question("exam_temp_c"), tenths / 10
    answer, entered = stored(item, typed, "°F")
    assert intake.shown_value(item, answer, entered, "°F") == typed
    assert answer == pytest.approx((typed - 32) * 5 / 9, abs=1e-6)
    assert words.answer(item, answer, entered) == f"{typed:g} °F"


# Days

DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@given(day=DAYS, form=st.sampled_from(dates.FORMS))
def test_a_day_typed_in_the_sites_form_is_shown_as_it_was_typed(day: date, form: str) -> None:
    """Typed, kept as a day and written again: letter for letter the same; and read the same without ambiguity."""
    typed = dates.written(day, form)
    assert dates.written(dates.read(typed, form), form) == typed
    assert dates.read(dates.said(day), form) == day, "with its month in letters a day is the same everywhere"
    assert dates.read(day.isoformat(), form) == day, "and with its year first"


@pytest.mark.parametrize(
    ("form", "means"), [("MM/DD/YYYY", "4 Mar 2026"), ("DD/MM/YYYY", "3 Apr 2026"), ("D Mon YYYY", "3 Apr 2026")]
)
def test_the_third_of_the_fourth_means_what_the_site_says(form: str, means: str) -> None:
    """03/04/2026 is two days; which one is said beside the field, with the month in letters."""
    assert dates.said(dates.read("03/04/2026", form)) == means
    assert dates.said(dates.read("03.04.2026", form)) == means
    assert dates.said(dates.read("Mar 4, 2026", form)) == "4 Mar 2026"
    assert dates.said(dates.read("4 March 2026", form)) == "4 Mar 2026"


@pytest.mark.parametrize(
    ("typed", "form", "says"),
    [
        ("03/04/26", "MM/DD/YYYY", "four digits"),
        ("2/29/2025", "MM/DD/YYYY", "There is no such day"),
        ("31/31/1989", "DD/MM/YYYY", "There is no such day"),
        ("0/1/2000", "MM/DD/YYYY", "There is no such day"),
        ("14/03", "DD/MM/YYYY", "a day, a month and a year"),
        ("1/2/3/4", "MM/DD/YYYY", "a day, a month and a year"),
        ("13 Foo 1989", "D Mon YYYY", "The month cannot be read"),
        ("aa/bb/cccc", "MM/DD/YYYY", "cannot be read"),
        ("1" * 100_000, "MM/DD/YYYY", "too long"),
        ("99999999999/1/1", "YYYY-MM-DD", "cannot be read"),
        ("-1/-1/2000", "MM/DD/YYYY", "There is no such day|such as 03/14/1989"),
        ("1/1/0000", "MM/DD/YYYY", "There is no such day"),
        ("²/3/2000", "MM/DD/YYYY", "cannot be read"),
    ],
)
def test_what_is_no_day_is_refused_with_the_cure(typed: str, form: str, says: str) -> None:
    """Impossible, half, of two digits or no day at all: refused, and the message shows how to write one."""
    if typed.startswith("-1"):
        assert dates.read(typed, form) == date(2000, 1, 1), "the signs between the parts do not matter"
        return
    with pytest.raises(dates.BadDay, match=says) as refusal:
        dates.read(typed, form)
    assert dates.written(date(1989, 3, 14), form) in str(refusal.value)
    assert "Foo" not in str(refusal.value)


def test_digits_of_any_script_are_digits() -> None:
    """Full-width and Arabic digits are read as what they mean."""
    assert dates.read("０３/０４/２０２６", "MM/DD/YYYY") == dates.read("٠٣/٠٤/٢٠٢٦", "MM/DD/YYYY") == date(2026, 3, 4)


# Sites

FILE = """
date_format = "MM/DD/YYYY"
[[site]]
code = "main"
name = "Main site"
[[site]]
code = "riverside"
name = "Riverside"
date_format = "YYYY-MM-DD"
distance_unit = "km"
weight_unit = "kg"
height_unit = "cm"
"""


def test_a_site_writes_days_and_amounts_its_own_way(tmp_path: Path) -> None:
    """One clinic, two sites: each has its own form of days and its own units; what it leaves out is the clinic's."""
    path = tmp_path / "clinic.toml"
    path.write_text(FILE, encoding="utf-8")
    here = read_clinic(path)
    assert here.at("main") == here.at(None) == here.at("no-such-site") == here
    there, day = here.at("riverside"), date(2026, 3, 4)
    assert (here.day(day), there.day(day)) == ("03/04/2026", "2026-03-04")
    for item, own, others in (("weekly_distance_km", "km", "mi"), ("weight_kg", "kg", "lb"), ("height_cm", "cm", "ft")):
        known = intake.knowledge().items[item]
        offered = (*known.units, str(known.unit))
        assert (there.unit_for(offered), here.unit_for(offered)) == (own, others)
    assert there.state == here.state == clinic().state


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('date_format = "DD.MM.YYYY"', "site.date_format"),
        ('height_unit = "hands"', "site.height_unit"),
        ("idle_minutes = 5", "site.idle_minutes is not a setting"),
    ],
)
def test_a_sites_own_setting_is_checked_like_the_clinics(tmp_path: Path, line: str, says: str) -> None:
    """A form nobody knows, or a setting no site has of its own, is refused with file, key and cure."""
    path = tmp_path / "clinic.toml"
    path.write_text(f'[[site]]\ncode = "main"\nname = "Main"\n{line}\n', encoding="utf-8")
    with pytest.raises(ValueError, match=says):
        read_clinic(path)
