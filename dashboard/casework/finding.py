"""Finding patients by what the desk knows of them, and whoever is registered already when one is registered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlmodel import Session

from dashboard import dates
from dashboard.access import Actor, Permission
from dashboard.alike import Described, Level, Likeness, likeness, may_be_alike
from dashboard.casework.authority import looking, today
from dashboard.casework.deeds import deed
from dashboard.casework.reading import searched
from dashboard.casework.rows import number
from dashboard.casework.shapes import patient_card
from dashboard.casework.views import AlikeCard, Newcomer, NewPatient, PatientCard
from dashboard.letters import one_line
from db import queries
from db.columns import folded
from db.tables import Patient

ISO = "YYYY-MM-DD"
FEW = 3
"""Where fewer are found, those whose names sound like it are found as well."""
TYPED_AT_MOST = 200
"""Letters of a search that are looked at: a page pasted by mistake must not hold up the desk."""
OFFERED = 6
"""So many are offered as possibly the same; more would be read by nobody."""
_EARLIEST = 1900
_DIGITS_AT_LEAST = 4
_LETTERS = re.compile(r"[^\W\d_]")

Found = tuple[Patient, str]
"""A patient, and what of them was found: name, number, phone, born, swapped, or the words for what is alike."""


@deed(Permission.PATIENT_READ, of_a_site=True)
def find_patients(actor: Actor, text: str, limit: int = 20, form: str = ISO) -> tuple[PatientCard, ...]:
    """Patients of the actor's sites by the start of a name or number, the day of birth or a telephone's last digits.

    A day is understood in ``form`` (dashboard/dates.py) and always as 1990-05-17; words beside a day or a telephone
    narrow it down. Of a patient merged with another the other is found.
    """
    with looking(actor, Permission.PATIENT_READ) as session:
        searched(session, text, form)
        sites, found = sorted(actor.site_ids), {}
        for patient, by in _ways(session, one_line(text[:TYPED_AT_MOST]), sites, limit, form):
            there = _survivor(session, patient, sites)
            if there is not None and number(there) not in found:
                found[number(there)] = replace(patient_card(there), found_by=by if there is patient else "merged")
        return tuple(found.values())[:limit]


@deed(Permission.PATIENT_READ, of_a_site=True)
def possible_duplicates(actor: Actor, new: Newcomer | NewPatient) -> tuple[AlikeCard, ...]:
    """Patients of the actor's sites who may be the one being registered, the likeliest first, each with the reasons."""
    with looking(actor, Permission.PATIENT_READ) as session:
        described = described_as(new)
        searched(session, *vars(described).values())
        sites = sorted(actor.site_ids)
        alike = likest(session, described, sites)[:OFFERED]
        rows = queries.patients_in_order(session, [row.id for row, _ in alike])
        told = {row.id: found for row, found in alike}
        return tuple(_alike_cards(session, rows, told, sites))


def likest(session: Session, described: Described, sites: Sequence[int]) -> list[tuple[Any, Likeness]]:
    """Candidates at these sites who may be whoever is described, the likeliest first, with how like they are."""
    wanted = queries.Wanted(
        *(described.given_name, described.family_name, described.date_of_birth),
        *(described.phone, described.record_number),
    )
    rows = [(row, _stored(row)) for row in queries.candidates_alike(session, wanted, sites)]
    compared = [(row, likeness(described, there)) for row, there in rows if may_be_alike(described, there)]
    alike = [each for each in compared if each[1].level is not Level.NONE]
    return sorted(alike, key=lambda each: (-each[1].points, each[0].id))


def described_as(whom: Any) -> Described:
    """Whoever it is, as far as the fields are filled in."""
    fields = ("given_name", "family_name", "phone", "postal_code", "sex_at_birth", "record_number")
    told = {name: one_line((getattr(whom, name) or "")[:TYPED_AT_MOST]) for name in fields}
    return Described(date_of_birth=whom.date_of_birth, **told)


