"""The clinic's settings as the site before us has them: that of the patient on the screen, else one's own."""

from __future__ import annotations

import streamlit as st

from dashboard import casework
from dashboard import clinic as settings
from dashboard.access import Actor
from dashboard.clinic import Clinic

_CODES, _HERE = "site_codes", "site_here"


def clinic() -> Clinic:
    """The settings in force where we are; the clinic's own where no site is before us."""
    return settings.clinic().at(st.session_state.get(_HERE))


def stand_at(actor: Actor, site_id: int | None = None) -> None:
    """From now on in this session we are at that site; without one at the actor's own, where there is only one."""
    if site_id is None and len(actor.site_ids) == 1 and not actor.everywhere:
        (site_id,) = actor.site_ids
    st.session_state[_HERE] = _codes(actor).get(site_id) if site_id is not None else None


def _codes(actor: Actor) -> dict[int, str]:
    """Codes by id of the actor's sites, looked up once a session and person."""
    whose = (actor.person_id, actor.site_ids)
    known = st.session_state.get(_CODES)
    if known is None or known[0] != whose:
        known = st.session_state[_CODES] = (whose, {site.id: site.code for site in casework.sites(actor)})
    found: dict[int, str] = known[1]
    return found
