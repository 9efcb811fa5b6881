"""Every read of a patient leaves an audit event, whoever wrote the deed: what its session loaded is what was read.

One person who reads the same of the same patient again within A_WHILE leaves no second event: a page is drawn again
with every press. What was already noted is remembered here, in this process, and for so many reads only.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterable
from threading import Lock
from time import monotonic

from sqlmodel import Session

from dashboard.access import Actor, Permission
from dashboard.casework import deeds
from db import engine, records
from db.reads import Read
from db.scope import program

A_WHILE = 300.0
"""Seconds in which one person's repeated reads of the same rows of a patient are one event."""
REMEMBERED = 50_000
"""Reads remembered at most; when it is more, the oldest are noted again."""

_SEARCHED = "searched for"
_noted: OrderedDict[Hashable, float] = OrderedDict()
_one_at_a_time = Lock()


def searched(session: Session, *words: object) -> None:
    """Let this deed be noted as a search; the words only tell one search from another, and are written nowhere."""
    session.info[_SEARCHED] = hash(words)


def note_reads(actor: Actor, permission: Permission, read: Read, search: int | None = None) -> None:
    """Note what was read, in a transaction of its own, before anybody sees it; whatever prevents it is raised."""
    fresh = _fresh(actor, read, search)
    if fresh:
        with engine.transaction(scope=program("noting what was read")) as session:
            _note(session, actor, permission, read, fresh, search)
        _remember(fresh)


def note_reads_in(
    session: Session, actor: Actor, permission: Permission, read: Read, search: int | None = None
) -> list[Hashable]:
    """Note what was read in the writing session itself; what it returns is to be remembered once it is committed."""
    fresh = _fresh(actor, read, search)
    if fresh:
        _note(session, actor, permission, read, fresh, search)
    return fresh


def search_of(session: Session) -> int | None:
    """The search this session was used for, None for none."""
    found: int | None = session.info.get(_SEARCHED)
    return found


def remember(noted: Iterable[Hashable]) -> None:
    """What was noted in a transaction that has ended well."""
    _remember(noted)


def note_anew(actor: Actor, patient_id: int) -> None:
    """This person has a new reason to read of this patient: the next read is noted, however lately the last was."""
    with _one_at_a_time:
        whose = (actor.person_id, patient_id)
        for key in [each for each in _noted if isinstance(each, tuple) and (each[1], each[4]) == whose]:
            del _noted[key]


def forget() -> None:
    """Begin again: the next read of anything is noted."""
    with _one_at_a_time:
        _noted.clear()


def _fresh(actor: Actor, read: Read, search: int | None) -> list[Hashable]:
    """What this person did not read within A_WHILE: (place, who, patient, table), and the search."""
    whose = (engine.database_url(), actor.person_id, actor.role.value, actor.sign_in)
    keys: list[Hashable] = [(*whose, patient, table) for patient, tables in read.items() for table in sorted(tables)]
    if search is not None:
        keys.append((*whose, _SEARCHED, search))
    since = monotonic() - A_WHILE
    with _one_at_a_time:
        return [key for key in keys if _noted.get(key, since) <= since]


def _remember(keys: Iterable[Hashable]) -> None:
    now = monotonic()
    with _one_at_a_time:
        for key in keys:
            _noted[key] = now
            _noted.move_to_end(key)
        while len(_noted) > REMEMBERED:
            _noted.popitem(last=False)


def _note(
    session: Session, actor: Actor, permission: Permission, read: Read, fresh: list[Hashable], search: int | None
) -> None:
    """One event of what is newly read, and one of its own of the patients opened in an emergency."""
    new = {patient for patient in read if any(isinstance(key, tuple) and key[4] == patient for key in fresh)}
    sought = search is not None and any(isinstance(key, tuple) and key[4] == _SEARCHED for key in fresh)
    shown = set(read) if sought else new
    groups = [group for group in (shown - actor.patients, shown & actor.patients) if group]
    for group in groups or [set[int]()]:
        _note_one(session, actor, permission, {each: read[each] for each in sorted(group)}, sought)


def _note_one(session: Session, actor: Actor, permission: Permission, read: Read, sought: bool) -> None:
    told: dict[str, object] = {
        "deed": deeds.doing() or permission.value,
        "of": sorted(frozenset().union(*read.values())),
    }
    if len(read) == 1 and not sought:
        records.note(session, actor, "patient:read", "patient", next(iter(read)), after=told, patients=read)
        return
    told["number"] = len(read)
    deed = "patient:search" if sought else "patient:list"
    records.note(session, actor, deed, "patient", after=told, patients=read)