def _stored(row: Any) -> Described:
    """A candidate, whose words were made visible when they were stored."""
    return Described(
        *(row.given_name, row.family_name, row.date_of_birth),
        *(row.phone, row.postal_code or "", row.sex_at_birth, row.record_number),
    )


def _alike_cards(
    session: Session, rows: Iterable[Patient], told: dict[int, Likeness], sites: Sequence[int]
) -> Iterator[AlikeCard]:
    shown = set()
    for row in rows:
        there, like = _survivor(session, row, sites), told[number(row)]
        if there is not None and there.id not in shown:
            shown.add(there.id)
            yield AlikeCard(patient_card(there), like.level.name.lower(), like.alike, like.unlike)


def _ways(session: Session, text: str, sites: Sequence[int], limit: int, form: str) -> Iterator[Found]:
    """Who is found, each way after the one that is meant more often, until there are enough."""
    day, rest = day_in(text, form)
    count = 0
    for patients, by in _by_each(session, text, day, rest, sites, limit):
        yield from ((patient, by or _name_or_number(patient, text)) for patient in patients)
        count += len(patients)
        if count >= limit:
            return
    if count < FEW and day is None:
        yield from _sounding(session, text, sites, limit)


def _by_each(
    session: Session, text: str, day: date | None, rest: str, sites: Sequence[int], limit: int
) -> Iterator[tuple[Sequence[Patient], str]]:
    if day is not None:
        born = queries.patients_born(session, [day], rest, sites, limit)
        yield born, "born"
        if not born and day.day <= 12 and day.day != day.month:
            swapped = date(day.year, day.day, day.month)
            yield queries.patients_born(session, [swapped], rest, sites, limit), "swapped"
    yield queries.patients_starting(session, text, sites, limit), ""
    digits, names = digits_in(text)
    if len(digits) >= _DIGITS_AT_LEAST:
        yield queries.patients_called_by(session, digits, names, sites, limit), "phone"


def _name_or_number(patient: Patient, text: str) -> str:
    first = folded(text)
    return "number" if first and folded(patient.record_number).startswith(first) else "name"


def _sounding(session: Session, text: str, sites: Sequence[int], limit: int) -> Iterator[Found]:
    """Patients whose two names sound like the words, or are short forms of them, the likest first."""
    given, _, family = text.partition(" ")
    if len(family) < 2 or not _LETTERS.search(family) or not _LETTERS.search(given):
        return
    described = Described(given, family)
    rows = queries.candidates_alike(session, queries.Wanted(given, family), sites)
    compared = [(likeness(described, Described(row.given_name, row.family_name)), row.id) for row in rows]
    alike = sorted((each for each in compared if not each[0].unlike), key=lambda each: (-each[0].points, each[1]))
    told = {row_id: ", ".join(found.alike) for found, row_id in alike[:limit]}
    for patient in queries.patients_in_order(session, list(told)):
        yield patient, told[number(patient)]


def day_in(text: str, form: str = ISO) -> tuple[date | None, str]:
    """The day among the words typed, and the other words; a day nobody alive was born on is none."""
    words = text.split()
    for length in (3, 1):
        for at in range(len(words) - length + 1):
            day = _day(" ".join(words[at : at + length]), form)
            if day is not None and day.year >= _EARLIEST and day <= today():
                return day, " ".join(words[:at] + words[at + length :])
    return None, text


def _day(words: str, form: str) -> date | None:
    try:
        return dates.read(words, form)
    except dates.BadDay:
        return None


def digits_in(text: str) -> tuple[str, str]:
    """The digits of the words without letters, as a telephone is typed; and the other words."""
    words = text.split()
    numbers = [word for word in words if not _LETTERS.search(word)]
    named = [word for word in words if _LETTERS.search(word)]
    return "".join(sign for word in numbers for sign in word if sign in "0123456789"), " ".join(named)


def _survivor(session: Session, patient: Patient, sites: Sequence[int]) -> Patient | None:
    """The patient whose record stands: this one, or the one they were merged into; None beyond these sites."""
    return patient if patient.merged_into_id is None else queries.patient(session, number(patient), sites)
