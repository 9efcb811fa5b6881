"""Who runs: invented people with names made of running, their bodies, habits and shoes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from dashboard.demo.dice import Dice
from dashboard.demo.made_up import made_up


@dataclass(frozen=True)
class Runner:
    """An invented patient, as they are whatever hurts."""

    number: int
    given_name: str
    family_name: str
    sex: str
    born: date
    site: str
    phone: str
    height_cm: int
    weight_lb: int
    runs: str
    """Whether they run: yes, used_to or no."""
    weekly_mi: float
    years_running: int
    pace: str
    """Minutes and seconds a mile."""
    cadence: int
    surfaces: dict[str, float] = field(hash=False)
    terrain: str = "flat"
    shoe: str = "neutral"
    shoe_name: str = ""
    race: str = "none"

    def age_on(self, day: date) -> int:
        """Whole years of age on a day."""
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))


def invent_runners(seed: int, size: int, until: date) -> list[Runner]:
    """That many different people, the same every time for a seed."""
    given, family = made_up("people")["given"], made_up("people")["family"].split()
    names = [(sex, first, last) for sex in given for first in given[sex].split() for last in family]
    drawn = Dice(seed, "names").sample(names, size)
    return [_invent(Dice(seed, "runner", n), n, name, until) for n, name in enumerate(drawn, 1)]


def _invent(dice: Dice, number: int, name: tuple[str, str, str], until: date) -> Runner:
    sex, given, family = name
    spec = made_up("people")
    low, high = dice.pick({(first, last): weight for first, last, weight in spec["ages"]})
    age = dice.number(low, high)
    height = round(dice.near(spec["height_cm"][sex], 7))
    return Runner(
        number=number,
        given_name=given,
        family_name=family,
        sex=sex,
        born=until - timedelta(days=round(age * 365.25) + dice.number(5, 360)),
        site=dice.pick(spec["site"]),
        phone=f"555-01{dice.number(0, 99):02}",
        height_cm=height,
        weight_lb=round(dice.between(*spec["build"]) * (height / 100) ** 2 / 0.45359237),
        runs=dice.pick(spec["runs"]),
        weekly_mi=round(dice.between(*spec["weekly_mi"])),
        years_running=max(0, min(age - 11, round(dice.between(0, 6, 30)))),
        pace=f"{dice.number(7, 12)}:{dice.one_of(('00', '15', '30', '45'))}",
        cadence=round(dice.near(166, 7)),
        surfaces=dict(spec["surfaces"][dice.pick(spec["surface"])]),
        terrain=dice.pick(spec["terrain"]),
        shoe=dice.pick(spec["shoe"]),
        shoe_name=dice.one_of(spec["shoe_names"]),
        race=dice.pick(spec["race"]),
    )
