"""How like two registrations are: the points of every field together, the level they reach, and the reasons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from rapidfuzz.distance import OSA

from dashboard.alike import days, names
from dashboard.alike.names import Grade
from dashboard.alike.weights import weights
from db.blocks import LONGEST_TAIL, number_of


class Level(IntEnum):
    """How sure it is that two are one."""

    NONE = 0
    POSSIBLE = 1
    LIKELY = 2
    SURE = 3


@dataclass(frozen=True)
class Described:
    """Somebody as far as is known of them; what is empty or None is not known."""

    given_name: str = ""
    family_name: str = ""
    date_of_birth: date | None = None
    phone: str = ""
    postal_code: str = ""
    sex_at_birth: str = ""
    record_number: str = ""


@dataclass(frozen=True)
class Reason:
    """One thing that tells for two being one person, or with points below nothing against it."""

    field: str
    grade: str
    points: float
    words: str


@dataclass(frozen=True)
class Likeness:
    """What was found; the reasons for it come first, and those against it after."""

    level: Level
    points: float
    reasons: tuple[Reason, ...]

    @property
    def alike(self) -> tuple[str, ...]:
        """The words of what is alike."""
        return tuple(reason.words for reason in self.reasons if reason.points > 0)

    @property
    def unlike(self) -> tuple[str, ...]:
        """The words of what differs."""
        return tuple(reason.words for reason in self.reasons if reason.points < 0)


def likeness(one: Described, other: Described) -> Likeness:
    """How like two are, whichever comes first."""
    found = sorted((_reason(*each) for each in _grades(one, other)), key=lambda reason: -reason.points)
    points = sum(reason.points for reason in found)
    return Likeness(_level(points) if _may_be_one(found) else Level.NONE, points, tuple(found))


def may_be_alike(one: Described, other: Described) -> bool:
    """False where the names differ so much that nothing else could make up for it: a quick look before a whole one."""
    named = [grade for grade in _names(one, other).items() if grade[1] is not None]
    points = sum(weights().grades[field, grade.name].points for field, grade in named if grade)
    return points + weights().rest >= weights().levels["possible"] or one.record_number == other.record_number


def _grades(one: Described, other: Described) -> Iterator[tuple[str, Grade, int]]:
    """Each field both have, with its grade and the years between their births."""
    years = abs(one.date_of_birth.year - other.date_of_birth.year) if one.date_of_birth and other.date_of_birth else 0
    found = {**_names(one, other), "born": days.born(one.date_of_birth, other.date_of_birth)}
    found |= {"phone": _phone(one.phone, other.phone), "postal": _same(one.postal_code, other.postal_code)}
    found |= {
        "sex": _sex(one.sex_at_birth, other.sex_at_birth),
        "record": _same(one.record_number, other.record_number),
    }
    yield from ((field, grade, years) for field, grade in found.items() if grade is not None)


def _names(one: Described, other: Described) -> dict[str, Grade | None]:
    """The two names each with its like, or with the other one where they were exchanged."""
    given = names.given(one.given_name, other.given_name)
    family = names.family(one.family_name, other.family_name)
    if given is not None and family is not None and "differs" in (given.name, family.name):
        crossed = (
            names.family(one.given_name, other.family_name),
            names.family(one.family_name, other.given_name),
        )
        if all(each is not None and each.name in ("same", "letters") for each in crossed):
            return {"names": Grade("exchanged")}
    return {"given": given, "family": family}


def _phone(one: str, other: str) -> Grade | None:
    """The same number, with or without what says the country or the town."""
    shorter, longer = sorted((number_of(one), number_of(other)), key=len)
    if len(shorter) < LONGEST_TAIL:
        return None
    if longer.endswith(shorter) or (len(shorter) == len(longer) and longer[1:] == shorter[1:]):
        return Grade("same")
    return Grade("digit") if len(shorter) == len(longer) and OSA.distance(shorter, longer) == 1 else None


def _same(one: str, other: str) -> Grade | None:
    first, second = ("".join(names.words(each)) for each in (one, other))
    return Grade("same") if first and first == second else None


def _sex(one: str, other: str) -> Grade | None:
    told = {"female", "male"}
    return Grade("differs") if one != other and {one, other} <= told else None


def _reason(field: str, grade: Grade, years: int) -> Reason:
    weight = weights().grades[field, grade.name]
    filled = {"short": grade.short, "long": grade.long, "slip": grade.slip, "years": years}
    return Reason(field, grade.name, weight.points, weight.words.format(**filled))


def _may_be_one(found: list[Reason]) -> bool:
    """A birthday alone is nobody's: a name, a telephone or the record number has to agree as well."""
    return any(reason.points > 0 and reason.field not in ("born", "postal") for reason in found)


def _level(points: float) -> Level:
    levels = weights().levels
    return next((each for each in reversed(Level) if each and points >= levels[each.name.lower()]), Level.NONE)
