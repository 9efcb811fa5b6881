"""Which intakes a cohort question looks at, and what the database must be asked for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import col

from db.tables import Episode, Intake, Person, Site


@dataclass(frozen=True)
class Selection:
    """Which intakes are looked at; an empty tuple and None leave that side open.

    Months are "YYYY-MM", both ends included; sites and clinicians are codes; "" among the codes of a column
    stands for intakes where it was not recorded. ``site_ids`` are the sites the asker sees; None: every site.
    """

    first_month: str | None = None
    last_month: str | None = None
    sites: tuple[str, ...] = ()
    clinicians: tuple[str, ...] = ()
    age_bands: tuple[str, ...] = ()
    sexes: tuple[str, ...] = ()
    surfaces: tuple[str, ...] = ()
    shoe_types: tuple[str, ...] = ()
    site_ids: tuple[int, ...] | None = None


def conditions(selection: Selection) -> list[ColumnElement[bool]]:
    """What an intake must satisfy to be in the selection."""
    wanted: list[ColumnElement[bool]] = []
    if selection.site_ids is not None:
        wanted.append(col(Intake.site_id).in_(selection.site_ids))
    if selection.first_month:
        wanted.append(col(Intake.month) >= selection.first_month)
    if selection.last_month:
        wanted.append(col(Intake.month) <= selection.last_month)
    if selection.sites:
        wanted.append(col(Intake.site_id).in_(select(col(Site.id)).where(col(Site.code).in_(selection.sites))))
    if selection.clinicians:
        people = select(col(Person.id)).where(col(Person.code).in_(selection.clinicians))
        theirs = select(col(Episode.id)).where(col(Episode.clinician_id).in_(people))
        wanted.append(col(Intake.episode_id).in_(theirs))
    for column, codes in (
        (col(Intake.age_band), selection.age_bands),
        (col(Intake.sex), selection.sexes),
        (col(Intake.surface), selection.surfaces),
        (col(Intake.shoe_type), selection.shoe_types),
    ):
        if codes:
            wanted.append(one_of(column, codes))
    return wanted


def one_of(column: Any, codes: Sequence[str]) -> ColumnElement[bool]:
    """True when the column holds one of the codes, or nothing and "" is among them."""
    named: ColumnElement[bool] = column.in_([code for code in codes if code])
    return or_(named, column.is_(None)) if "" in codes else named
