"""Finding patients by the start of a name or number, a day or a telephone: along indexes, or blindly where sealed."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlmodel import Session, col

from db import blind, blocks
from db.columns import folded
from db.queries.scope import SiteIds, at_sites
from db.sealed import seals
from db.tables import Patient, PatientIndex, Site
from db.walls import by_hashes

BEYOND_EVERY_LETTER = "\U0010ffff"

KEYS: dict[str, tuple[Any, ...]] = {
    "family": (Patient.family_key, Patient.given_key),
    "given": (Patient.given_key, Patient.family_key),
    "record": (Patient.record_key,),
}
"""What a search walks along, each in the order of its index."""

OTHERS = {"family": ("given",), "given": ("family",)}
"""What a second word may be the start of; beside a number it is either name."""

CANDIDATES = 200
"""So many patients a blind walk takes up and unseals; where there are more, the desk is to type more of the name."""
ENOUGH = 24
"""So many are enough where all that were asked for are what was typed. More would only cost time: each is looked up to
see whose site it is of, and unsealed; and who is of a small site is found among very many others."""


@by_hashes
def patients_starting(session: Session, text: str, sites: SiteIds, limit: int = 20) -> tuple[Patient, ...]:
    """Patients whose names or record number start with the words of ``text``: first those found by the family name.

    Capitals and accents do not matter, nor the order of the words; nothing is found for no words. Each way of being
    found is a walk along one index that ends with the limit, so that two letters typed cost no more than a name.
    Where names are sealed, one letter finds only names of one letter, and of more than CANDIDATES not the first.
    """
    found: dict[int | None, Patient] = {}
    sites = named(session, sites)
    walked = _blindly if seals(session.get_bind().dialect) else _in_order
    for words in ways(text):
        for kind in KEYS:
            if len(found) < limit and (asked := ordered_for(kind, words)):
                found |= {patient.id: patient for patient in walked(session, kind, asked, sites, limit)}
    return tuple(found.values())[:limit]


def ways(text: str) -> list[list[str]]:
    """The whole text as the start of a key, then each of several words, the longest first."""
    words = folded(text).split()
    return [[" ".join(words)], sorted(words, key=len, reverse=True)][: min(len(words), 2)]


def ordered_for(kind: str, words: list[str]) -> list[str]:
    """The words, the one to walk along first: of several the record number's is one with a digit; none without."""
    if len(words) == 1 or kind != "record":
        return words
    numbers = [word for word in words if _may_be_a_number(word)]
    return [*numbers[:1], *(word for word in words if word != numbers[0])] if numbers else []


def _may_be_a_number(word: str) -> bool:
    return any(sign.isdigit() for sign in word)


@by_hashes
def patients_born(session: Session, days: Sequence[date], text: str, sites: SiteIds, limit: int) -> tuple[Patient, ...]:
    """Patients born on one of a few days, by their names; each word of ``text`` starts a name."""
    sites = named(session, sites)
    if seals(session.get_bind().dialect):
        born = has([blind.term("born", day.isoformat()) for day in days], sites)
        wanted = _with_hashes().where(born)
    else:
        wanted = _columns().where(col(Patient.date_of_birth).in_(days))
    rows = session.execute(wanted.where(at_sites(Patient.site_id, sites)).limit(CANDIDATES)).all()
    words = folded(text).split()
    # Of what once stood under a hash only that day is what was asked for.
    fit = [row for row in rows if row.date_of_birth in days and _all_start(row, words)]
    return patients_in_order(session, [row.id for row in sorted(fit, key=_by_name)[:limit]])


@by_hashes
def patients_called_by(session: Session, digits: str, text: str, sites: SiteIds, limit: int) -> tuple[Patient, ...]:
    """Patients whose telephone ends with these digits, then those whose telephone starts with them.

    Each word of ``text`` starts one of their names.
    """
    words, sites = folded(text).split(), named(session, sites)
    number = blocks.number_of(digits)
    found: dict[int, Any] = {}
    ways_there = (("tail", blocks.SHORTEST_TAIL), ("start", blocks.SHORTEST_START))
    for way, shortest in ways_there:
        if len(number) >= shortest and len(found) < limit:
            exact = not words and len(number) <= blocks.LONGEST_TAIL
            rows = session.execute(called(session, way, number, sites).limit(ENOUGH if exact else CANDIDATES)).all()
            fit = [row for row in rows if _is_called(row.phone, number, way) and _all_start(row, words)]
            found |= {row.id: row for row in sorted(fit, key=_by_name)}
    return patients_in_order(session, list(found)[:limit])


def called(session: Session, way: str, number: str, sites: SiteIds) -> Select[Any]:
    """Where patients of a telephone are, by its end or its start."""
    end = number[-blocks.LONGEST_TAIL :]
    if seals(session.get_bind().dialect):
        asked = blind.term("tail", end) if way == "tail" else blind.term("number-start", number)
        wanted = _with_hashes().where(has([asked], sites))
    else:
        wanted = _columns().where(
            _starts(Patient.phone_tail, end[::-1]) if way == "tail" else _starts(Patient.phone_key, number)
        )
    return wanted.where(at_sites(Patient.site_id, sites))


def _is_called(phone: str, number: str, way: str) -> bool:
    """Whether a telephone has these digits there; a longer one than is kept with it may have its own beginning."""
    kept = blocks.number_of(phone)
    if way == "start":
        return kept.startswith(number)
    return kept.endswith(number) or (len(kept) >= blocks.LONGEST_TAIL and number.endswith(kept))


def _in_order(session: Session, kind: str, words: list[str], sites: SiteIds, limit: int) -> Iterable[Patient]:
    return session.scalars(walk(kind, words, sites).limit(limit))


