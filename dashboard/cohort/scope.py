"""Who asks and about whom: whether counts are protected, which sites are seen, what can be filtered by."""

from __future__ import annotations

from calendar import month_name
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from dashboard import labels
from dashboard.access import Actor, Permission
from dashboard.casework.authority import looking
from dashboard.casework.deeds import deed
from dashboard.clinical.knowledge import Knowledge
from db import cohort as counts
from db.engine import active_database, reading
from db.scope import Scope as Walls
from db.scope import program
from db.selection import Selection

__all__ = ["Choices", "Scope", "Selection", "choices", "clinic_total", "scope", "version"]

NOT_RECORDED = "Not recorded"


@dataclass(frozen=True)
class Scope:
    """What an actor's job lets them see of the population; it names no person, so it may be part of a cache's key."""

    protect: bool
    """True for people who may not read patients: small counts are hidden and the others rounded."""
    site_ids: tuple[int, ...] | None
    """The sites whose intakes are counted; None: every site."""

    def walls(self) -> Walls:
        """The scope of a session that counts for such a person."""
        return Walls(None, self.site_ids, why="counting")


@dataclass(frozen=True)
class Choices:
    """What can be filtered by: code → words for each filter, months as "YYYY-MM" from the first to the last."""

    months: tuple[str, ...]
    sites: Mapping[str, str]
    clinicians: Mapping[str, str]
    age_bands: Mapping[str, str]
    sexes: Mapping[str, str]
    surfaces: Mapping[str, str]
    shoe_types: Mapping[str, str]

    def says(self, selection: Selection) -> str:
        """The selection in words, such as "July 2025 to June 2026; site: North; sex: Female"."""
        parts = [self.period(selection)]
        for name, words_of, chosen in (
            ("site", self.sites, selection.sites),
            ("clinician", self.clinicians, selection.clinicians),
            ("age", self.age_bands, selection.age_bands),
            ("sex", self.sexes, selection.sexes),
            ("main surface", self.surfaces, selection.surfaces),
            ("shoe type", self.shoe_types, selection.shoe_types),
        ):
            if chosen:
                parts.append(f"{name}: {' or '.join(words_of.get(code, code) for code in chosen)}")
        return "; ".join(parts)

    def period(self, selection: Selection) -> str:
        """The months of a selection in words; "no intakes yet" when the clinic has none."""
        if not self.months:
            return "no intakes yet"
        first = max(selection.first_month or self.months[0], self.months[0])
        last = min(selection.last_month or self.months[-1], self.months[-1])
        return month_words(first) if first == last else f"{month_words(first)} to {month_words(last)}"


@deed(Permission.COHORT_READ, of_a_site=True)
def scope(actor: Actor) -> Scope:
    """What this actor may see of the population: of which sites, and whether small counts are protected."""
    with looking(actor, Permission.COHORT_READ):
        pass
    sites = None if actor.everywhere else tuple(sorted(actor.site_ids))
    return Scope(not actor.may(Permission.PATIENT_READ), sites)


def version() -> tuple[str, int, int]:
    """What changes whenever anything the cohort is counted from may have changed."""
    with reading(scope=program("asking whether a count is still true")) as session:
        return (active_database() or "", *counts.version(session))


def clinic_total(seen: Scope) -> int:
    """Every intake ever submitted at the sites seen, exact: it tells how busy the clinic is, and of no one anything."""
    with reading(scope=seen.walls()) as session:
        return counts.total(session, Selection(site_ids=seen.site_ids))


def within(selection: Selection, seen: Scope) -> Selection:
    """The selection, of the sites the scope sees only."""
    return replace(selection, site_ids=seen.site_ids)


def choices(seen: Scope, knowledge: Knowledge) -> Choices:
    """What can be chosen, in words; only codes that occur, "" standing for "not recorded"."""
    with reading(scope=seen.walls()) as session:
        found = counts.choices(session, seen.site_ids)
    months = [code for code, _ in found["month"] if code]
    ages = {band.id: band.label for band in knowledge.settings.age_bands}
    return Choices(
        months=months_between(months[0], months[-1]) if months else (),
        sites=dict(found["sites"]),
        clinicians=dict(found["clinicians"]),
        age_bands=_worded((code for code, _ in found["age_band"]), ages),
        sexes=_worded((code for code, _ in found["sex"]), option_words(knowledge, "sex_at_birth")),
        surfaces=_worded((code for code, _ in found["surface"]), option_words(knowledge, "surface_mix")),
        shoe_types=_worded((code for code, _ in found["shoe_type"]), option_words(knowledge, "shoe_type")),
    )


def option_words(knowledge: Knowledge, item: str) -> dict[str, str]:
    """Option code → label of an item; nothing when the knowledge has no such item."""
    options = knowledge.items[item].options if item in knowledge.items else ()
    return {option.code: option.label for option in options}


def _worded(codes: Iterable[str], known: Mapping[str, str]) -> dict[str, str]:
    return {code: labels.said(known, code) if code else NOT_RECORDED for code in codes}


def months_between(first: str, last: str) -> tuple[str, ...]:
    """Every month from the first to the last, both included, as "YYYY-MM"."""
    start, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return tuple(f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(start, end + 1))


def month_words(month: str) -> str:
    """A month in words: "2026-03" is "March 2026"."""
    return f"{month_name[int(month[5:])]} {month[:4]}"
