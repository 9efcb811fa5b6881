"""Finding patients by the start of a name or number: along the names' indexes, or blindly where names are sealed."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlmodel import Session, col

from db import blind
from db.columns import folded
from db.queries.scope import SiteIds, at_sites
from db.sealed import seals
from db.tables import Patient, PatientIndex

BEYOND_EVERY_LETTER = "\U0010ffff"

KEYS: dict[str, tuple[Any, ...]] = {
    "family": (Patient.family_key, Patient.given_key),
    "given": (Patient.given_key, Patient.family_key),
    "record": (Patient.record_key,),
}
"""What a search walks along, each in the order of its index."""

CANDIDATES = 200
"""So many patients a blind walk takes up and unseals; where there are more, the desk is to type more of the name."""


def patients_starting(session: Session, text: str, sites: SiteIds, limit: int = 20) -> tuple[Patient, ...]:
    """Patients whose names or record number start with the words of ``text``: first those found by the family name.

    Capitals and accents do not matter, nor the order of the words; nothing is found for no words. Each way of being
    found is a walk along one index that ends with the limit, so that two letters typed cost no more than a name.
    Where names are sealed, one letter finds only names of one letter, and of more than CANDIDATES not the first.
    """
    found: dict[int | None, Patient] = {}
    walk = _blindly if seals(session.get_bind().dialect) else _in_order
    for words in ways(text):
        for kind in KEYS:
            if len(found) < limit:
                found |= {patient.id: patient for patient in walk(session, kind, words, sites, limit)}
    return tuple(found.values())[:limit]


def ways(text: str) -> list[list[str]]:
    """The whole text as the start of a key, then each of several words, the longest first."""
    words = folded(text).split()
    return [[" ".join(words)], sorted(words, key=len, reverse=True)][: min(len(words), 2)]


def _in_order(session: Session, kind: str, words: list[str], sites: SiteIds, limit: int) -> Iterable[Patient]:
    return session.scalars(walk(kind, words, sites).limit(limit))


def walk(kind: str, words: list[str], sites: SiteIds) -> Select[Patient]:
    """What to read where names stand in plain: a key that starts with the first word, and some key with each other."""
    key, *then = KEYS[kind]
    named = select(Patient).where(_starts(key, words[0]), *map(_some_key_starts, words[1:]))
    return named.where(at_sites(Patient.site_id, sites)).order_by(col(key), *map(col, then))


def _starts(key: Any, word: str) -> ColumnElement[bool]:
    # A range, not LIKE: it is answered from an index, and needs no escaping.
    return and_(col(key) >= word, col(key) < word + BEYOND_EVERY_LETTER)


def _some_key_starts(word: str) -> ColumnElement[bool]:
    return or_(*(_starts(key, word) for key, *_ in KEYS.values()))


def _blindly(session: Session, kind: str, words: list[str], sites: SiteIds, limit: int) -> Iterable[Patient]:
    """The same where names are sealed: whom the hashes tell, looked at unsealed and put in order here."""
    found = [(keys_of(patient), patient) for patient in session.scalars(blind_walk(kind, words, sites))]
    first, *others = words
    fit = [
        (keys, patient)
        for keys, patient in found
        if keys[kind].startswith(first) and all(_some_starts(keys, word) for word in others)
    ]
    order = [name.removesuffix("_key") for name in (key.key for key in KEYS[kind])]
    fit.sort(key=lambda one: ([one[0][name] for name in order], one[1].id))
    return [patient for _, patient in fit[:limit]]


def blind_walk(kind: str, words: list[str], sites: SiteIds) -> Select[Patient]:
    """What to read where names are sealed: everybody wanted and now and then one more, in no order."""
    first, *others = words
    asked = [has(blind.start(kind, first))]
    # Starts of one letter are not kept; who has such a second word is told when unsealed.
    longer = [word for word in others if len(word) >= blind.SHORTEST]
    asked += [has(*(blind.start(each, word) for each in blind.KINDS)) for word in longer]
    return indexed().where(*asked, at_sites(Patient.site_id, sites)).limit(CANDIDATES)


def indexed() -> Select[Patient]:
    """Patients with their hashes."""
    return select(Patient).join(PatientIndex, col(PatientIndex.patient_id) == col(Patient.id))


def has(*terms: int) -> ColumnElement[bool]:
    """That a patient has one of these hashes."""
    overlapping: ColumnElement[bool] = col(PatientIndex.terms).overlap(list(terms))  # type: ignore[attr-defined]
    return overlapping


def keys_of(patient: Patient) -> dict[str, str]:
    """What an unsealed patient is searched by."""
    named = {"family": patient.family_name, "given": patient.given_name, "record": patient.record_number}
    return {kind: folded(name) for kind, name in named.items()}


def _some_starts(keys: dict[str, str], word: str) -> bool:
    return any(key.startswith(word) for key in keys.values())


def namesakes(
    session: Session, given_name: str, family_name: str, born: date, sites: SiteIds, limit: int = 200
) -> tuple[Patient, ...]:
    """Patients of the same whole name, then those born on the same day."""
    family, given = folded(family_name), folded(given_name)
    found: dict[int | None, Patient] = {}
    if seals(session.get_bind().dialect):
        hashed = (blind.term("name", blind.whole_name(family, given)), blind.term("born", born.isoformat()))
        for one in hashed:
            wanted = indexed().where(has(one), at_sites(Patient.site_id, sites)).limit(limit)
            found |= {patient.id: patient for patient in sorted(session.scalars(wanted), key=lambda one: one.id or 0)}
        return tuple(found.values())
    same_name = and_(col(Patient.family_key) == family, col(Patient.given_key) == given)
    for same in (same_name, col(Patient.date_of_birth) == born):
        wanted = select(Patient).where(same, at_sites(Patient.site_id, sites)).order_by(col(Patient.id)).limit(limit)
        found |= {patient.id: patient for patient in session.scalars(wanted)}
    return tuple(found.values())
