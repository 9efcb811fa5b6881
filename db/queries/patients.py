"""One patient."""

from sqlalchemy import select
from sqlmodel import Session, col

from db.queries.scope import SiteIds, at_sites
from db.tables import Patient


def patient(session: Session, patient_id: int, sites: SiteIds) -> Patient | None:
    """One patient, or None when there is none at these sites; of one who was merged, whose record stands."""
    found = _patient(session, patient_id, sites)
    while found is not None and found.merged_into_id is not None:
        found = _patient(session, found.merged_into_id, sites)
    return found


def _patient(session: Session, patient_id: int, sites: SiteIds) -> Patient | None:
    wanted = select(Patient).where(col(Patient.id) == patient_id, at_sites(Patient.site_id, sites))
    return session.scalars(wanted).first()
