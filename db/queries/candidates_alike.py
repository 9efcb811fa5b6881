"""Who may be registered already: candidates from the most telling block to the least, each block bounded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlmodel import Session, col

from db import blind, blocks
from db.columns import folded
from db.queries.finding import LOOKED_AT, called, has, named
from db.queries.scope import SiteIds, at_sites
from db.sealed import seals
from db.tables import Patient, PatientBlock, PatientIndex
from db.walls import by_hashes

AT_MOST = 60
"""So many are taken of a block; the most telling blocks are small, and a common name has more of them than help."""
SAME_DAY = 250
"""So many born on one day are looked at: of a million patients some sixty share one."""


@dataclass(frozen=True)
class Wanted:
    """Whoever is being registered, as far as it is typed."""

    given_name: str = ""
    family_name: str = ""
    date_of_birth: date | None = None
    phone: str = ""
    record_number: str = ""


@by_hashes
def candidates_alike(session: Session, wanted: Wanted, sites: SiteIds) -> tuple[Any, ...]:
    """Values of patients (LOOKED_AT, sex_at_birth, postal_code, site_id) who share a block with whoever is wanted.

    Values, not rows: who is a candidate only was not read by anybody.
    """
    found: dict[int, Any] = {}
    sites = named(session, sites)
    for question, at_most in _questions(session, wanted, sites):
        if question is None:
            continue
        asked = question.where(at_sites(Patient.site_id, sites)).limit(at_most)
        found |= {row.id: row for row in session.execute(asked).all()}
    return tuple(found.values())


def _questions(session: Session, wanted: Wanted, sites: SiteIds) -> Iterator[tuple[Select[Any] | None, int]]:
    """Each block asked for, the most telling first, with how many of it."""
    hashed = sites if seals(session.get_bind().dialect) else None
    if wanted.record_number.strip():
        yield _numbered(wanted.record_number, hashed), 1
    if len(number := blocks.number_of(wanted.phone)) >= blocks.LONGEST_TAIL:
        yield called(session, "tail", number, sites).add_columns(*BESIDE), AT_MOST
    born, names = wanted.date_of_birth, (wanted.family_name, wanted.given_name)
    if born is not None:
        yield _born(born, hashed), SAME_DAY
        yield _in_blocks(blocks.asked_by_day(*names, born), hashed), AT_MOST
        yield _in_blocks(blocks.asked_by_names(*names, born.year), hashed), AT_MOST
    yield _in_blocks(blocks.asked_by_names(*names), hashed), AT_MOST


BESIDE: tuple[Any, ...] = (Patient.postal_code, Patient.sex_at_birth, Patient.site_id)


def _candidates() -> Select[Any]:
    return select(*LOOKED_AT, *BESIDE)


def _numbered(record_number: str, hashed: SiteIds) -> Select[Any]:
    if hashed is not None:
        return _hashed([blind.term("number", folded(record_number))], hashed)
    return _candidates().where(col(Patient.record_key) == folded(record_number))


def _born(born: date, hashed: SiteIds) -> Select[Any]:
    if hashed is not None:
        return _hashed([blind.term("born", born.isoformat())], hashed)
    return _candidates().where(col(Patient.date_of_birth) == born)


def _in_blocks(wanted: Sequence[blocks.Block], hashed: SiteIds) -> Select[Any] | None:
    if not wanted:
        return None
    if hashed is not None:
        return _hashed([blind.term(*block) for block in wanted], hashed)
    among: ColumnElement[bool] = col(PatientBlock.term).in_([blocks.hashed(block) for block in wanted])
    return _candidates().join(PatientBlock, col(PatientBlock.patient_id) == col(Patient.id)).where(among)


def _hashed(hashes: list[int], sites: SiteIds) -> Select[Any]:
    found = _candidates().join(PatientIndex, col(PatientIndex.patient_id) == col(Patient.id))
    return found.where(has(hashes, sites))
