"""Who waits for a clinician, most urgent first, and whose review is due."""

from __future__ import annotations

from dashboard.access import Actor, Permission
from dashboard.casework.authority import looking, today
from dashboard.casework.deeds import deed
from dashboard.casework.shapes import worklist_row
from dashboard.casework.views import Worklist, WorklistRow
from dashboard.clinical.vocabulary import Urgency
from db import queries
from db.queries import WorklistPlace


@deed(Permission.EPISODE_READ, of_a_site=True)
def worklist(
    actor: Actor,
    site: int | None = None,
    clinician: int | None = None,
    state: str = "awaiting-review",
    after: WorklistPlace | None = None,
    limit: int = 25,
) -> Worklist:
    """A page of the episodes in ``state`` at the actor's sites, and how many there are by urgency.

    ``after`` is the ``next`` of the page before. A site the actor does not work at raises Forbidden.
    """
    with looking(actor, Permission.EPISODE_READ) as session:
        if site is not None:
            actor.must_be_at(site)
        sites = [site] if site is not None else sorted(actor.site_ids)
        page = queries.worklist(session, sites, state, clinician, after, limit)
        sizes = queries.worklist_sizes(session, sites, state)
        counts = {urgency.code: sizes[int(urgency)] for urgency in sorted(Urgency, reverse=True)}
        return Worklist(tuple(worklist_row(entry) for entry in page.entries), counts, page.next)


@deed(Permission.EPISODE_READ, of_a_site=True)
def reviews_due(actor: Actor, limit: int = 25) -> tuple[WorklistRow, ...]:
    """Episodes in care whose review day has come, the longest overdue first."""
    with looking(actor, Permission.EPISODE_READ) as session:
        due = queries.reviews_due(session, sorted(actor.site_ids), today(), limit)
        return tuple(worklist_row(entry) for entry in due)
