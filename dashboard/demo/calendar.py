"""When things happen in the invented clinic: on working days, in its opening hours, never after the last day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from dashboard.demo.dice import Dice
from dashboard.demo.made_up import made_up

OPENS, CLOSES = 13, 21
"""The clinic's hours of the day in UTC: eight to four on the American east coast in winter."""
MONTHS = 24


def first_day(until: date) -> date:
    """Two years before the last day."""
    return until.replace(year=until.year - 2, day=min(until.day, 28))


def midnight(day: date) -> datetime:
    """The beginning of a day, in UTC."""
    return datetime.combine(day, time(), UTC)


def intake_moments(dice: Dice, size: int, until: date) -> list[datetime]:
    """When that many intakes were handed in, oldest first: more before races, and more as the clinic grew."""
    days = [first_day(until) + timedelta(days=n) for n in range((until - first_day(until)).days)]
    weights = {day: _busy(day, n / len(days)) for n, day in enumerate(days) if day.weekday() < 5}
    return sorted(in_opening_hours(dice, dice.pick(weights)) for _ in range(size))


def _busy(day: date, elapsed: float) -> float:
    spec = made_up("clinic")["intakes"]
    return float(spec["by_month"][day.month - 1] * (1 + (spec["growth"] - 1) * elapsed))


def in_opening_hours(dice: Dice, day: date) -> datetime:
    """Some moment of a day at which the clinic is open."""
    return midnight(day) + timedelta(hours=OPENS, minutes=dice.number(0, 60 * (CLOSES - OPENS) - 1))


def when_open(dice: Dice, moment: datetime) -> datetime:
    """The moment itself if the clinic is open then, else some time early on the next working day."""
    if moment.weekday() < 5 and OPENS <= moment.hour < CLOSES:
        return moment
    day = moment.date() if moment.hour < OPENS else moment.date() + timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return midnight(day) + timedelta(hours=OPENS, minutes=dice.number(5, 150))