def walk(kind: str, words: list[str], sites: SiteIds) -> Select[Patient]:
    """What to read where names stand in plain: a key that starts with the first word, and a name with each other.

    The names' indexes hold both names and the site, so that a row is looked at only when it is found. A number's do
    not: of those that start alike, with a name beside, only the first CANDIDATES are looked at.
    """
    key, *_ = KEYS[kind]
    first, *others = words
    found: ColumnElement[bool] = _starts(key, first)
    if kind == "record" and others:
        found = col(Patient.id).in_(
            select(col(Patient.id)).where(found, at_sites(Patient.site_id, sites)).limit(CANDIDATES)
        )
    wanted = select(Patient).where(found, *(_other_starts(kind, word) for word in others))
    return wanted.where(at_sites(Patient.site_id, sites)).order_by(*map(col, order_of(kind, words)))


def order_of(kind: str, words: list[str]) -> tuple[Any, ...]:
    """By what those found are put in order: the keys of the index that is walked.

    A given name with a family name beside is looked for along the family names, of which there are many more.
    """
    return KEYS["family"] if kind == "given" and len(words) > 1 else KEYS[kind]


def _starts(key: Any, word: str) -> ColumnElement[bool]:
    # A range, not LIKE: it is answered from an index, and needs no escaping.
    return and_(col(key) >= word, col(key) < word + BEYOND_EVERY_LETTER)


def _other_starts(kind: str, word: str) -> ColumnElement[bool]:
    """The other of the two names; beside a number either."""
    return or_(*(_starts(KEYS[each][0], word) for each in OTHERS.get(kind, ("family", "given"))))


def _blindly(session: Session, kind: str, words: list[str], sites: SiteIds, limit: int) -> Iterable[Patient]:
    """The same where names are sealed: whom the hashes tell, looked at unsealed and put in order here."""
    found = [(keys_of(row), row) for row in session.execute(blind_walk(kind, words, sites)).all()]
    first, *others = words
    fit = [
        (keys, row)
        for keys, row in found
        if keys[kind].startswith(first) and all(_other_of(kind, keys, word) for word in others)
    ]
    order = [name.removesuffix("_key") for name in (key.key for key in order_of(kind, words))]
    fit.sort(key=lambda one: ([one[0][name] for name in order], one[1].id))
    return patients_in_order(session, [row.id for _, row in fit[:limit]])


def blind_walk(kind: str, words: list[str], sites: SiteIds) -> Select[Any]:
    """What to read where names are sealed: everybody wanted and now and then one more, in no order."""
    first, *others = words
    asked = [has([blind.start(kind, first)], sites)]
    # Starts of one letter are not kept; who has such a second word is told when unsealed.
    longer = [word for word in others if len(word) >= blind.SHORTEST]
    beside = OTHERS.get(kind, ("family", "given"))
    asked += [has([blind.start(each, word) for each in beside], sites) for word in longer]
    exact = all(blind.SHORTEST <= len(word) <= blind.LONGEST for word in words)
    return _with_hashes().where(*asked, at_sites(Patient.site_id, sites)).limit(ENOUGH if exact else CANDIDATES)


def _columns() -> Select[Any]:
    """What is compared of candidates: values, not rows. Nobody reads of a patient whom the machine only passes by."""
    return select(*LOOKED_AT)


def _with_hashes() -> Select[Any]:
    return _columns().join(PatientIndex, col(PatientIndex.patient_id) == col(Patient.id))


LOOKED_AT: tuple[Any, ...] = (
    Patient.id,
    Patient.given_name,
    Patient.family_name,
    Patient.record_number,
    Patient.date_of_birth,
    Patient.phone,
)


def patients_in_order(session: Session, ids: Sequence[int]) -> tuple[Patient, ...]:
    """The patients of these ids, in this order; those a session does not see are left out."""
    if not ids:
        return ()
    found = {patient.id: patient for patient in session.scalars(select(Patient).where(col(Patient.id).in_(ids)))}
    return tuple(found[each] for each in ids if each in found)


def has(hashes: Sequence[int], sites: SiteIds) -> ColumnElement[bool]:
    """That a patient of these sites has one of these hashes; the sites by their ids (see ``named``)."""
    stored = blind.at_sites(hashes, sites or ())
    overlapping: ColumnElement[bool] = col(PatientIndex.terms).overlap(stored)  # type: ignore[attr-defined]
    return overlapping


def named(session: Session, sites: SiteIds) -> SiteIds:
    """The sites by their ids where hashes are asked for, each of which tells its site; elsewhere as they are."""
    if sites is None and seals(session.get_bind().dialect):
        return tuple(session.scalars(select(col(Site.id))))
    return sites


def keys_of(row: Any) -> dict[str, str]:
    """What an unsealed patient is searched by."""
    whole = {"family": row.family_name, "given": row.given_name, "record": row.record_number}
    return {kind: folded(name) for kind, name in whole.items()}


def _by_name(row: Any) -> tuple[str, str, int]:
    return folded(row.family_name), folded(row.given_name), row.id


def _other_of(kind: str, keys: dict[str, str], word: str) -> bool:
    beside = OTHERS.get(kind, ("family", "given"))
    return any(keys[each].startswith(word) for each in beside)


def _all_start(row: Any, words: Sequence[str]) -> bool:
    keys = keys_of(row) if words else {}
    return all(_some_starts(keys, word) for word in words)


def _some_starts(keys: dict[str, str], word: str) -> bool:
    return keys["family"].startswith(word) or keys["given"].startswith(word)
