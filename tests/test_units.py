"""Units as people say them, and back again without loss."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import units

PAIRS = [*units._FACTORS, ("°F", "°C")]


@pytest.mark.parametrize(
    ("value", "unit", "into", "expected"),
    [
        (1, "mi", "km", 1.609344),
        (26.2, "mi", "km", 42.1648128),
        (150, "lb", "kg", 68.0388555),
        (12, "st", "kg", 76.20351816),
        (72, "in", "cm", 182.88),
        (6, "weeks", "days", 42),
        (3, "months", "days", 91.310625),
        (98.6, "°F", "°C", 37),
        (7.5, "km", "km", 7.5),
    ],
)
def test_a_conversion_is_the_definition(value: float, unit: str, into: str, expected: float) -> None:
    """The factors are those of the 1959 agreement and the calendar, not roundings of them."""
    assert units.converted(value, unit, into) == pytest.approx(expected, rel=1e-14)


@given(value=st.floats(0, 1e6, allow_nan=False), pair=st.sampled_from(PAIRS))
def test_there_and_back_is_the_same_value(value: float, pair: tuple[str, str]) -> None:
    """Converting to the stored unit and back loses nothing anyone could see."""
    unit, into = pair
    assert units.converted(units.converted(value, unit, into), into, unit) == pytest.approx(value, rel=1e-12, abs=1e-9)


def test_units_of_different_kinds_are_refused() -> None:
    """A weight is not a distance."""
    with pytest.raises(units.UnknownUnit, match="lb cannot be turned into km"):
        units.converted(1, "lb", "km")


@pytest.mark.parametrize("typed", ["5 ft 11", "5'11\"", "5' 11", "5ft 11in", "5 feet 11 inches", [5, 11], ("5", "11")])
def test_a_height_is_read_however_it_is_written(typed: object) -> None:
    """Five foot eleven is 180.34 cm in any spelling."""
    assert units.converted(float(str(units.quantity(typed, "ft"))), "ft", "cm") == pytest.approx(180.34)


def test_a_pace_is_read_as_minutes_and_seconds() -> None:
    """5:30 is five and a half minutes, and only for a pace."""
    assert units.quantity("5:30", "min/km") == 5.5
    assert units.quantity("5:30", "km") == "5:30"


@given(feet=st.integers(3, 7), inches=st.integers(0, 11))
def test_a_height_is_said_as_it_is_read(feet: int, inches: int) -> None:
    """What spoken() writes, quantity() reads back to the same height."""
    said = units.spoken(feet + inches / 12, "ft")
    assert said == f"{feet} ft {inches} in"
    assert float(str(units.quantity(said, "ft"))) == pytest.approx(feet + inches / 12)


@given(seconds=st.integers(180, 1200))
def test_a_pace_is_said_as_it_is_read(seconds: int) -> None:
    """What spoken() writes, quantity() reads back to the same pace."""
    assert units.quantity(units.spoken(seconds / 60, "min/mi"), "min/mi") == pytest.approx(seconds / 60)


@pytest.mark.parametrize("typed", ["abc", "5 ft eleven", "", "1:99", None, 7])
def test_what_is_not_understood_comes_back_unchanged(typed: object) -> None:
    """quantity() guesses nothing: the answer's own check then refuses it."""
    assert units.quantity(typed, "min/km") == typed


def test_a_decimal_comma_is_a_decimal_point() -> None:
    """12,5 is twelve and a half, while 1,000 is left for the answer's own check to refuse."""
    assert units.quantity("12,5", "km") == "12.5"
    assert units.quantity("1,000", "km") == "1,000"
