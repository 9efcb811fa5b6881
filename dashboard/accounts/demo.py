"""The invented people of the demo clinic, whom anybody at this machine may be."""

from __future__ import annotations

from dashboard.accounts.shapes import Face
from db import engine, queries
from db.scope import program


def demo_people() -> tuple[Face, ...]:
    """Everyone who works in the demo clinic; nobody unless it is the one that is open."""
    if engine.active_database() != "demo":
        return ()
    with engine.reading(scope=program("offering the demo's people")) as session:
        places = {site.id: site.name for site in queries.sites(session)}
        who = queries.people(session)
        return tuple(Face(p.id or 0, p.code, p.name, p.role, places.get(p.site_id)) for p in who)
