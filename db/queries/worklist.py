"""The worklist: a page at a time, most urgent first, then longest waiting, at a cost the past does not add to."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db.queries.scope import SiteIds, at_sites
from db.tables import Episode, Lowering, Patient, Person, Site

URGENCIES = range(4)


@dataclass(frozen=True)
class WorklistPlace:
    """A place in the worklist: the next page starts after it."""

    urgency: int
    submitted_at: datetime
    episode_id: int


@dataclass(frozen=True)
class WorklistEntry:
    """One episode as the worklist shows it."""

    episode: Episode
    patient: Patient
    site: Site
    clinician: Person | None
    lowering: Lowering | None = None
    """What waits for a second clinician to confirm, and below who asked."""
    asker: Person | None = None


@dataclass(frozen=True)
class WorklistPage:
    """Some of the worklist, most urgent first, then longest waiting; ``next`` is None on the last page."""

    entries: tuple[WorklistEntry, ...]
    next: WorklistPlace | None


def worklist(
    session: Session,
    sites: SiteIds,
    state: str = "awaiting-review",
    clinician_id: int | None = None,
    after: WorklistPlace | None = None,
    limit: int = 50,
) -> WorklistPage:
    """A page of the episodes in ``state``, most urgent first, then longest waiting, after the place given."""
    wanted = [col(Episode.state) == state, at_sites(Episode.site_id, sites)]
    if clinician_id is not None:
        wanted.append(col(Episode.clinician_id) == clinician_id)
    found: list[WorklistEntry] = []
    for statement in statements(wanted, after):
        rows = session.execute(statement.limit(limit + 1 - len(found)))
        found += [WorklistEntry(*row) for row in rows]
        if len(found) > limit:
            return WorklistPage(tuple(found[:limit]), _place(found[limit - 1].episode))
    return WorklistPage(tuple(found), None)


def reviews_due(session: Session, sites: SiteIds, on: date, limit: int = 50) -> tuple[WorklistEntry, ...]:
    """Episodes in care whose review day is reached, the longest due first."""
    due = (col(Episode.state) == "in-care", col(Episode.review_due_on) <= on, at_sites(Episode.site_id, sites))
    ordered = _entries().where(*due).order_by(col(Episode.review_due_on), col(Episode.id))
    return tuple(WorklistEntry(*row) for row in session.execute(ordered.limit(limit)))


def statements(wanted: list[ColumnElement[bool]], after: WorklistPlace | None) -> Iterator[Select[*tuple[Any, ...]]]:
    """What to read, one after the other: the rest of the tier last seen, then the tiers below it.

    Each is one walk along the index ``episode_worklist``; a single statement with OR would have to sort.
    """
    if after is None:
        yield _in_order().where(*wanted)
        return
    waits_less = tuple_(col(Episode.submitted_at), col(Episode.id)) > (after.submitted_at, after.episode_id)
    yield _in_order().where(*wanted, col(Episode.urgency) == after.urgency, waits_less)
    yield _in_order().where(*wanted, col(Episode.urgency) < after.urgency)


def worklist_sizes(session: Session, sites: SiteIds, state: str = "awaiting-review") -> dict[int, int]:
    """How many episodes are in ``state``, by urgency (0 to 3; urgencies without any are there with 0)."""
    counted = select(col(Episode.urgency), func.count()).where(
        col(Episode.state) == state, at_sites(Episode.site_id, sites)
    )
    rows = session.execute(counted.group_by(col(Episode.urgency)))
    return dict.fromkeys(URGENCIES, 0) | {urgency: size for urgency, size in rows}  # noqa: C416 - rows are not pairs to dict()


def _in_order() -> Select[*tuple[Any, ...]]:
    return _entries().order_by(col(Episode.urgency).desc(), col(Episode.submitted_at), col(Episode.id))


def _entries() -> Select[*tuple[Any, ...]]:
    asker = aliased(Person)
    waits = and_(col(Lowering.episode_id) == col(Episode.id), col(Lowering.state) == "waiting")
    return (
        select(Episode, Patient, Site, Person, Lowering, asker)
        .join(Patient, col(Patient.id) == col(Episode.patient_id))
        .join(Site, col(Site.id) == col(Episode.site_id))
        .outerjoin(Person, col(Person.id) == col(Episode.clinician_id))
        .outerjoin(Lowering, waits)
        .outerjoin(asker, col(asker.id) == col(Lowering.asked_by))
    )


def _place(episode: Episode) -> WorklistPlace:
    assert episode.id is not None
    return WorklistPlace(episode.urgency, episode.submitted_at, episode.id)
