"""Tablets in patients' hands, and what came back and nobody has looked over."""

from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlmodel import Session, col

from db.handing_over import Handover
from db.queries.scope import SiteIds, at_sites
from db.tables import Draft, Patient


@dataclass(frozen=True)
class HandoverEntry:
    """One time the tablet was handed over, with the draft and the patient it was for."""

    handover: Handover
    draft: Draft
    patient: Patient


def handover(session: Session, handover_id: int, sites: SiteIds, to_change: bool = False) -> HandoverEntry | None:
    """One handover, or None when there is none at these sites; ``to_change``: nobody else may meanwhile."""
    wanted = _handovers(sites).where(col(Handover.id) == handover_id)
    row = session.execute(wanted.with_for_update(of=Handover) if to_change else wanted).first()
    return None if row is None else HandoverEntry(*row)


def handover_held(session: Session, handover_id: int, sign_in: str, to_change: bool = False) -> Handover | None:
    """The handover a sign-in is handed over for; ``to_change``: nobody else may meanwhile."""
    wanted = select(Handover).where(col(Handover.id) == handover_id, col(Handover.sign_in) == sign_in)
    return session.scalars(wanted.with_for_update() if to_change else wanted).first()


def handovers_of(session: Session, draft_id: str) -> tuple[Handover, ...]:
    """Every handover of a draft, the first one first."""
    wanted = select(Handover).where(col(Handover.draft_id) == draft_id)
    return tuple(session.scalars(wanted.order_by(col(Handover.begun_at), col(Handover.id))))


def handovers_waiting(session: Session, sites: SiteIds, limit: int = 100) -> tuple[HandoverEntry, ...]:
    """Of open drafts those in patients' hands or not looked over yet, the most urgent and then the oldest first."""
    wanted = _handovers(sites).where(col(Handover.state) != "reviewed", col(Draft.state) == "open")
    first = wanted.order_by(col(Handover.urgency).desc(), col(Handover.begun_at), col(Handover.id)).limit(limit)
    return tuple(HandoverEntry(*row) for row in session.execute(first))


def _handovers(sites: SiteIds) -> Select[Handover, Draft, Patient]:
    return (
        select(Handover, Draft, Patient)
        .join(Draft, col(Draft.id) == col(Handover.draft_id))
        .join(Patient, col(Patient.id) == col(Draft.patient_id))
        .where(at_sites(Patient.site_id, sites))
    )
