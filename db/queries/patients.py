"""One patient."""

from sqlalchemy import select
from sqlmodel import Session, col

from db.queries.scope import SiteIds, at_sites
from db.tables import Patient


def patient(session: Session, patient_id: int, sites: SiteIds) -> Patient | None:
    """One patient, or None when there is none at these sites."""
    wanted = select(Patient).where(col(Patient.id) == patient_id, at_sites(Patient.site_id, sites))
    return session.scalars(wanted).first()
